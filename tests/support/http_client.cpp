#include "support/http_client.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cctype>
#include <mutex>

namespace gatetorio::testing {

namespace http = boost::beast::http;

namespace {

std::mutex secrets_mutex;
std::vector<std::string> secrets;

void note_secret(std::string_view secret) {
  constexpr std::size_t kShortest = 16;  // shorter ones turn up by chance
  const std::lock_guard lock(secrets_mutex);
  if (secret.size() >= kShortest && std::find(secrets.begin(), secrets.end(), secret) == secrets.end()) {
    secrets.emplace_back(secret);
  }
}

void note_secrets(std::string_view body) {
  boost::system::error_code wrong;
  const Json value = boost::json::parse(body, wrong);
  if (wrong || !value.is_object()) return;
  for (const char* name : {"device_token", "mqtt_password", "enrolment_key", "claim_token", "user_token", "token"}) {
    const Json* member = value.get_object().if_contains(name);
    if (member != nullptr && member->is_string()) note_secret(member->get_string());
  }
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::string bytes_of(const HttpRequest& request, const std::string& address, const std::string& bearer) {
  std::string bytes = request.method + " " + (request.at_root ? "" : "/api/v1") + request.path + " HTTP/1.1\r\n";
  bytes += "Host: " + address + "\r\n";
  if (!bearer.empty()) bytes += "Authorization: Bearer " + bearer + "\r\n";
  for (const std::string& line : request.headers) bytes += line + "\r\n";
  if (request.body) {
    if (!request.content_type.empty()) bytes += "Content-Type: " + request.content_type + "\r\n";
    bytes += "Content-Length: " + std::to_string(request.body->size()) + "\r\n";
  }
  return bytes + "\r\n" + request.body.value_or("");
}

}  // namespace

std::vector<std::string> secrets_seen() {
  const std::lock_guard lock(secrets_mutex);
  return secrets;
}

HttpClient::HttpClient(std::string address, std::string bearer)
    : address_(std::move(address)), bearer_(std::move(bearer)) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

HttpResponse HttpClient::exchange(const std::string& bytes) {
  if (!socket_) socket_ = std::make_unique<Socket>(port_of(address_));
  socket_->send(bytes);
  http::response_parser<http::string_body> parser;
  parser.body_limit(64 * 1024 * 1024);
  parser.skip(bytes.starts_with("HEAD "));
  std::string unread;
  while (!parser.is_done()) {
    const auto part = socket_->read_some();
    boost::system::error_code wrong;
    if (!part || part->empty()) {
      socket_.reset();
      if (part && parser.got_some()) parser.put_eof(wrong);
      if (!parser.is_done()) throw std::runtime_error(part ? "the connection ended without a response" : "no response");
      break;
    }
    unread += *part;
    parser.eager(true);
    const auto used = parser.put(boost::asio::buffer(unread), wrong);
    if (wrong && wrong != http::error::need_more) throw std::runtime_error("not HTTP: " + wrong.message());
    unread.erase(0, used);
  }
  HttpResponse response;
  response.status = parser.get().result_int();
  for (const auto& field : parser.get()) response.headers[lower(field.name_string())] = std::string(field.value());
  response.body = parser.get().body();
  if (!parser.get().keep_alive()) socket_.reset();
  return response;
}

HttpResponse HttpClient::request(const HttpRequest& request) {
  const std::string& bearer = request.bearer.empty() ? bearer_ : request.bearer;
  note_secret(bearer);
  if (request.body) note_secrets(*request.body);
  const std::string bytes = bytes_of(request, address_, bearer);
  const bool is_new = socket_ == nullptr;
  HttpResponse response;
  try {
    response = exchange(bytes);
  } catch (const std::runtime_error&) {
    // A kept connection may have been closed since; what can be repeated is.
    if (is_new || request.method != "GET") throw;
    socket_.reset();
    response = exchange(bytes);
  }
  note_secrets(response.body);
  const std::string broken = request.method == "HEAD" ? "" : broken_convention(response);
  if (!broken.empty()) {
    throw ContractBroken(request.method + " " + request.path + " -> " + std::to_string(response.status) + " " +
                         response.body + ": " + broken);
  }
  return response;
}

HttpResponse HttpClient::get(std::string path) { return request({.method = "GET", .path = std::move(path)}); }
HttpResponse HttpClient::post(std::string path, const JsonObject& body) {
  return request({.method = "POST", .path = std::move(path), .body = boost::json::serialize(body)});
}
HttpResponse HttpClient::post(std::string path) { return request({.method = "POST", .path = std::move(path)}); }
HttpResponse HttpClient::patch(std::string path, const JsonObject& body) {
  return request({.method = "PATCH", .path = std::move(path), .body = boost::json::serialize(body)});
}
HttpResponse HttpClient::del(std::string path) { return request({.method = "DELETE", .path = std::move(path)}); }
HttpResponse HttpClient::root(std::string path) {
  return request({.method = "GET", .path = std::move(path), .at_root = true});
}

}  // namespace gatetorio::testing
