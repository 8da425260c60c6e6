// The body of a call that an operation takes as a stream of bytes, on its way into a file; and the transfer by which a
// plugin can cut the call off.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "gatetorio/abi/content.h"
#include "gatetorio/content.hpp"
#include "gatetorio/testing/record.hpp"
#include "gatetorio/wire.hpp"

namespace gatetorio::testing {

struct AskedBody {
  std::string bytes;
  bool waits = false;       // it comes when the test releases it
  bool breaks_off = false;  // the caller goes away behind these bytes
};

class Body {
 public:
  explicit Body(std::optional<AskedBody> asked) : asked_(std::move(asked)) {}

  // False where there is no such body. The file is the plugin's until `done`.
  bool receive(Work& work, const Party& who, const gtr_receive& into, gtr_completion done) {
    if (!asked_ || waiting_ || is_taken_) return false;
    is_taken_ = true;
    waiting_ = Receipt{&who, Descriptor(::dup(into.descriptor)), into.offset, into.most, done};
    if (!asked_->waits) go_on(work);
    return true;
  }
  bool is_waiting() const { return waiting_.has_value(); }
  void go_on(Work& work) {
    if (!waiting_) return;
    const std::string_view bytes = asked_->bytes;
    if (is_cut_) return finish(work, GTR_CANCELLED, 0);
    if (bytes.size() > waiting_->most) return finish(work, GTR_TOO_LARGE, 0);
    const auto at = static_cast<off_t>(waiting_->offset);
    const bool is_written =
        ::pwrite(waiting_->file.get(), bytes.data(), bytes.size(), at) == static_cast<ssize_t>(bytes.size());
    finish(work, !is_written ? GTR_FULL : asked_->breaks_off ? GTR_CANCELLED : GTR_OK, bytes.size());
  }

  void open_transfer(const Party& who, gtr_completion ended) { transfer_ = {&who, ended}; }
  bool was_cut() const { return is_cut_; }
  void cut(Work& work) {
    is_cut_ = true;
    go_on(work);
    end_transfer(work);
  }
  // The call is answered: what has not come by now does not come.
  void end(Work& work) {
    is_cut_ = is_cut_ || is_waiting();
    go_on(work);
    end_transfer(work);
  }

 private:
  void end_transfer(Work& work) {
    const auto [who, ended] = std::exchange(transfer_, {});
    if (who != nullptr) work.post(who, [ended = ended] { ended.done(ended.context, GTR_OK, {}); });
  }

  struct Receipt {
    const Party* who = nullptr;
    Descriptor file;
    std::uint64_t offset = 0;
    std::uint64_t most = 0;
    gtr_completion done{};
  };
  // Without a digest: a plugin that wants one reads the file.
  void finish(Work& work, gtr_status status, std::size_t size) {
    const Received received{static_cast<std::int64_t>(size), ""};
    work.post(waiting_->who, [done = waiting_->done, status, text = wire::encode(received)] {
      done.done(done.context, status, to_bytes(text));
    });
    waiting_.reset();
  }

  std::optional<AskedBody> asked_;
  std::optional<Receipt> waiting_;
  std::pair<const Party*, gtr_completion> transfer_{};
  bool is_taken_ = false;
  bool is_cut_ = false;
};

}  // namespace gatetorio::testing
