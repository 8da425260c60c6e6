// Typed services over abi/service.h. An interface is a struct with a kId, and one nested struct for each method:
//   struct Clock { static constexpr std::string_view kId = "example.clock/1";
//                  struct Now { static constexpr std::uint32_t kMethod = 1; using Request = Zone; using Reply = Time;
//                  }; };
// Requests and replies are described structs, encoded by wire.hpp. A reply may hand over open files (PassedDescriptor).
#pragma once

#include <atomic>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/content.hpp"
#include "gatetorio/host.hpp"
#include "gatetorio/wire.hpp"

namespace gatetorio {

// The caller's end. Finds the provider at the first call; usable from any thread of the plugin's executor.
class ServiceClient {
 public:
  ServiceClient(Host& host, std::string_view id, std::string_view selector = "")
      : host_(host), id_(id), selector_(selector) {}

  // False where no enabled plugin provides the service.
  bool available() { return find() != nullptr; }

  // Errors: those of the method; kUnavailable where nobody provides the service or its provider is not running;
  // kTimeout after 30 s; kCancelled while the hub stops. `args`: a Method::Request, or its members.
  template <class Method, class... Args>
  Task<Result<typename Method::Reply>> call(Args&&... args) {
    return call_within<Method>(0, std::forward<Args>(args)...);
  }
  // The same with a deadline of its own; 0: 30 s.
  template <class Method, class... Args>
  Task<Result<typename Method::Reply>> call_within(std::uint32_t deadline_ms, Args&&... args) {
    return ask<typename Method::Reply>(
        call_bytes(Method::kMethod, wire::encode(typename Method::Request{std::forward<Args>(args)...}), deadline_ms));
  }

  Task<Result<std::string>> call_bytes(std::uint32_t method, std::string body, std::uint32_t deadline_ms = 0) {
    gtr_service* service = find();
    if (service == nullptr) {
      co_return Error{.status = Status::kUnavailable, .detail = "No enabled plugin provides " + id_ + "."};
    }
    auto start = [this, service, method, &body, deadline_ms](gtr_completion done) {
      host_.services().call(host_.raw(), service, method, to_bytes(body), deadline_ms, done);
    };
    auto awaiter = host_.complete(start);
    co_return co_await awaiter;
  }

 private:
  template <class Reply>
  Task<Result<Reply>> ask(Task<Result<std::string>> call) {
    const std::string bytes = co_await ok(std::move(call));
    Reply reply{};
    if (!wire::decode(bytes, reply)) {
      co_return Error{.status = Status::kInternal, .detail = "The answer of " + id_ + " cannot be read."};
    }
    co_return reply;
  }
  gtr_service* find() {
    gtr_service* found = service_.load(std::memory_order_acquire);
    if (found == nullptr) {
      found = host_.services().find(host_.raw(), to_bytes(id_), to_bytes(selector_));
      service_.store(found, std::memory_order_release);
    }
    return found;
  }

  Host& host_;
  std::string id_;
  std::string selector_;
  std::atomic<gtr_service*> service_{nullptr};
};

// The provider's end: methods of an object, as coroutines. Lives as long as the plugin.
template <class Self>
class ServiceProvider {
 public:
  ServiceProvider(Host& host, Self* self) : host_(host), self_(self) {}
  ServiceProvider(const ServiceProvider&) = delete;
  ServiceProvider& operator=(const ServiceProvider&) = delete;

  template <class Method>
  ServiceProvider& on(Task<Result<typename Method::Reply>> (Self::*handler)(typename Method::Request)) {
    methods_.push_back({Method::kMethod, [this, handler](gtr_call call, std::string_view body) {
                          typename Method::Request request{};
                          if (!wire::decode(body, request)) {
                            return fail(call, {.status = Status::kMalformed, .detail = "The request cannot be read."});
                          }
                          spawn((self_->*handler)(std::move(request)),
                                [this, call](Result<typename Method::Reply> reply) {
                                  if (!reply) return fail(call, reply.error());
                                  answer(call, wire::encode(*reply), *reply);
                                },
                                [this, call](std::exception_ptr thrown) {
                                  host_.log_exception("a service method failed", thrown);
                                  fail(call, {.status = Status::kInternal, .detail = "The service failed."});
                                });
                        }});
    return *this;
  }

  // Announces the service. In configure(), after the methods.
  void provide(std::string_view id, std::string_view selector = "") {
    const gtr_status status =
        host_.services().provide(host_.raw(), to_bytes(id), to_bytes(selector), &ServiceProvider::handle, this);
    if (status != GTR_OK) {
      throw SetupError("cannot provide " + std::string(id) +
                       (status == GTR_CONFLICT ? ": another plugin does" : ": it is not in the manifest"));
    }
  }

 private:
  struct Entry {
    std::uint32_t number;
    std::function<void(gtr_call, std::string_view)> run;
  };
  static void handle(void* context, gtr_call call, std::uint32_t method, gtr_bytes body) {
    auto* self = static_cast<ServiceProvider*>(context);
    try {
      for (const auto& entry : self->methods_) {
        if (entry.number == method) return entry.run(call, to_view(body));
      }
      self->fail(call, {.status = Status::kUnsupported, .detail = "There is no such method."});
    } catch (...) {
      self->host_.log_exception("a service request could not be handled", std::current_exception());
      self->fail(call, {.status = Status::kInternal, .detail = "The service failed."});
    }
  }
  template <class Reply>
  void answer(gtr_call call, const std::string& bytes, const Reply& reply) const {
    std::vector<std::int32_t> descriptors;
    detail::list_descriptors(reply, descriptors);
    host_.services().complete_with(host_.raw(), call, GTR_OK, to_bytes(bytes), descriptors.data(),
                                   static_cast<std::uint32_t>(descriptors.size()));
  }
  void fail(gtr_call call, const Error& error) const {
    const std::string text = to_json(error);
    host_.services().complete(host_.raw(), call, static_cast<gtr_status>(error.status), to_bytes(text));
  }

  Host& host_;
  Self* self_;
  std::vector<Entry> methods_;
};

}  // namespace gatetorio
