// Why a user may, or may not: by which grant, window or rule, now, in the past and in the time to come.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/devices.hpp"
#include "gatetorio/operations.hpp"
#include "repository.hpp"

namespace gatetorio::auth {

enum class AskedVerb { open, close, stop, partial, toggle, other };
BOOST_DESCRIBE_ENUM(AskedVerb, open, close, stop, partial, toggle, other)

struct ExplainInput {
  ControllerId controller_id;
  std::optional<RowId> user;      // the caller where it is not said
  std::optional<TimeText> at;     // now where it is not said
  std::optional<AskedVerb> verb;  // none: whether it may see the gate
};
BOOST_DESCRIBE_STRUCT(ExplainInput, (), (controller_id, user, at, verb))

struct ExplainedGrant {
  std::string source;
  std::string access_level;
  bool is_open = false;  // at that time
  std::string why;
  std::optional<Timestamp> changes_at;  // when it opens or closes next, after that time
  std::optional<Timestamp> expires_at, valid_from;
  std::optional<Schedule> schedule;
  std::optional<std::int64_t> max_uses, uses;
  Timestamp created_at;
  FileKinds files;  // null: all kinds that the level opens
};
BOOST_DESCRIBE_STRUCT(ExplainedGrant, (),
                      (source, access_level, is_open, why, changes_at, expires_at, valid_from, schedule, max_uses, uses,
                       created_at, files))

struct ExplainOutput {
  bool allowed = false;
  std::string why;
  std::int64_t user_id = 0;
  Timestamp at;
  std::optional<std::string> verb;
  std::optional<std::string> access_level, source;  // what counts then
  std::optional<std::string> rule;                  // of the gate, that refuses: a JSON Pointer into its rules
  std::vector<ExplainedGrant> grants;               // all that the user has there
};
BOOST_DESCRIBE_STRUCT(ExplainOutput, (), (allowed, why, user_id, at, verb, access_level, source, rule, grants))

class Explainer {
 public:
  Explainer(Host& host, Repository& repository);

  // By what is given now: what has been taken, and the uses of another time, are not known any more. Errors: kForbidden
  // for a user who asks about another and is no owner, kInvalid where no user is named.
  Task<Result<ExplainOutput>> explain(Call call, ExplainInput input);

 private:
  Repository& repository_;
  ServiceClient rules_;  // to be asked where a plugin has some
};

}  // namespace gatetorio::auth
