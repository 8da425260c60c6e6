// From requests to operations and back: routing, limits, credentials, and the form of every answer.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend.hpp"
#include "counters.hpp"
#include "pages.hpp"
#include "problem.hpp"
#include "request_limits.hpp"
#include "router.hpp"

namespace gatetorio::transport_http {

inline constexpr std::string_view kBasePath = "/api/v1";

// Thread-safe after `set_operations`. Outlives every exchange it was handed.
class Api final : public RequestHandler {
 public:
  Api(const Settings& settings, Backend& backend);

  // Takes the "operations" report of abi/inspect.h: routes and OpenAPI document. Returns an empty string, or which
  // declaration is wrong. Before the server starts.
  std::string set_operations(std::string_view report, std::string_view version);
  // Where to count refusals; before the server starts. Nowhere by default.
  void count_in(Counters& counters) { counters_ = &counters; }

  void handle(Exchange& exchange) override;

  // Ends an operation: any thread, once for each call of Backend::invoke. `content_type` empty: JSON.
  void answer(Exchange& exchange, gtr_status status, std::string_view content_type, std::string_view body);
  // As `answer`, where the exchange goes on as a stream: the operation is no longer under way.
  void leave(const Exchange& exchange);

 private:
  struct Offered {
    std::uint64_t number = 0;
    bool stream = false;
    std::vector<std::string> content_types;
  };

  void call_operation(const Offered& operation, const Match& match, Exchange& exchange);
  bool admit(Exchange& exchange, const RequestCredential& credential);
  void answer_other_methods(const Match& match, Exchange& exchange);
  void refuse(Exchange& exchange, const Problem& problem, std::string_view more_headers = {});
  void count(Refusal why) {
    if (counters_ != nullptr) counters_->count_refusal(why);
  }

  const std::uint32_t max_in_flight_;
  Backend& backend_;
  Counters* counters_ = nullptr;
  RequestLimits limits_;
  Pages pages_;
  Router router_;
  std::vector<Offered> offered_;  // the routes' numbers, after those of the pages
  std::atomic<std::uint32_t> in_flight_{0};
};

}  // namespace gatetorio::transport_http
