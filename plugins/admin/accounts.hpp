// The rules of who is an admin: the first one, logins, sessions, API tokens, second factors. Knows no HTTP (but for the
// cookie that a session is) and no SQL.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"
#include "login_brake.hpp"
#include "passwords.hpp"
#include "repository.hpp"
#include "types.hpp"

namespace gatetorio::admin {

struct AccountSettings {
  std::int64_t session_hours = 12;
  std::int64_t link_minutes = 30;
};

class Accounts {
 public:
  // Hears of each login that failed: whose account it was for, 0 where there is none of that name. Any thread.
  using WrongLogin = std::function<void(const Call& call, std::int64_t admin_id)>;

  Accounts(Host& host, Repository& repository, const AccountSettings& settings, WrongLogin wrong_login);

  // `https`: browsers reach the hub over TLS, and send the cookie over nothing else.
  void set_https(bool https) { is_https_ = https; }

  // gatetorio.authenticator/1, for "bearer:gta_", "cookie:" and "cookie-read:". Also kForbidden: the session is good,
  // but the call may change something and does not carry its CSRF token.
  Task<Result<Principal>> authenticate(Credential credential);

  // Who an admin is now, for whoever keeps one: gatetorio.principals/1. Errors: kNotFound, where its session, its token
  // or the admin is gone.
  Task<Result<Principal>> current(Principal principal);

  Task<Result<Reply<SessionOutput>>> set_up(Call call, SetupInput input);
  Task<Result<Reply<SessionOutput>>> log_in(Call call, LoginInput input);
  Task<Result<SessionOutput>> session(Call call, Nothing input);
  Task<Result<Reply<Nothing>>> log_out(Call call, Nothing input);

  Task<Result<SessionsOutput>> sessions(Call call, PageInput page);
  Task<Result<void>> end_session(Call call, SessionRef input);
  Task<Result<TokensOutput>> tokens(Call call, PageInput page);
  Task<Result<NewTokenOutput>> make_token(Call call, NewTokenInput input);
  Task<Result<void>> remove_token(Call call, TokenRef input);
  Task<Result<AdminsOutput>> admins(Call call, PageInput page);
  Task<Result<AdminEntry>> add_admin(Call call, NewAdminInput input);
  Task<Result<AdminEntry>> change_admin(Call call, ChangeAdminInput input);
  Task<Result<void>> remove_admin(Call call, AdminRef input);
  // A second factor counts once its first code has been given.
  Task<Result<TotpOutput>> begin_totp(Call call, Nothing input);
  Task<Result<RecoveryOutput>> confirm_totp(Call call, TotpConfirmInput input);
  Task<Result<void>> end_totp(Call call, Nothing input);

  // For the machine's own commands and the first start (no call of the outside). The secret of a one-time link for a
  // new admin, or for a new password of the one that is named. Errors: kNotFound.
  Task<Result<std::string>> make_link(std::string name);
  // Errors: kConflict.
  Task<Result<void>> create(NewAdmin admin);
  // A new password; the second factor and all sessions go. Errors: kNotFound.
  Task<Result<void>> reset(std::string name, std::string password_hash);
  Task<Result<bool>> has_admin();

  void stop() { passwords_.stop(); }

 private:
  Task<Result<Principal>> holder_of(Credential credential);
  Task<Result<SecondFactor>> second_factor(Admin admin, std::optional<std::string> code);
  Task<Result<SecondFactor>> check_login(LoginInput input, Result<Admin> admin);
  Task<Result<Admin>> own_account(Call call);
  Task<void> touch(bool is_session, std::int64_t credential_id);
  Reply<SessionOutput> with_cookie(Status status, SessionOutput session, const std::string& secret,
                                   std::int64_t seconds) const;
  NewSession new_session(const std::string& secret) const;
  void tell_changed(std::int64_t admin_id) const;

  Host& host_;
  Repository& repository_;
  const AccountSettings settings_;
  const WrongLogin tell_wrong_login_;
  Passwords passwords_;
  LoginBrake brake_;
  std::atomic<bool> is_https_{false};
  std::mutex mutex_;                             // guards offered_
  std::map<std::int64_t, std::string> offered_;  // secrets of second factors that are not confirmed yet, by admin
};

}  // namespace gatetorio::admin
