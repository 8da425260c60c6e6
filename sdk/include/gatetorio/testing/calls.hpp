// The services of a fake host: those of its plugins, those that the test answers, and what goes wrong with them.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gatetorio/abi/service.h"
#include "gatetorio/json.hpp"
#include "gatetorio/sql.hpp"
#include "gatetorio/testing/faults.hpp"
#include "gatetorio/testing/record.hpp"

namespace gatetorio::testing {

class Calls {
 public:
  using Method = std::function<Result<std::string>(std::string_view request)>;

  explicit Calls(Work& work) : work_(work) {}

  gtr_status provide(const Party& who, std::string_view id, std::string_view selector, gtr_service_fn handler,
                     void* context) {
    const auto guard = work_.lock();
    Service& service = services_[{std::string(id), std::string(selector)}];
    if (service.handler != nullptr || !service.methods.empty()) return GTR_CONFLICT;
    service = {std::string(id), &who, handler, context, {}};
    return GTR_OK;
  }
  void provide(const Party& test, std::string_view id, std::string_view selector, std::uint32_t method, Method answer) {
    const auto guard = work_.lock();
    Service& service = services_[{std::string(id), std::string(selector)}];
    service.id = id;
    service.provider = &test;
    service.methods[method] = std::move(answer);
  }
  gtr_service* find(std::string_view id, std::string_view selector) {
    const auto guard = work_.lock();
    const auto found = services_.find({std::string(id), std::string(selector)});
    return found == services_.end() ? nullptr : reinterpret_cast<gtr_service*>(&found->second);
  }

  gtr_call call(const Party& caller, gtr_service* handle, std::uint32_t method, std::string_view body,
                std::uint32_t deadline_ms, gtr_completion done) {
    constexpr std::uint32_t kDefaultMs = 30'000;
    const auto guard = work_.lock();
    auto& service = *reinterpret_cast<Service*>(handle);
    const gtr_call number{++last_, 1};
    Open& call =
        open_[number.slot] = {&caller, &service, method, std::string(body), done, faults_.take(service.id, body)};
    const std::chrono::milliseconds deadline(deadline_ms == 0 ? kDefaultMs : deadline_ms);
    call.timer = work_.start_timer(nullptr, deadline, [this, number](gtr_status status) {
      if (status == GTR_OK) finish(number, GTR_TIMEOUT, "");
    });
    if (unavailable_.contains(service.id)) call.fault = {Fault::Kind::kFail, {.status = Status::kUnavailable}};
    if (call.fault.kind == Fault::Kind::kFail) {
      finish(number, static_cast<gtr_status>(call.fault.error.status), to_json(call.fault.error));
    } else if (call.fault.kind == Fault::Kind::kHold) {
      held_.push_back([this, number] { deliver_soon(number); });
    } else {
      deliver_soon(number);
    }
    return number;
  }

  // The provider's answer, on any thread. `descriptors`: what the answer hands over.
  void complete(gtr_call number, gtr_status status, std::string_view result, const std::int32_t* descriptors = nullptr,
                std::uint32_t count = 0) {
    const auto guard = work_.lock();
    const auto found = open_.find(number.slot);
    if (found == open_.end() || found->second.is_answered) {
      for (std::uint32_t i = 0; i < count; ++i) ::close(descriptors[i]);
      return;
    }
    found->second.is_answered = true;
    work_.notify();
    const Fault& fault = found->second.fault;
    if (fault.kind == Fault::Kind::kLoseAnswer) {
      for (std::uint32_t i = 0; i < count; ++i) ::close(descriptors[i]);
      finish(number, static_cast<gtr_status>(fault.error.status), to_json(fault.error));
    } else if (fault.kind == Fault::Kind::kHoldAnswer) {
      held_.push_back([this, number, status, text = std::string(result)] { finish(number, status, text); });
    } else {
      finish(number, status, result);
    }
  }
  // The caller gives up. Its completion gets GTR_CANCELLED.
  void cancel(gtr_call number) { finish(number, GTR_CANCELLED, ""); }
  void cancel_all(const Party& caller) {
    const auto guard = work_.lock();
    for (auto open = open_.begin(); open != open_.end();) {
      const auto each = open++;
      if (each->second.caller == &caller) cancel({each->first, 1});
    }
  }

