// Services: who provides which interface, and the calls between plugins.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/plugin/plugin.hpp"
#include "core/runtime/call_table.hpp"
#include "gatetorio/abi/service.h"

// What a caller holds as gtr_service*.
struct gtr_service {
  gatetorio::core::Plugin* provider;
  gtr_service_fn handler;
  void* context;
};

namespace gatetorio::core {

class Services {
 public:
  // Errors: GTR_CONFLICT where it is taken, GTR_INVALID for an id that the plugin's descriptor does not list.
  gtr_status provide(Plugin& provider, std::string_view id, std::string_view selector, gtr_service_fn handler,
                     void* context);
  gtr_service* find(std::string_view id, std::string_view selector) const;
  // The provider whose selector is the longest beginning of `text`; NULL where there is none.
  gtr_service* match(std::string_view id, std::string_view text) const;

  // `caller`: the plugin that asks; null: the hub itself.
  gtr_call call(gtr_service& service, std::uint32_t method, std::string_view body, std::uint32_t deadline_ms,
                gtr_completion done, const Plugin* caller = nullptr);
  void cancel(gtr_call call);
  // `descriptors`: what the result hands over; closed where nobody waits for it.
  void complete(gtr_call call, gtr_status status, std::string_view result,
                std::span<const std::int32_t> descriptors = {});

  // Ends calls whose deadline has passed; returns how many.
  std::size_t sweep(Clock::time_point now);
  // Ends every call with GTR_CANCELLED.
  void cancel_all();
  std::size_t calls_under_way() const { return calls_.size(); }

 private:
  struct Pending {
    Services* services;
    gtr_service* target;
    gtr_completion done;
    gtr_call call;
    std::uint32_t method;
    std::string body;
    const Plugin* caller;
  };
  static void begin(void* pending);

  mutable std::mutex mutex_;  // guards services_
  std::map<std::pair<std::string, std::string>, std::unique_ptr<gtr_service>> services_;
  CallTable<Pending> calls_;
};

}  // namespace gatetorio::core
