// The only class of this plugin with SQL: users and grants (repository.cpp), and lists (repository_lists.cpp).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calendar.hpp"
#include "gatetorio/credentials.hpp"
#include "gatetorio/database.hpp"
#include "gatetorio/file_kinds.hpp"
#include "gatetorio/grants.hpp"
#include "types.hpp"

namespace gatetorio::auth {

struct Grant {
  std::int64_t device_id = 0;
  std::int64_t user_id = 0;
  std::string level;
  std::string source;
  std::string name;  // what owners call the user here; may be empty
  GrantTime time;
  std::optional<std::int64_t> max_uses;
  std::int64_t uses = 0;
  FileKinds file_kinds = {};
  Opening opening;  // at the time of the call

  bool is_spent() const { return max_uses && uses >= *max_uses; }
};

// What a user may do with a device: the best of its grants there that are open.
struct Standing {
  std::optional<Grant> grant;
  std::optional<Timestamp> opens_at;  // of the next one, where none is open
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
    std::optional<Timestamp> valid_from;
    std::optional<std::string> schedule;  // JSON; empty: at any time
    std::optional<std::int64_t> max_uses;
  };
  Task<Result<Grant>> grant(Wish wish, Call call);

  // Another source's grant, and what the user then has: the best of what is open, or else this. Errors: kNotFound for
  // an unknown user.
  Task<Result<Grant>> give(GrantGiven given, Call call);
  // Errors: kNotFound where it has been taken or has ended.
  Task<Result<Grant>> find(std::int64_t device_id, std::string source);
  // Takes what a source gave; from whom.
  Task<Result<std::vector<std::int64_t>>> take(std::int64_t device_id, std::string source, Call call);
  // Users of whom a grant opens or closes after `from` and up to `until`, as far as it has been planned.
  Task<Result<std::vector<std::int64_t>>> changed_between(Timestamp from, Timestamp until);
  // Writes down when scheduled grants open and close next, of those whose planned stretch was over at `over_at`; users
  // to whom one is open now. At most a few hundred at once.
  Task<Result<std::vector<std::int64_t>>> plan(Timestamp over_at);
  // All schedules are to be planned anew.
  Task<Result<void>> unplan();

  Task<Result<Standing>> standing(std::int64_t device_id, std::int64_t user_id);
  struct DatedGrant {
    Grant grant;
    Timestamp created_at;
  };
  // All of a user on a device, also those that have ended, as they are open at that time.
  Task<Result<std::vector<DatedGrant>>> grants_on(std::int64_t device_id, std::int64_t user_id, Timestamp at);
  // Takes a use of the grant that counts now; its source, empty where none counts uses. Errors: kForbidden.
  Task<Result<std::string>> take_use(std::int64_t device_id, std::int64_t user_id);
  Task<Result<void>> give_use_back(std::int64_t device_id, std::int64_t user_id, std::string source);
  struct GrantPage {
    std::vector<Grant> grants;         // what is open, in the order of the devices' ids
    std::optional<std::int64_t> next;  // after which device to go on; empty: there are no more
  };
  // Looks at so many devices on which the user has been given something, those that follow this one.
  Task<Result<GrantPage>> grants_of(std::int64_t user_id, std::int64_t after, std::int64_t devices);

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
  // Users of whom a password ends after `from` and up to `until`.
  Task<Result<std::vector<std::int64_t>>> passwords_ended_between(Timestamp from, Timestamp until);
  // Those of these users that have not ended.
  Task<Result<std::vector<KnownPassword>>> passwords_of(std::vector<std::int64_t> user_ids);

  Task<Result<void>> set_seen(std::map<std::int64_t, std::int64_t> seen);

 private:
  Database& database_;
};

}  // namespace gatetorio::auth
