// What admins, their sessions and tokens are in the database. Every write has its entry in the audit log, in the same
// batch.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/time.hpp"
#include "types.hpp"

namespace gatetorio::admin {

struct Admin {
  std::int64_t id = 0;
  std::string name;
  std::string role;
  std::string password_hash;
  std::string totp_secret;  // empty: no second factor
  std::int64_t totp_step = 0;
};

// Who stands behind a credential.
struct Holder {
  std::int64_t id = 0;  // of the admin or the token
  std::int64_t credential_id = 0;
  std::string name;
  std::string role;
  std::int64_t last_used_us = 0;
  std::int64_t expires_at_us = 0;
};

struct NewAdmin {
  std::string name;
  std::string role;
  std::string password_hash;
};

struct NewSession {
  std::string secret_hash;
  Timestamp expires_at;
};

// What a login has proved beside the password.
struct SecondFactor {
  std::int64_t totp_step = 0;      // 0: it was no code of an app
  std::string recovery_code_hash;  // empty: it was no recovery code
};

class Repository {
 public:
  explicit Repository(Database& database) : database_(database) {}

  Task<Result<std::int64_t>> count_admins();
  // Errors: kNotFound. Names are compared without regard to case.
  Task<Result<Admin>> find_admin(std::string name);
  Task<Result<Admin>> find_admin_by_id(std::int64_t id);
  // Errors of the lists: kInvalid at /cursor.
  Task<Result<AdminsOutput>> admins(PageInput page);
  // Errors: kConflict where the name is taken.
  Task<Result<std::int64_t>> add_admin(NewAdmin admin, Call call);
  // The role, the password, both or neither (empty). A new password ends all sessions, a new role none: it counts at
  // once. `drop_totp`: the second factor goes too. Errors: kNotFound; kGuardFailed where no admin would be left.
  struct AdminChange {
    std::string role;
    std::string password_hash;
    bool drop_totp = false;
  };
  Task<Result<void>> change_admin(std::int64_t id, AdminChange change, Call call);
  Task<Result<void>> remove_admin(std::int64_t id, Call call);
  Task<Result<void>> set_totp(std::int64_t id, std::string secret, std::int64_t step, std::vector<std::string> hashes,
                              Call call);

  // One-time links. `admin_id` 0: for a new admin. A new link ends the older ones of its kind.
  Task<Result<void>> add_link(std::string secret_hash, std::int64_t admin_id, Timestamp expires_at, Call call);
  struct Link {
    std::int64_t admin_id = 0;
    bool is_used = false;
    Timestamp expires_at;
  };
  // Errors: kNotFound.
  Task<Result<Link>> find_link(std::string secret_hash);
  // Makes the admin of a link, or gives one a new password, and opens its first session; once. Errors: kGuardFailed:
  // the link is used or over; kConflict: the name is taken.
  Task<Result<void>> use_link(std::string secret_hash, NewAdmin admin, NewSession session, Call call);

  // Errors: kGuardFailed where the second factor was used meanwhile, or the password has changed.
  Task<Result<void>> open_session(Admin admin, SecondFactor factor, NewSession session, Call call);
  // Errors: kNotFound.
  Task<Result<Holder>> find_session(std::string secret_hash);
  Task<Result<void>> close_session(std::string secret_hash, Call call);
  // Whose it was. Errors: kNotFound.
  Task<Result<std::int64_t>> end_session(std::int64_t session_id, Call call);
  Task<Result<SessionsOutput>> sessions(PageInput page, std::string own_secret_hash);

  Task<Result<std::int64_t>> add_token(std::string secret_hash, std::string name, std::string role,
                                       std::optional<Timestamp> expires_at, Call call);
  Task<Result<Holder>> find_token(std::string secret_hash);
  Task<Result<Holder>> find_token_by_id(std::int64_t token_id);
  Task<Result<void>> remove_token(std::int64_t token_id, Call call);
  Task<Result<TokensOutput>> tokens(PageInput page);

  // When a credential was used last. Without an entry in the audit log.
  Task<Result<void>> touch(bool is_session, std::int64_t credential_id);

 private:
  Database& database_;
};

}  // namespace gatetorio::admin
