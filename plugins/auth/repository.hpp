// The only file of this plugin with SQL.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatetorio/database.hpp"
#include "types.hpp"

namespace gatetorio::auth {

struct Grant {
  std::int64_t device_id = 0;
  std::int64_t user_id = 0;
  std::string level;
  Timestamp expires_at{kForeverUs};
};

struct MqttPassword {
  std::string hash;  // SHA-256
  Timestamp expires_at;
};

class Repository {
 public:
  explicit Repository(Database& database) : database_(database) {}

  // 0: no such user.
  Task<Result<std::int64_t>> user_by_token(std::string token_hash);

  // Gives a user, made where it is not known, a level on a device; the first user of a device without a level becomes
  // its owner, later ones read only, and who has a level keeps it.
  struct Wish {
    std::int64_t device_id = 0;
    std::string token_hash;
    std::optional<std::string> level;
    std::optional<std::string> name;
    Timestamp expires_at{kForeverUs};
  };
  Task<Result<Grant>> grant(Wish wish, Call call);

  // Grants that have not expired.
  Task<Result<std::optional<Grant>>> find_grant(std::int64_t device_id, std::int64_t user_id);
  Task<Result<std::vector<Grant>>> grants_of(std::int64_t user_id);

  // Expired ones too: an owner may want to see and remove them.
  Task<Result<std::vector<UserEntry>>> users_of(std::int64_t device_id);

  // Errors: kNotFound; kConflict where `keep_last_owner` and no other owner would be left.
  Task<Result<void>> remove_grant(std::int64_t device_id, std::int64_t user_id, bool keep_last_owner, Call call);
  // Who had grants on a device that is gone; deletes them.
  Task<Result<std::vector<std::int64_t>>> remove_device(std::int64_t device_id);

  // Keeps the newest few of a user's passwords.
  Task<Result<void>> add_mqtt_password(std::int64_t user_id, std::string password_hash, Timestamp expires_at, Call call);
  Task<Result<std::vector<MqttPassword>>> mqtt_passwords(std::int64_t user_id);

  Task<Result<void>> set_seen(std::map<std::int64_t, std::int64_t> seen);

 private:
  Database& database_;
};

}  // namespace gatetorio::auth
