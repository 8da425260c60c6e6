// The only class of this plugin with SQL: users and grants (repository.cpp), and lists (repository_lists.cpp).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/grants.hpp"
#include "types.hpp"

namespace gatetorio::auth {

// What a user may do with a device: the best of its grants there.
struct Grant {
  std::int64_t device_id = 0;
  std::int64_t user_id = 0;
  std::string level;
  Timestamp expires_at{kForeverUs};
  std::string name = {};  // what owners call the user here; may be empty
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

  // A device gives a user, made where it is not known, access to itself. A new grant has no end unless one is named,
  // and without a level it is the owner's where nobody else has access now, else read only. Of one that exists only
  // what is named changes. A level that is named replaces all that the user had from elsewhere, unless the grant has
  // ended: the device has the last word.
  struct Wish {
    std::int64_t device_id = 0;
    std::string token_hash;
    std::optional<std::string> level;
    std::optional<std::string> name;
    std::optional<Timestamp> expires_at;
  };
  Task<Result<Grant>> grant(Wish wish, Call call);

  // Another source's grant, and what the user then has. Errors: kNotFound for an unknown user.
  Task<Result<Grant>> give(GrantGiven given, Call call);
  // Takes what a source gave; from whom.
  Task<Result<std::vector<std::int64_t>>> take(std::int64_t device_id, std::string source, Call call);
  // Users of whom a grant ends after `from` and up to `until`.
  Task<Result<std::vector<std::int64_t>>> ended_between(Timestamp from, Timestamp until);

  // Grants that have not expired.
  Task<Result<std::optional<Grant>>> find_grant(std::int64_t device_id, std::int64_t user_id);
  // On at most so many devices, those that follow this one, in the order of their ids.
  Task<Result<std::vector<Grant>>> grants_of(std::int64_t user_id, std::int64_t after, std::int64_t devices);

  // Expired ones too: an owner may want to see and remove them.
  // Of at most so many users, those that follow this one, in the order of their ids.
  Task<Result<std::vector<UserEntry>>> users_of(std::int64_t device_id, std::int64_t after, std::int64_t limit);

  // Errors of the lists: kInvalid at /sort or /cursor.
  Task<Result<AllUsersOutput>> all_users(AllUsersInput input);
  // `device_id`: the input's device. Those that have ended too. Without what devices are called.
  Task<Result<GrantsOutput>> all_grants(GrantsInput input, std::optional<std::int64_t> device_id);

  // The user, all that it was given, and its broker passwords. Errors: kNotFound.
  Task<Result<void>> remove_user(std::int64_t user_id, Call call);
  // Errors: kNotFound; kConflict where `keep_last_owner` and no other owner would be left.
  Task<Result<void>> remove_grant(std::int64_t device_id, std::int64_t user_id, bool keep_last_owner, Call call);
  // Devices on which there are grants, in their order, at most `limit` after this one.
  Task<Result<std::vector<std::int64_t>>> devices_after(std::int64_t device_id, std::int64_t limit);
  // Who had grants on a device that is gone; deletes them.
  Task<Result<std::vector<std::int64_t>>> remove_device(std::int64_t device_id);

  // Keeps the newest few of a user's passwords. Errors: kNotFound where the user is gone.
  Task<Result<void>> add_mqtt_password(std::int64_t user_id, std::string password_hash, Timestamp expires_at,
                                       Call call);
  Task<Result<std::vector<MqttPassword>>> mqtt_passwords(std::int64_t user_id);

  Task<Result<void>> set_seen(std::map<std::int64_t, std::int64_t> seen);

 private:
  Database& database_;
};

}  // namespace gatetorio::auth
