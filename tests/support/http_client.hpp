// A small HTTP client that blocks, keeps its connection, and holds every response against the wire contract: whoever
// uses it tests the conventions by the way.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/socket.hpp"

namespace gatetorio::testing {

using Json = boost::json::value;
using JsonObject = boost::json::object;

// A response that the contract forbids, whatever was asked.
struct ContractBroken : std::logic_error {
  using std::logic_error::logic_error;
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;  // empty: it has none
  // Throws where the body is no JSON object.
  JsonObject json() const;
  // A member of the body. Throws where it is not there or of another type.
  Json at(std::string_view member) const;
  std::string text(std::string_view member) const;
  std::int64_t number(std::string_view member) const;
  bool is_null(std::string_view member) const { return at(member).is_null(); }
  // The pointers of errors[], joined by spaces: which fields were wrong.
  std::string wrong_fields() const;
};

struct HttpRequest {
  std::string method = "GET";
  std::string path;  // below /api/v1 where it does not begin with /health, /ready, ...: see `at_root`
  std::string bearer = {};
  std::optional<std::string> body = {};
  std::string content_type = "application/json";
  std::vector<std::string> headers = {};  // whole lines, without the line end
  bool at_root = false;                   // the path is not below /api/v1
};

// Not for several threads.
class HttpClient {
 public:
  // `address`: "HOST:PORT"; `bearer`: sent with every request that brings none of its own.
  explicit HttpClient(std::string address, std::string bearer = {});
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;

  // Throws ContractBroken, and std::runtime_error where no response comes in time.
  HttpResponse request(const HttpRequest& request);
  HttpResponse get(std::string path);
  HttpResponse post(std::string path, const JsonObject& body);
  HttpResponse post(std::string path);  // without a body
  HttpResponse patch(std::string path, const JsonObject& body);
  HttpResponse del(std::string path);
  HttpResponse root(std::string path);  // GET of a path that is not below /api/v1

 private:
  HttpResponse exchange(const std::string& bytes);

  std::string address_, bearer_;
  std::unique_ptr<Socket> socket_;
};

// Every secret that any client of this program has sent or been given: none may turn up anywhere else.
std::vector<std::string> secrets_seen();

// What of the contract's conventions this response breaks; empty: nothing.
std::string broken_convention(const HttpResponse& response);

}  // namespace gatetorio::testing
