#include "credentials.hpp"

#include <charconv>

#include "gatetorio/secret.hpp"

namespace gatetorio::registration {

namespace {

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

}  // namespace

std::string NewCredentials::token_hash() const { return sha256(token_secret); }
std::string NewCredentials::mqtt_password_hash() const { return sha256(mqtt_password); }

NewCredentials make_credentials() { return {random_text(), random_text()}; }

std::string device_token(std::int64_t device_id, std::string_view secret) {
  return std::string(kTokenPrefix) + std::to_string(device_id) + "." + std::string(secret);
}

std::string mqtt_username(std::int64_t device_id) { return std::string(kUsernamePrefix) + std::to_string(device_id); }

std::optional<ClaimedIdentity> parse_token(std::string_view token) {
  if (!token.starts_with(kTokenPrefix)) return std::nullopt;
  token.remove_prefix(kTokenPrefix.size());
  const std::size_t dot = token.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto id = parse_number(token.substr(0, dot));
  if (!id) return std::nullopt;
  return ClaimedIdentity{*id, token.substr(dot + 1)};
}

std::optional<std::int64_t> parse_username(std::string_view username) {
  if (!username.starts_with(kUsernamePrefix)) return std::nullopt;
  return parse_number(username.substr(kUsernamePrefix.size()));
}

}  // namespace gatetorio::registration
