// Events of sharing: an owner hands temporary access to somebody by a token. Key: the device's id in decimal.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatetorio {

// The source (grants.hpp) of what a token gave.
inline constexpr std::string_view kSharingSource = "sharing:";
inline std::string source_of(std::int64_t token_id) { return std::string(kSharingSource) + std::to_string(token_id); }

struct SharingCreated {
  static constexpr std::string_view kTopic = "sharing.created";
  std::int64_t token_id = 0;
  std::int64_t device_id = 0;
  std::int64_t user_id = 0;  // the owner who shares
  std::string access_level;
  std::int64_t expires_at_us = 0;  // of the token
};
BOOST_DESCRIBE_STRUCT(SharingCreated, (), (token_id, device_id, user_id, access_level, expires_at_us))

struct SharingRedeemed {
  static constexpr std::string_view kTopic = "sharing.redeemed";
  std::int64_t token_id = 0;
  std::int64_t device_id = 0;
  std::int64_t user_id = 0;  // who has access now
  std::string access_level;
  std::int64_t expires_at_us = 0;  // of the access; 0: never
};
BOOST_DESCRIBE_STRUCT(SharingRedeemed, (), (token_id, device_id, user_id, access_level, expires_at_us))

struct SharingRevoked {
  static constexpr std::string_view kTopic = "sharing.revoked";
  std::int64_t token_id = 0;
  std::int64_t device_id = 0;
  bool access_taken = false;  // the access that it had granted has ended too
};
BOOST_DESCRIBE_STRUCT(SharingRevoked, (), (token_id, device_id, access_taken))

}  // namespace gatetorio
