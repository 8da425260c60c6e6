// The uploads and downloads that are under way, each on somebody's right. Whoever loses it, or of whom nobody can tell,
// is cut off within a second.
//
// A transfer is entered first and checked afterwards: a change that the check does not see yet finds it entered.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gatetorio/operations.hpp"
#include "rights.hpp"

namespace gatetorio::file_transfer {

struct Transferred {
  std::int64_t device_id = 0;
  std::string kind;            // of the file
  std::int64_t upload_id = 0;  // the file that is uploaded; 0: it is a download
};

class LiveTransfer {
 public:
  LiveTransfer(Host& host, const Call& call, Holder of, Transferred file)
      : holder(std::move(of)), what(std::move(file)), transfer_(host, call) {}

  const Holder holder;
  const Transferred what;
  bool can_be_cut() const { return transfer_.can_be_cut(); }
  bool is_open() const { return transfer_.is_open(); }
  // The bytes may flow, and do no more: only in between is there a connection to break off. False where it was cut:
  // nothing may come of it, even if all its bytes are here.
  bool begin_flow() { return advance(State::kEntered, State::kFlowing); }
  bool end_flow() { return advance(State::kFlowing, State::kFlowed); }
  bool was_cut() const { return state_ == State::kCut; }
  bool has_expired(Timestamp at) const { return until_us_ <= at.us; }
  void set_until(Timestamp until) { until_us_ = until.us; }
  void cut() {
    if (state_.exchange(State::kCut) == State::kFlowing) transfer_.cut();
  }

 private:
  enum class State { kEntered, kFlowing, kFlowed, kCut };
  bool advance(State from, State to) { return state_.compare_exchange_strong(from, to); }

  Transfer transfer_;
  std::atomic<State> state_{State::kEntered};
  std::atomic<std::int64_t> until_us_{kForeverUs};
};

// Usable from any thread.
class LiveTransfers {
 public:
  LiveTransfers(Host& host, Rights& rights, std::int64_t most_of_holder)
      : host_(host),
        rights_(rights),
        most_of_holder_(most_of_holder),
        refused_(host.counter("gatetorio_file_transfer_transfers_refused_total",
                              "Transfers that their holder has too many others for.", {})) {}

  // Enters the call's bytes and then asks whether they may flow. Errors: those of Rights; kRateLimited for a holder
  // that has too many; kUnsupported where the call's transport cannot be stopped.
  Task<Result<std::shared_ptr<LiveTransfer>>> enter(Call call, Holder holder, Transferred what);
  // The files that are being uploaded.
  std::vector<std::int64_t> uploads();

  // Its rights, or its credentials.
  void changed(const PrincipalId& who);
  void device_deleted(std::int64_t device_id);
  // After a gap in the events.
  void check_all();
  // Forgets those that are over and cuts those whose right has expired; checks all now and then. Every kWatch.
  static constexpr std::chrono::milliseconds kWatch{500};
  void watch();

 private:
  using Entry = std::shared_ptr<LiveTransfer>;
  using Condition = std::function<bool(const LiveTransfer&)>;
  std::vector<Entry> find(const Condition& condition);
  void cut_where(const Condition& condition, std::string_view why);
  // Admins of whom something is to be known are cut: nobody can be asked about them.
  void check_where(const Condition& condition, bool admins_too);
  Task<void> check(Holder holder, std::int64_t device_id, std::string kind);
  bool add(const Entry& entry);
  void complain(const Holder& holder);

  Host& host_;
  Rights& rights_;
  const std::int64_t most_of_holder_;
  Metric refused_;
  int watches_ = 0;
  std::mutex mutex_;  // guards the following
  std::vector<Entry> entries_;
  std::map<PrincipalId, std::chrono::steady_clock::time_point> complained_at_;  // not long ago
};

}  // namespace gatetorio::file_transfer
