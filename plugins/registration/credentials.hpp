// A device's two secrets: the token that it shows to the hub, and the password that it shows to the broker. And the two
// that stand in for them while it has none: the claim of a device that waits for approval, and an enrolment key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gatetorio/identity.hpp"

namespace gatetorio::registration {

inline constexpr std::string_view kTokenPrefix = "gtd_", kClaimPrefix = "gtc_", kKeyPrefix = "gte_";

inline PrincipalId device_principal(std::int64_t device_id) { return {"device", device_id}; }

// 256 random bits as text; stored as a hash only.
struct NewCredentials {
  std::string token_secret;  // the random part of the token
  std::string mqtt_password;
  std::string token_hash() const;
  std::string mqtt_password_hash() const;
};
NewCredentials make_credentials();

// "gtd_17.<secret>": the number finds the row, the secret proves the right to it.
std::string device_token(std::int64_t device_id, std::string_view secret);

struct ClaimedIdentity {
  std::int64_t device_id = 0;
  std::string_view secret;
};
// Takes a token apart; nothing where it has another form, or the number another spelling.
std::optional<ClaimedIdentity> parse_token(std::string_view token);
// The device that a user name at the broker names.
std::optional<std::int64_t> parse_username(std::string_view username);

}  // namespace gatetorio::registration
