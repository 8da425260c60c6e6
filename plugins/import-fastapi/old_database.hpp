// The SQLite file of the FastAPI server, read and never written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gatetorio/devices.hpp"

namespace gatetorio::import_fastapi {

// A row of `user_auth`. Text as it stands there.
struct OldAccess {
  std::int64_t id = 0;
  std::string user_token;
  std::string level;  // in lower case
  std::string name;   // of the user, or else its e-mail address; may be empty
  std::optional<std::int64_t> expires_at_us;
  bool has_unreadable_end = false;
};

// A row of `devices`, as the registry here takes it, with its people.
struct OldDevice {
  std::int64_t id = 0;
  DeviceImport device;
  std::vector<OldAccess> access;
};

struct OldDatabase {
  std::vector<OldDevice> devices;
  std::int64_t ownerless_access = 0;  // rows whose device is not there
  std::int64_t open_sharing_tokens = 0;
};

// Throws std::runtime_error, in words for the operator, where the file cannot be read or is another database.
OldDatabase read_old_database(const std::string& file);

// "2026-11-25 07:00:00.123456", as SQLAlchemy writes UTC; also with "T", without a fraction, with "Z" or "+00:00".
// Microseconds since 1970; nothing where it is no time.
std::optional<std::int64_t> parse_time(const std::string& text);

}  // namespace gatetorio::import_fastapi
