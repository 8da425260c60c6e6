#include "cors.hpp"

#include <algorithm>

namespace gatetorio::transport_http {
namespace {

constexpr std::string_view kRequestedMethod = "Access-Control-Request-Method";
constexpr std::string_view kRequestedHeaders = "Access-Control-Request-Headers";
constexpr std::string_view kRequestedNetwork = "Access-Control-Request-Private-Network";

bool is_small_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_scheme(std::string_view text) {
  return !text.empty() && is_small_letter(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_small_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_host(std::string_view text) {
  const bool is_v6 = text.starts_with('[') && text.ends_with(']');
  if (is_v6) text = text.substr(1, text.size() - 2);
  return !text.empty() && std::all_of(text.begin(), text.end(), [is_v6](char c) {
    return is_small_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || (is_v6 && c == ':');
  });
}

// A list of header names, which goes back into a header as it is.
bool is_name_list(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_small_letter(c) || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           std::string_view("!#$&'*+-.^_`|~, ").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string_view Origins::add(std::string_view text) {
  const auto slashes = text.find("://");
  if (slashes == std::string_view::npos)
    return "expected an origin like https://app.example.org; \"*\" and \"null\" are none";
  std::string origin(text);
  std::transform(origin.begin(), origin.end(), origin.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  const auto scheme = std::string_view(origin).substr(0, slashes);
  auto host = std::string_view(origin).substr(slashes + 3);
  if (host.find_first_of("/?#@") != std::string_view::npos) {
    return "an origin ends after host and port: no path, no slash, no user";
  }
  std::string_view port;
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
    if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit))
      return "the port is no number";
  }
  if (!is_scheme(scheme) || !is_host(host)) return "expected an origin like https://app.example.org, in ASCII";
  const bool is_usual = (scheme == "http" && port == "80") || (scheme == "https" && port == "443");
  if (is_usual) origin.resize(origin.size() - port.size() - 1);
  origins_.push_back(std::move(origin));
  return {};
}

bool Origins::contains(std::string_view origin) const {
  return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

std::string cors_lines(const Request& request, const Origins& allowed, std::string_view exposed_headers) {
  if (allowed.empty()) return {};
  std::string lines = "Vary: Origin\r\n";
  if (request.origin.empty() || !allowed.contains(request.origin)) return lines;
  lines.append("Access-Control-Allow-Origin: ").append(request.origin);
  return lines.append("\r\nAccess-Control-Expose-Headers: ").append(exposed_headers).append("\r\n");
}

bool is_preflight(const Request& request) {
  return request.method == Method::kOptions && !request.origin.empty() && !request.header(kRequestedMethod).empty();
}

std::string preflight_lines(const Request& request, std::string_view known_headers) {
  std::string buffer;
  const auto asked = request.list(kRequestedHeaders, buffer);
  std::string lines = "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n";
  lines.append("Access-Control-Allow-Headers: ").append(is_name_list(asked) ? asked : known_headers);
  lines += "\r\nAccess-Control-Max-Age: 7200\r\n";
  // A page of the internet that asks a hub in the house.
  if (request.header(kRequestedNetwork) == "true") lines += "Access-Control-Allow-Private-Network: true\r\n";
  return lines;
}

}  // namespace gatetorio::transport_http
