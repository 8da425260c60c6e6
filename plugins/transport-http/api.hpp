// From requests to operations and back: routing, limits, credentials, and the form of every answer.
#pragma once

#include <gatetorio/abi/operation.h>

#include <boost/json/fwd.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend.hpp"
#include "offered.hpp"
#include "pages.hpp"
#include "problem.hpp"
#include "request_limits.hpp"
#include "router.hpp"
#include "shares.hpp"
#include "static_files.hpp"

namespace gatetorio::transport_http {

inline constexpr std::string_view kBasePath = "/api/v1";

// Thread-safe after `set_operations`. Outlives every exchange it was handed.
class Api final : public RequestHandler {
 public:
  Api(const Settings& settings, Backend& backend);

  // Takes the "operations" report of abi/inspect.h: routes and OpenAPI document. One that cannot be offered is left out
  // and named; the others are offered. Returns an empty string, or why nothing is. Before the server starts.
  using LeftOut = std::function<void(std::string_view id, std::string_view why)>;
  std::string set_operations(std::string_view report, std::string_view version, const LeftOut& left_out);
  // Before the server starts. Returns an empty string, or why these pages are not served; the others are.
  std::string add_pages(const StaticPages& pages, std::string_view search_path);
  void handle(Exchange& exchange) override;
  bool streams_body(const Request& request) override;
  std::string_view exposed_headers() const override { return exposed_headers_; }

  // Ends an operation: any thread, once for each call of Backend::invoke. `content_type` empty: JSON. `headers`: lines
  // of an error.
  void answer(Exchange& exchange, gtr_status status, std::string_view content_type, std::string_view body,
              std::string_view headers = {});
  // The same with headers and content; what the reply points to lasts for the call. `kept`: see Exchange::respond_file.
  void answer(Exchange& exchange, const gtr_reply& reply, std::shared_ptr<const void> kept = nullptr);
  // Counts what a reply says about who called; `answer` does so itself.
  void notice(Exchange& exchange, const gtr_reply& reply);
  // The exchange goes on as a stream, and its end: what it holds of the shared pools is given back.
  void begin_stream(const Exchange& exchange);
  void end_stream(Exchange& exchange);

 private:
  std::string offer(const boost::json::object& declaration);
  void name_headers();
  void name_methods(std::string_view path);
  const Offered* offered_at(const Match& match) const;
  // What the request is to be taken for: clients that cannot send PATCH write it into a header (tus 1.0.0).
  Method method_of(const Request& request, const std::vector<std::string_view>& segments) const;
  bool answer_options(Exchange& exchange);
  void answer_content(Exchange& exchange, unsigned status, const gtr_reply& reply, std::string headers,
                      std::shared_ptr<const void> kept);
  void answer_file(const PageFile& file, Exchange& exchange);
  void call_operation(const Offered& operation, const Match& match, Exchange& exchange);
  bool admit(Exchange& exchange, const RequestCredential& credential);
  bool admit_found(Exchange& exchange, const RequestCredential& credential);
  bool pass_limit(Exchange& exchange, RequestLimits::Wait wait);
  void hold(Exchange& exchange, std::string_view secret) const;
  bool count_connection(Exchange& exchange);
  bool enter(Exchange& exchange, Pool pool);
  static void give_back(Exchange& exchange);
  static std::string who(Exchange& exchange);
  bool is_exempt(const Exchange& exchange) const {
    return !exempt_.empty() && exempt_.contains(exchange.client().text);
  }
  void answer_other_methods(const Match& match, bool is_options, Exchange& exchange);
  void refuse(Exchange& exchange, const Problem& problem, std::string_view more_headers = {});

  Backend& backend_;
  const AddressSet exempt_;
  RequestLimits limits_;
  Pages pages_;
  StaticFiles files_;
  Router router_;
  const Origins allowed_origins_;
  std::string request_headers_ = std::string(kUsualRequestHeaders);   // that pages of allowed origins may send,
  std::string exposed_headers_ = std::string(kUsualResponseHeaders);  // and read
  std::vector<Offered> offered_;                                      // the routes' numbers, after those of the pages
};

}  // namespace gatetorio::transport_http
