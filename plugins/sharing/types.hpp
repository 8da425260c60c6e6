// What the operations of this plugin take and give.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/file_kinds.hpp"
#include "gatetorio/grants.hpp"
#include "gatetorio/identifiers.hpp"
#include "gatetorio/lists.hpp"
#include "gatetorio/schedule.hpp"
#include "gatetorio/time_text.hpp"

namespace gatetorio::sharing {

struct CreateInput {
  ControllerId controller_id;
  std::optional<UserToken> user_token;
  std::optional<AccessLevel> access_level;
  std::optional<Integer<1, 8'760>> expires_in_hours;
  std::optional<Integer<1, 87'600>> access_expires_in_hours;
  std::optional<Label<256>> notes;
  std::optional<TimeText> valid_from;  // of the access, as what follows
  std::optional<Schedule> schedule;
  std::optional<MaxUses> max_uses;
};
BOOST_DESCRIBE_STRUCT(CreateInput, (),
                      (controller_id, user_token, access_level, expires_in_hours, access_expires_in_hours, notes,
                       valid_from, schedule, max_uses))

// The same from an admin, for the device in the path.
struct AdminCreateInput {
  ControllerId controller_id;
  std::optional<AccessLevel> access_level;
  std::optional<Integer<1, 8'760>> expires_in_hours;
  std::optional<Integer<1, 87'600>> access_expires_in_hours;
  std::optional<Label<256>> notes;
  std::optional<TimeText> valid_from;  // of the access, as what follows
  std::optional<Schedule> schedule;
  std::optional<MaxUses> max_uses;
};
BOOST_DESCRIBE_STRUCT(AdminCreateInput, (),
                      (controller_id, access_level, expires_in_hours, access_expires_in_hours, notes, valid_from,
                       schedule, max_uses))

enum class VisitLevel { engineer, readonly };
BOOST_DESCRIBE_ENUM(VisitLevel, engineer, readonly)

// Access for a visit: a token, what it gives and when it ends, as one.
struct VisitInput {
  ControllerId controller_id;
  TimeText ends_at;
  std::optional<VisitLevel> access_level;
  std::optional<std::vector<FileKind>> files;  // the kinds that the visitor may see; none named: all of the level
  std::optional<Label<256>> notes;
  std::optional<TimeText> valid_from;
  std::optional<Schedule> schedule;
  std::optional<MaxUses> max_uses;
};
BOOST_DESCRIBE_STRUCT(VisitInput, (),
                      (controller_id, ends_at, access_level, files, notes, valid_from, schedule, max_uses))

struct VisitMade {
  std::int64_t visit_id = 0;
  std::string token;  // shown this once
  std::string share_url;
  std::string controller_id;
  Timestamp ends_at;
};
BOOST_DESCRIBE_STRUCT(VisitMade, (), (visit_id, token, share_url, controller_id, ends_at))

// The first of these that fits. One that is planned or active has been taken up; in which hours it is open says the
// schedule.
enum class VisitState { revoked, ended, offered, planned, active };
BOOST_DESCRIBE_ENUM(VisitState, revoked, ended, offered, planned, active)

struct Visit {
  std::int64_t visit_id = 0;
  VisitState state = VisitState::offered;
  std::string notes;
  std::string access_level;
  FileKinds files;  // null: all that the level opens
  std::optional<Timestamp> valid_from;
  Timestamp ends_at;
  std::optional<Schedule> schedule;
  std::optional<std::int64_t> max_uses;
  std::optional<std::int64_t> visitor;  // a user_id; null: nobody has taken it up
  std::optional<Timestamp> taken_up_at;
  std::string created_by;  // "user:17", "admin:1"
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(Visit, (),
                      (visit_id, state, notes, access_level, files, valid_from, ends_at, schedule, max_uses, visitor,
                       taken_up_at, created_by, created_at))

struct VisitsOutput {
  std::vector<Visit> visits;
  std::optional<std::int64_t> next;  // what to give as `before` for those that follow; null: there are none
};
BOOST_DESCRIBE_STRUCT(VisitsOutput, (), (visits, next))

struct VisitRef {
  ControllerId controller_id;
  RowId visit_id;
};
BOOST_DESCRIBE_STRUCT(VisitRef, (), (controller_id, visit_id))

struct CreateOutput {
  std::string token;  // shown this once
  std::int64_t token_id = 0;
  std::string share_url;
  Timestamp expires_at;
  std::string controller_id;
};
BOOST_DESCRIBE_STRUCT(CreateOutput, (), (token, token_id, share_url, expires_at, controller_id))

// Any text may be tried; what is no token of ours is an unknown one.
struct RedeemInput {
  std::string token;
  std::optional<UserToken> user_token;
};
BOOST_DESCRIBE_STRUCT(RedeemInput, (), (token, user_token))

struct DeviceInfo {
  std::int64_t id = 0;
  std::string controller_id;
  std::string device_name;
  std::string firmware_version;
  bool is_online = false;
};
BOOST_DESCRIBE_STRUCT(DeviceInfo, (), (id, controller_id, device_name, firmware_version, is_online))

struct RedeemOutput {
  bool success = true;
  std::string message;
  DeviceInfo device_info;
  std::string access_level;             // what the user may do now, which may be more than the token gave
  std::optional<Timestamp> expires_at;  // of that access
  std::optional<Timestamp> opens_at;    // where it begins later
};
BOOST_DESCRIBE_STRUCT(RedeemOutput, (), (success, message, device_info, access_level, expires_at, opens_at))

struct ListInput {
  ControllerId controller_id;
  std::optional<PageLimit> limit;
  std::optional<RowId> before;  // a token_id: older ones
};
BOOST_DESCRIBE_STRUCT(ListInput, (), (controller_id, limit, before))

struct TokenEntry {
  std::int64_t token_id = 0;
  std::string token;  // its first 8 characters and an ellipsis
  std::string access_level;
  bool is_used = false;
  std::optional<std::int64_t> used_by;  // a user_id
  Timestamp expires_at;
  Timestamp created_at;
  std::string notes;
  bool revoked = false;
  std::optional<Timestamp> valid_from;  // of the access, as what follows
  std::optional<Schedule> schedule;
  std::optional<std::int64_t> max_uses;
  std::optional<Timestamp> ends_at;  // of a visit's access; null: it is no visit
  FileKinds files;                   // null: all that the level opens
};
BOOST_DESCRIBE_STRUCT(TokenEntry, (),
                      (token_id, token, access_level, is_used, used_by, expires_at, created_at, notes, revoked,
                       valid_from, schedule, max_uses, ends_at, files))

struct TokensOutput {
  std::vector<TokenEntry> tokens;
  std::optional<std::int64_t> next;  // what to give as `before` for those that follow; null: there are none
};
BOOST_DESCRIBE_STRUCT(TokensOutput, (), (tokens, next))

// The first of these that fits: one that was used and then revoked is revoked.
enum class TokenState { revoked, used, expired, open };
BOOST_DESCRIBE_ENUM(TokenState, revoked, used, expired, open)

struct AllTokensInput {
  std::optional<ControllerId> controller_id;
  std::optional<TokenState> state;
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(AllTokensInput, (), (controller_id, state, limit, cursor))

struct AdminTokenEntry {
  std::int64_t token_id = 0;
  std::string token;  // its first 8 characters and an ellipsis
  std::int64_t device_id = 0;
  std::optional<std::string> controller_id;  // null: the device is gone
  std::string created_by;                    // "user:17", "admin:1"
  std::string access_level;
  bool is_used = false;
  std::optional<std::int64_t> used_by;  // a user_id
  Timestamp expires_at;
  Timestamp created_at;
  std::string notes;
  bool revoked = false;
  std::optional<Timestamp> valid_from;  // of the access, as what follows
  std::optional<Schedule> schedule;
  std::optional<std::int64_t> max_uses;
  std::optional<Timestamp> ends_at;  // of a visit's access; null: it is no visit
  FileKinds files;                   // null: all that the level opens
};
BOOST_DESCRIBE_STRUCT(AdminTokenEntry, (),
                      (token_id, token, device_id, controller_id, created_by, access_level, is_used, used_by,
                       expires_at, created_at, notes, revoked, valid_from, schedule, max_uses, ends_at, files))

struct AllTokensOutput {
  std::vector<AdminTokenEntry> tokens;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(AllTokensOutput, (), (tokens, next_cursor, total))

struct TokenRef {
  RowId token_id;
};
BOOST_DESCRIBE_STRUCT(TokenRef, (), (token_id))

struct RevokeInput {
  RowId token_id;
  std::optional<bool> revoke_access;
};
BOOST_DESCRIBE_STRUCT(RevokeInput, (), (token_id, revoke_access))

}  // namespace gatetorio::sharing
