// Reading responses, and what every one of them must be like.
#include <cctype>

#include "support/http_client.hpp"

namespace gatetorio::testing {

namespace {

// Words that only the hub's inside knows.
constexpr std::string_view kLeaks[] = {"SELECT ", "INSERT ", "UPDATE ", "UNIQUE constraint", "sqlite",     "/tmp/",
                                       ".cpp",    "/work",   "std::",   "terminate",         "statement ", "libpq",
                                       "/usr/"};

std::string broken_problem(const HttpResponse& response) {
  if (response.header("content-type") != "application/problem+json") return "an error is application/problem+json";
  const JsonObject problem = response.json();
  for (const char* name : {"type", "title", "detail"}) {
    const Json* member = problem.if_contains(name);
    if (member == nullptr || !member->is_string() || member->get_string().empty()) {
      return std::string("a problem has a text '") + name + "'";
    }
  }
  const Json* status = problem.if_contains("status");
  if (status == nullptr || !status->is_number() || status->to_number<int>() != response.status) {
    return "a problem repeats the status";
  }
  for (const std::string_view leak : kLeaks) {
    if (response.body.find(leak) != std::string::npos) return "a problem tells '" + std::string(leak) + "'";
  }
  const Json* errors = problem.if_contains("errors");
  if (response.status == 422 && (errors == nullptr || !errors->is_array() || errors->get_array().empty())) {
    return "a 422 names the fields";
  }
  return {};
}

}  // namespace

std::string broken_convention(const HttpResponse& response) {
  if (response.header("x-request-id").empty()) return "every response has X-Request-Id";
  if (response.status == 204) return response.body.empty() ? "" : "a 204 has no body";
  if (response.status < 400) return {};
  if (response.status == 401 && response.header("www-authenticate").empty()) return "a 401 has WWW-Authenticate";
  const bool waits = response.status == 429 || response.status == 503;
  if (waits && response.header("retry-after").empty()) return "a 429 or 503 has Retry-After";
  const bool is_health = response.body.find("\"database_connected\"") != std::string::npos ||
                         response.body.find("\"ready\"") != std::string::npos;
  return is_health ? std::string() : broken_problem(response);
}

std::string HttpResponse::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

JsonObject HttpResponse::json() const {
  boost::system::error_code wrong;
  const Json value = boost::json::parse(body, wrong);
  if (wrong || !value.is_object()) throw ContractBroken("the body is no JSON object: " + body);
  return value.get_object();
}

Json HttpResponse::at(std::string_view member) const {
  const JsonObject object = json();
  const Json* value = object.if_contains(member);
  if (value == nullptr) throw ContractBroken("no '" + std::string(member) + "' in " + body);
  return *value;
}

std::string HttpResponse::text(std::string_view member) const {
  const Json value = at(member);
  if (!value.is_string()) throw ContractBroken("'" + std::string(member) + "' is no text in " + body);
  return std::string(value.get_string());
}

std::int64_t HttpResponse::number(std::string_view member) const {
  const Json value = at(member);
  if (!value.is_int64()) throw ContractBroken("'" + std::string(member) + "' is no whole number in " + body);
  return value.get_int64();
}

std::string HttpResponse::wrong_fields() const {
  std::string list;
  const JsonObject problem = json();
  const Json* errors = problem.if_contains("errors");
  if (errors == nullptr) return list;
  for (const Json& error : errors->as_array()) {
    if (error.as_object().at("detail").as_string().empty()) throw ContractBroken("a field error says nothing");
    if (!list.empty()) list.push_back(' ');
    list.append(std::string_view(error.as_object().at("pointer").as_string()));
  }
  return list;
}

}  // namespace gatetorio::testing
