// The operations of all plugins, and the way of a call: who is it, may it, run it, answer once.
#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/bus/bus.hpp"
#include "core/operations/operation.hpp"
#include "core/operations/streams.hpp"
#include "core/operations/transfers.hpp"
#include "core/plugin/services.hpp"
#include "gatetorio/host.hpp"
#include "gatetorio/identity.hpp"

namespace gatetorio::core {

class Operations {
 public:
  Operations(Services& services, Metrics& metrics, Bus& bus);

  // The hub's own host, for calls to authenticators and access control. Once, before the first invoke.
  void set_host(Host& host, Lane& lane) {
    host_ = &host;
    lane_ = &lane;
  }

  // `problem` says what is wrong with a declaration that is refused.
  gtr_status declare(Plugin& owner, std::string_view declaration, gtr_operation_fn handler, void* context,
                     std::string& problem);
  // JSON array for transports and documents.
  std::string report() const;

  void invoke(const Plugin& transport, const gtr_invocation& invocation);
  void complete(gtr_call call, const gtr_reply& reply);
  void authenticate(std::string_view scheme, std::string_view name, std::string_view secret, gtr_completion done);

  std::uint64_t stream_open(gtr_call call, gtr_completion closed);
  void receive(gtr_call call, const gtr_receive& into, gtr_completion done);
  std::uint64_t transfer_open(gtr_call call, gtr_completion ended);
  Streams& streams() { return streams_; }
  Transfers& transfers() { return transfers_; }

  std::size_t sweep(Clock::time_point now);
  void cancel_all();
  std::size_t calls_under_way() const { return calls_.size(); }

 private:
  struct Job;
  struct BodyWait;
  static void begin(void* job);
  static void handle(void* job);
  Task<void> authorise(std::shared_ptr<Invocation> call);
  Task<Result<void>> identify(std::shared_ptr<Invocation> call);
  Task<Result<void>> check_access(std::shared_ptr<Invocation> call, std::string resource);
  void run_handler(const std::shared_ptr<Invocation>& call);
  void refuse(const std::shared_ptr<Invocation>& call, const Error& error);
  void give_up(gtr_call call, const Error& error);
  void answer(const Invocation& call, const Error& error);
  void tell_refused(const Invocation& call, Status status, std::string_view detail);

  Services& services_;
  Metrics& metrics_;
  Bus& bus_;
  Host* host_ = nullptr;
  Lane* lane_ = nullptr;
  mutable std::shared_mutex mutex_;  // guards operations_
  std::vector<std::unique_ptr<Operation>> operations_;
  std::map<gtr_status, Metric*> refusals_;  // by reason; written once
  CallTable<Invocation> calls_;
  Streams streams_;
  Transfers transfers_;
};

}  // namespace gatetorio::core
