// What the operations of this plugin take and give.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/identifiers.hpp"
#include "gatetorio/lists.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::admin {

enum class Role { admin, viewer };
BOOST_DESCRIBE_ENUM(Role, admin, viewer)

// People's names for themselves at the hub.
struct AdminNameRule {
  static constexpr std::size_t kMin = 1, kMax = 64;
  static constexpr std::string_view kPattern = "^[A-Za-z0-9][A-Za-z0-9._@+-]*$";
  static constexpr std::string_view kWords = "letters, digits and . _ @ + -, the first a letter or digit";
  static constexpr bool valid(std::string_view text) {
    return detail::is_letter_or_digit(text.front()) && detail::all_of(text, [](char c) {
             return detail::is_letter_or_digit(c) || c == '.' || c == '_' || c == '@' || c == '+' || c == '-';
           });
  }
};
using AdminName = Text<AdminNameRule>;

// NIST SP 800-63B: length alone counts.
struct NewPasswordRule {
  static constexpr std::size_t kMin = 8, kMax = 256;
  static constexpr std::string_view kPattern = "";
  static constexpr std::string_view kWords = "any text";
  static constexpr bool valid(std::string_view) { return true; }
};
using NewPassword = Text<NewPasswordRule>;

struct SetupInput {
  std::string setup_token;
  AdminName name;
  NewPassword password;
};
BOOST_DESCRIBE_STRUCT(SetupInput, (), (setup_token, name, password))

// Any text may be tried; what is no name or password of ours is a wrong one.
struct LoginInput {
  std::string name;
  std::string password;
  std::optional<std::string> totp;  // a code of the second factor, or a recovery code
};
BOOST_DESCRIBE_STRUCT(LoginInput, (), (name, password, totp))

struct SessionOutput {
  std::string name;
  Role role = Role::viewer;
  std::optional<std::string> csrf_token;  // null for an API token, which needs none
  std::optional<Timestamp> expires_at;
  bool totp_enabled = false;
};
BOOST_DESCRIBE_STRUCT(SessionOutput, (), (name, role, csrf_token, expires_at, totp_enabled))

// Of a list that has one order: the newest first.
struct PageInput {
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(PageInput, (), (limit, cursor))

struct SessionEntry {
  std::int64_t session_id = 0;
  std::string name;
  std::string role;
  Timestamp created_at;
  Timestamp last_used_at;
  Timestamp expires_at;
  std::string peer;
  bool is_current = false;
};
BOOST_DESCRIBE_STRUCT(SessionEntry, (),
                      (session_id, name, role, created_at, last_used_at, expires_at, peer, is_current))

struct SessionsOutput {
  std::vector<SessionEntry> sessions;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(SessionsOutput, (), (sessions, next_cursor, total))

struct SessionRef {
  RowId session_id;
};
BOOST_DESCRIBE_STRUCT(SessionRef, (), (session_id))

struct NewTokenInput {
  Label<64> name;
  Role role = Role::viewer;
  std::optional<Integer<1, 3'650>> expires_in_days;
};
BOOST_DESCRIBE_STRUCT(NewTokenInput, (), (name, role, expires_in_days))

struct NewTokenOutput {
  std::int64_t token_id = 0;
  std::string token;  // shown this once
  std::string name;
  std::string role;
  std::optional<Timestamp> expires_at;
};
BOOST_DESCRIBE_STRUCT(NewTokenOutput, (), (token_id, token, name, role, expires_at))

struct TokenEntry {
  std::int64_t token_id = 0;
  std::string name;
  std::string role;
  std::string created_by;
  Timestamp created_at;
  std::optional<Timestamp> expires_at;
  std::optional<Timestamp> last_used_at;
};
BOOST_DESCRIBE_STRUCT(TokenEntry, (), (token_id, name, role, created_by, created_at, expires_at, last_used_at))

struct TokensOutput {
  std::vector<TokenEntry> tokens;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(TokensOutput, (), (tokens, next_cursor, total))

struct TokenRef {
  RowId token_id;
};
BOOST_DESCRIBE_STRUCT(TokenRef, (), (token_id))

struct AdminEntry {
  std::string name;
  std::string role;
  Timestamp created_at;
  std::optional<Timestamp> last_login_at;
  bool totp_enabled = false;
};
BOOST_DESCRIBE_STRUCT(AdminEntry, (), (name, role, created_at, last_login_at, totp_enabled))

struct AdminsOutput {
  std::vector<AdminEntry> admins;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(AdminsOutput, (), (admins, next_cursor, total))

struct NewAdminInput {
  AdminName name;
  NewPassword password;
  Role role = Role::viewer;
};
BOOST_DESCRIBE_STRUCT(NewAdminInput, (), (name, password, role))

// The path names the admin; the rest is changed where it is given.
struct ChangeAdminInput {
  AdminName name;
  std::optional<Role> role;
  std::optional<NewPassword> password;
  std::optional<std::string> current_password;  // of whoever changes the own password
};
BOOST_DESCRIBE_STRUCT(ChangeAdminInput, (), (name, role, password, current_password))

struct AdminRef {
  AdminName name;
};
BOOST_DESCRIBE_STRUCT(AdminRef, (), (name))

struct TotpOutput {
  std::string secret;  // Base32, for who types it
  std::string uri;     // otpauth://, for a QR code
};
BOOST_DESCRIBE_STRUCT(TotpOutput, (), (secret, uri))

struct TotpConfirmInput {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(TotpConfirmInput, (), (code))

struct RecoveryOutput {
  std::vector<std::string> recovery_codes;  // shown this once
};
BOOST_DESCRIBE_STRUCT(RecoveryOutput, (), (recovery_codes))

}  // namespace gatetorio::admin
