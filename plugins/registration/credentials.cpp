#include "credentials.hpp"

#include "gatetorio/secret.hpp"

namespace gatetorio::registration {

std::string NewCredentials::token_hash() const { return sha256(token_secret); }
std::string NewCredentials::mqtt_password_hash() const { return sha256(mqtt_password); }

NewCredentials make_credentials() { return {random_text(), random_text()}; }

std::string device_token(std::int64_t device_id, std::string_view secret) {
  return std::string(kTokenPrefix) + std::to_string(device_id) + "." + std::string(secret);
}

std::optional<ClaimedIdentity> parse_token(std::string_view token) {
  if (!token.starts_with(kTokenPrefix)) return std::nullopt;
  token.remove_prefix(kTokenPrefix.size());
  const std::size_t dot = token.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto id = parse_id(token.substr(0, dot));
  if (!id) return std::nullopt;
  return ClaimedIdentity{*id, token.substr(dot + 1)};
}

std::optional<std::int64_t> parse_username(std::string_view username) {
  const auto principal = parse_principal_name(username);
  if (!principal || principal->kind != "device") return std::nullopt;
  return principal->id;
}

}  // namespace gatetorio::registration
