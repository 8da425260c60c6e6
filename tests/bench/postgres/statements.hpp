// The statements of a registration and of a discover as the bundled plugins send them, and the data that they meet.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

inline constexpr const char* kInsertDevice =
    "INSERT INTO devices (hardware_id, controller_id, device_name, firmware_version, token_hash, mqtt_password_hash,"
    " reenrol_until, online_until, last_seen, created_at, updated_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $7, $7) ON CONFLICT DO NOTHING RETURNING id";
inline constexpr const char* kInsertAudit =
    "INSERT INTO gatetorio_audit (at, principal, peer, action, target, outcome, detail, request_id)"
    " VALUES ($1, 'anonymous', '192.0.2.1', 'device.register', $2, 'ok', '', '0123456789abcdef')";
inline constexpr const char* kFindUser = "SELECT id FROM users WHERE token_hash = $1";
inline constexpr const char* kFindGrants =
    "SELECT device_id, user_id, level, expires_at FROM grants WHERE user_id = $1 AND expires_at > $2"
    " ORDER BY device_id LIMIT 1000";
inline constexpr const char* kFindDevices =
    "SELECT id, controller_id, hardware_id, device_name, firmware_version, online_until, last_seen, created_at"
    " FROM devices WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8)";

inline constexpr std::int64_t kUsers = 10'000;    // each with three devices
inline constexpr std::int64_t kDevices = 10'000;  // before the registrations begin

// 32 bytes, another for each number.
inline std::string hash_of(std::int64_t number, std::uint64_t kind) {
  std::string bytes;
  std::uint64_t word = static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15u + kind;
  for (int i = 0; i < 4; ++i) {
    word = (word ^ (word >> 29)) * 0xbf58476d1ce4e5b9u + 1;
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  return bytes;
}

inline std::int64_t device_of(std::int64_t user, std::int64_t which) { return (user * 3 + which) % kDevices + 1; }

}  // namespace bench
