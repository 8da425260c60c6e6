// The only file of this plugin with SQL.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/jobs.hpp"
#include "gatetorio/lists.hpp"
#include "types.hpp"

namespace gatetorio::sharing {

struct Token {
  std::int64_t id = 0;
  std::int64_t device_id = 0;
  std::string creator_kind = "user";  // or "admin"
  std::int64_t creator_id = 0;
  std::string shown;
  std::string access_level;
  std::optional<std::int64_t> access_hours;
  std::string notes;
  Timestamp created_at;
  Timestamp expires_at;
  std::optional<std::int64_t> claimed_at;
  std::int64_t claimant_id = 0;
  std::string claimant_subject;
  std::optional<std::int64_t> access_expires_at;
  std::optional<std::int64_t> used_by;
  bool is_revoked = false;
  bool is_access_taken = false;
  Timestamp valid_from{0};  // of the access, as what follows
  std::string schedule;     // JSON; empty: at any time
  std::optional<std::int64_t> max_uses;
  std::optional<std::int64_t> visit_ends_at;  // none: it is no visit
  FileKinds file_kinds = {};
};

// The kind of job that finishes a claim. Its key is the token's id.
inline constexpr std::string_view kClaimJob = "finish-claim";

class Repository {
 public:
  // Jobs of kClaimJob are put in with claims.
  Repository(Database& database, const Jobs& jobs) : database_(database), jobs_(jobs) {}

  // Its id.
  Task<Result<std::int64_t>> create(Token token, std::string secret_hash, Call call);
  // A further secret for a token that is still open. Errors: kNotFound.
  Task<Result<void>> add_secret(Token token, std::string secret_hash, Call call);

  // Errors: kNotFound.
  Task<Result<Token>> find_by_secret(std::string secret_hash);
  Task<Result<Token>> find(std::int64_t token_id);
  // Newest first, at most 1,000.
  Task<Result<std::vector<Token>>> of_device(std::int64_t device_id, std::int64_t before, std::int64_t limit);
  // Those that are visits.
  Task<Result<std::vector<Token>>> visits_of(std::int64_t device_id, std::int64_t before, std::int64_t limit);
  // Of all devices, the newest first. `device_id`: the input's device. Errors: kInvalid at /cursor.
  struct Page {
    ListPage end;
    std::vector<Token> tokens;
  };
  Task<Result<Page>> list(AllTokensInput input, std::optional<std::int64_t> device_id);
  // Puts a job in, to be done at once, for each claim by somebody who has not been given the access yet.
  Task<Result<void>> finish_claims();

  // Claims the token for the calling user: of many at once, one succeeds. False: it is used, expired or revoked. A job
  // gives the access where this hub does not get so far.
  Task<Result<bool>> claim(Token token, Call call);
  // The access was given to this user. False: it has been taken again meanwhile.
  Task<Result<bool>> finish(std::int64_t token_id, std::int64_t user_id);
  Task<Result<void>> revoke(Token token, bool take_access, Call call);
  // Devices for which there are tokens, in their order, at most `limit` after this one.
  Task<Result<std::vector<std::int64_t>>> devices_after(std::int64_t device_id, std::int64_t limit);
  // The device is gone.
  Task<Result<void>> forget_device(std::int64_t device_id);

 private:
  Database& database_;
  const Jobs& jobs_;
};

}  // namespace gatetorio::sharing