  void set_available(const std::string& id, bool is_available) {
    const auto guard = work_.lock();
    is_available ? void(unavailable_.erase(id)) : void(unavailable_.insert(id));
  }
  // Faults: as those of Faults.
  void add_fault(std::string service, std::string text, int spare, int times, Fault fault) {
    const auto guard = work_.lock();
    faults_.add(std::move(service), std::move(text), spare, times, std::move(fault));
  }
  void clear_faults() {
    const auto guard = work_.lock();
    faults_.clear();
  }
  std::size_t faults_left() const {
    const auto guard = work_.lock();
    return faults_.count();
  }
  // Lets what is held go on, in its order.
  void release() {
    const auto guard = work_.lock();
    for (const auto& go_on : std::exchange(held_, {})) go_on();
  }
  std::size_t held() const {
    const auto guard = work_.lock();
    return held_.size();
  }

 private:
  struct Service {
    std::string id;
    const Party* provider = nullptr;
    gtr_service_fn handler = nullptr;
    void* context = nullptr;
    std::map<std::uint32_t, Method> methods;  // of one that the test answers
  };
  struct Open {
    const Party* caller = nullptr;
    Service* service = nullptr;
    std::uint32_t method = 0;
    std::string body;  // the provider may read it until it answers
    gtr_completion done{};
    Fault fault;
    std::uint64_t timer = 0;
    bool is_answered = false;
  };

  // Ends a call for its caller; later answers are ignored.
  void finish(gtr_call number, gtr_status status, std::string_view result) {
    const auto guard = work_.lock();
    const auto found = open_.find(number.slot);
    if (found == open_.end()) return;
    const gtr_completion done = found->second.done;
    work_.post(found->second.caller, [done, status, text = std::string(result), kept = std::move(found->second.body)] {
      done.done(done.context, status, to_bytes(text));
    });
    work_.cancel_timer(found->second.timer);
    open_.erase(found);
  }
  void deliver_soon(gtr_call number) {
    const auto guard = work_.lock();
    const auto found = open_.find(number.slot);
    if (found != open_.end()) work_.post(found->second.service->provider, [this, number] { deliver(number); });
  }
  void deliver(gtr_call number) {
    const Open* call = find(number);
    if (call == nullptr) return;  // given up before its turn
    const Service& service = *call->service;
    if (service.handler == nullptr) return answer(number, service, *call);
    service.handler(service.context, number, call->method, to_bytes(call->body));
    // One batch is one step: nothing else happens meanwhile, whichever threads the storage uses.
    if (service.id == sql::kServiceId) {
      work_.run_until([&] { return is_answered(number); }, "the storage", service.provider);
    }
  }
  const Open* find(gtr_call number) const {
    const auto guard = work_.lock();
    const auto found = open_.find(number.slot);
    return found == open_.end() ? nullptr : &found->second;
  }
  void answer(gtr_call number, const Service& service, const Open& call) {
    const auto method = service.methods.find(call.method);
    const Result<std::string> result = method == service.methods.end()
                                           ? Result<std::string>(Error{.status = Status::kUnsupported})
                                           : method->second(call.body);
    if (result) return complete(number, GTR_OK, *result);
    complete(number, static_cast<gtr_status>(result.error().status), to_json(result.error()));
  }
  bool is_answered(gtr_call number) const {
    const Open* call = find(number);
    return call == nullptr || call->is_answered;
  }

  Work& work_;
  std::map<std::pair<std::string, std::string>, Service> services_;
  std::map<std::uint64_t, Open> open_;
  std::uint64_t last_ = 0;
  Faults faults_;
  std::set<std::string> unavailable_;
  std::vector<std::function<void()>> held_;
};

}  // namespace gatetorio::testing
