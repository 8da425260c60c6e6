#include "accounts.hpp"

#include <algorithm>

#include "gatetorio/devices.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/secret.hpp"
#include "totp.hpp"

namespace gatetorio::admin {

namespace {

constexpr std::string_view kTokenPrefix = "gta_";
// Ids of API tokens as principals begin here: they are admins too, and no two of them may be one.
constexpr std::int64_t kFirstTokenId = std::int64_t{1} << 40;
constexpr std::int64_t kTouchEveryUs = 60 * kMicrosecondsPerSecond;
constexpr std::int64_t kDayUs = 24 * kMicrosecondsPerHour;
constexpr std::size_t kRecoveryCodes = 10;
constexpr std::size_t kTotpSecretBytes = 20;
constexpr std::size_t kMostOffered = 1'000;

Error wrong_login() { return {.status = Status::kUnauthenticated, .detail = "Name, password or code is wrong."}; }
Error nobody() { return {.status = Status::kUnauthenticated, .detail = "The credential is not valid."}; }

// What a page must send back with each write: it can be told from the cookie, which other sites cannot read.
std::string csrf_token(std::string_view secret_hash) {
  return to_base64url(sha256("csrf:" + std::string(secret_hash)));
}

Role role_from(const std::string& word) { return word == "admin" ? Role::admin : Role::viewer; }
std::string word_of(Role role) { return boost::describe::enum_to_string(role, ""); }

bool is_token(const Principal& principal) { return principal.id >= kFirstTokenId; }

// As people copy them: without regard to case, spaces and dashes.
std::string plain_code(std::string code) {
  std::erase_if(code, [](char c) { return c == '-' || c == ' '; });
  std::transform(code.begin(), code.end(), code.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  return code;
}

Error last_admin() { return {.status = Status::kConflict, .detail = "This is the last one with the role admin."}; }

}  // namespace

Accounts::Accounts(Host& host, Repository& repository, const AccountSettings& settings, WrongLogin wrong_login)
    : host_(host),
      repository_(repository),
      settings_(settings),
      tell_wrong_login_(std::move(wrong_login)),
      passwords_(host) {}

Task<Result<Principal>> Accounts::authenticate(Credential credential) {
  Result<Principal> known = co_await holder_of(credential);
  if (!known && known.error().status == Status::kNotFound) co_return nobody();
  if (!known) co_return known.error();
  const bool is_write = credential.scheme == "cookie";
  if (is_write && !is_same_secret(credential.name, csrf_token(known->subject))) {
    co_return Error{.status = Status::kForbidden,
                    .detail = "A write with a session needs the session's X-CSRF-Token; GET /admin/session tells it."};
  }
  co_return known;
}

Task<Result<Principal>> Accounts::holder_of(Credential credential) {
  const bool is_session = credential.scheme != "bearer";
  const std::string hash =
      sha256(is_session ? credential.secret
                        : credential.secret.substr(std::min(kTokenPrefix.size(), credential.secret.size())));
  auto finding = is_session ? repository_.find_session(hash) : repository_.find_token(hash);
  const Holder holder = co_await ok(std::move(finding));
  if (now().us - holder.last_used_us > kTouchEveryUs) host_.run(touch(is_session, holder.credential_id));
  co_return Principal{.kind = "admin",
                      .id = is_session ? holder.id : kFirstTokenId + holder.id,
                      .name = is_session ? holder.name : "token " + holder.name,  // no admin has a space in its name
                      .role = holder.role,
                      .subject = is_session ? hash : std::string(),
                      .valid_until_us = holder.expires_at_us};
}

Task<Result<Principal>> Accounts::current(Principal principal) {
  if (!principal.subject.empty()) {
    const Holder holder = co_await ok(repository_.find_session(principal.subject));
    principal.role = holder.role;
    co_return principal;
  }
  if (is_token(principal)) {
    const Holder holder = co_await ok(repository_.find_token_by_id(principal.id - kFirstTokenId));
    principal.role = holder.role;
    co_return principal;
  }
  const Admin admin = co_await ok(repository_.find_admin_by_id(principal.id));
  principal.role = admin.role;
  co_return principal;
}

Task<void> Accounts::touch(bool is_session, std::int64_t credential_id) {
  const Result<void> done = co_await repository_.touch(is_session, credential_id);
  static_cast<void>(done);  // the next use tries again
}

NewSession Accounts::new_session(const std::string& secret) const {
  return {sha256(secret), {now().us + settings_.session_hours * kMicrosecondsPerHour}};
}

// RFC 6265bis: out of reach for scripts, never sent along from other sites; over TLS bound to this host alone.
Reply<SessionOutput> Accounts::with_cookie(Status status, SessionOutput session, const std::string& secret,
                                           std::int64_t seconds) const {
  const std::string name = is_https_ ? "__Host-gatetorio_session=" : "gatetorio_session=";
  const std::string cookie = name + secret + "; Path=/; Max-Age=" + std::to_string(seconds) +
                             "; HttpOnly; SameSite=Strict" + (is_https_ ? "; Secure" : "");
  Reply<SessionOutput> reply(status, std::move(session));
  reply.headers.emplace_back("Set-Cookie", cookie);
  return reply;
}

Task<Result<Reply<SessionOutput>>> Accounts::set_up(Call call, SetupInput input) {
  const std::string link_hash = sha256(input.setup_token);
  const Result<Repository::Link> link = co_await repository_.find_link(link_hash);
  if (!link && link.error().status == Status::kNotFound) {
    co_return Error{.status = Status::kUnauthenticated, .detail = "This link is none of this hub's."};
  }
  if (!link) co_return link.error();
  const Error over{.status = Status::kGone,
                   .detail =
                       "The link is used or too old. `gatetorio-hub admin create` on the hub's machine, or a restart"
                       " of a hub without an admin, gives a new one."};
  if (link->is_used || link->expires_at <= now()) co_return over;
  if (link->admin_id != 0) {
    const Admin meant = co_await ok(repository_.find_admin_by_id(link->admin_id));
    const Result<Admin> named = co_await repository_.find_admin(input.name.value);
    if (!named || named->id != meant.id) {
      co_return Error{.status = Status::kInvalid,
                      .detail = "Some fields are wrong.",
                      .fields = {{"/name", "the link is for " + meant.name}}};
    }
  }
  const std::string hash = co_await ok(passwords_.hash(input.password.value));
  const std::string secret = random_text();
  const NewSession session = new_session(secret);
  const NewAdmin admin{input.name.value, "admin", hash};
  const Result<void> used = co_await repository_.use_link(link_hash, admin, session, call);
  if (!used && used.error().status == Status::kGuardFailed) co_return over;
  if (!used && used.error().status == Status::kConflict) {
    co_return Error{.status = Status::kConflict, .detail = "There is an admin with this name."};
  }
  if (!used) co_return used.error();
  const Admin made = co_await ok(repository_.find_admin(input.name.value));
  SessionOutput out{.name = made.name,
                    .role = role_from(made.role),
                    .csrf_token = csrf_token(session.secret_hash),
                    .expires_at = session.expires_at};
  co_return with_cookie(Status::kCreated, std::move(out), secret, settings_.session_hours * 3600);
}

Task<Result<Reply<SessionOutput>>> Accounts::log_in(Call call, LoginInput input) {
  const auto wait = brake_.enter(input.name, call.peer, LoginBrake::Clock::now());
  if (!wait) {
    co_return Error{.status = Status::kRateLimited,
                    .detail = "Too many logins from your address are under way.",
                    .retry_after_s = static_cast<std::uint32_t>(LoginBrake::kLongest.count() / 1000)};
  }
  if (wait->count() > 0) {
    const bool goes_on = co_await host_.sleep(static_cast<std::uint64_t>(wait->count()));
    static_cast<void>(goes_on);
  }
  const Result<Admin> admin = co_await repository_.find_admin(input.name);
  const Result<SecondFactor> factor = co_await check_login(input, admin);
  brake_.left(input.name, call.peer, static_cast<bool>(factor), LoginBrake::Clock::now());
  if (!factor) {
    if (factor.error().status == Status::kUnauthenticated) tell_wrong_login_(call, admin ? admin->id : 0);
    co_return factor.error();
  }
  call.principal = Principal{.kind = "admin", .id = admin->id, .name = admin->name, .role = admin->role};
  const std::string secret = random_text();
  const NewSession session = new_session(secret);
  const Result<void> opened = co_await repository_.open_session(*admin, *factor, session, call);
  if (!opened && opened.error().status == Status::kGuardFailed) co_return wrong_login();  // the code was used meanwhile
  if (!opened) co_return opened.error();
  SessionOutput out{.name = admin->name,
                    .role = role_from(admin->role),
                    .csrf_token = csrf_token(session.secret_hash),
                    .expires_at = session.expires_at,
                    .totp_enabled = !admin->totp_secret.empty()};
  co_return with_cookie(Status::kOk, std::move(out), secret, settings_.session_hours * 3600);
}

// In the same words and time whatever is wrong.
Task<Result<SecondFactor>> Accounts::check_login(LoginInput input, Result<Admin> admin) {
  if (!admin && admin.error().status != Status::kNotFound) co_return admin.error();
  const std::string hash = admin ? admin->password_hash : std::string();
  const bool is_right = co_await ok(passwords_.verify(hash, input.password));
  if (!is_right) co_return wrong_login();
  auto proving = second_factor(*admin, input.totp);
  co_return co_await proving;
}

Task<Result<SecondFactor>> Accounts::second_factor(Admin admin, std::optional<std::string> code) {
  SecondFactor factor;
  if (admin.totp_secret.empty()) co_return factor;
  if (!code || code->empty()) co_return wrong_login();
  if (const auto step = totp_step(admin.totp_secret, *code, now(), admin.totp_step)) {
    factor.totp_step = *step;
  } else {
    factor.recovery_code_hash = sha256(plain_code(*code));  // whether it is one tells the batch that uses it up
  }
  co_return factor;
}

Task<Result<SessionOutput>> Accounts::session(Call call, Nothing) {
  const Principal& self = *call.principal;
  SessionOutput out{.name = self.name, .role = role_from(self.role)};
  if (self.valid_until_us != 0) out.expires_at = Timestamp{self.valid_until_us};
  if (is_token(self)) co_return out;
  const Admin admin = co_await ok(repository_.find_admin_by_id(self.id));
  out.csrf_token = csrf_token(self.subject);
  out.totp_enabled = !admin.totp_secret.empty();
  co_return out;
}

Task<Result<Reply<Nothing>>> Accounts::log_out(Call call, Nothing) {
  if (is_token(*call.principal)) {
    co_return Error{.status = Status::kConflict, .detail = "An API token has no session; it can be deleted."};
  }
  co_await ok(repository_.close_session(call.principal->subject, call));
  tell_changed(call.principal->id);
  Reply<Nothing> reply(Status::kNoContent, {});
  const std::string name = is_https_ ? "__Host-gatetorio_session" : "gatetorio_session";
  reply.headers.emplace_back("Set-Cookie",
                             name + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict" + (is_https_ ? "; Secure" : ""));
  co_return reply;
}

Task<Result<SessionsOutput>> Accounts::sessions(Call call, PageInput page) {
  auto listing = repository_.sessions(std::move(page), call.principal->subject);
  co_return co_await listing;
}

Task<Result<void>> Accounts::end_session(Call call, SessionRef input) {
  const std::int64_t admin_id = co_await ok(repository_.end_session(input.session_id, call));
  tell_changed(admin_id);
  co_return Result<void>();
}

Task<Result<TokensOutput>> Accounts::tokens(Call, PageInput page) {
  co_return co_await repository_.tokens(std::move(page));
}

Task<Result<NewTokenOutput>> Accounts::make_token(Call call, NewTokenInput input) {
  const std::string secret = random_text();
  std::optional<Timestamp> expires_at;
  if (input.expires_in_days) expires_at = Timestamp{now().us + input.expires_in_days->value * kDayUs};
  const std::string role = word_of(input.role);
  const std::int64_t id = co_await ok(repository_.add_token(sha256(secret), input.name.value, role, expires_at, call));
  co_return NewTokenOutput{.token_id = id,
                           .token = std::string(kTokenPrefix) + secret,
                           .name = input.name.value,
                           .role = role,
                           .expires_at = expires_at};
}

Task<Result<void>> Accounts::remove_token(Call call, TokenRef input) {
  co_await ok(repository_.remove_token(input.token_id, call));
  tell_changed(kFirstTokenId + input.token_id);
  co_return Result<void>();
}

Task<Result<AdminsOutput>> Accounts::admins(Call, PageInput page) {
  co_return co_await repository_.admins(std::move(page));
}

Task<Result<AdminEntry>> Accounts::add_admin(Call call, NewAdminInput input) {
  NewAdmin admin{input.name.value, word_of(input.role), {}};
  admin.password_hash = co_await ok(passwords_.hash(input.password.value));
  co_await ok(repository_.add_admin(admin, call));
  co_return AdminEntry{.name = admin.name, .role = admin.role, .created_at = now()};
}

Task<Result<AdminEntry>> Accounts::change_admin(Call call, ChangeAdminInput input) {
  const Error forbidden{.status = Status::kForbidden, .detail = "A viewer may change its own password only."};
  const Result<Admin> found = co_await repository_.find_admin(input.name.value);
  const bool is_own = found && found->id == call.principal->id;
  if (call.principal->role != "admin" && (!is_own || input.role)) co_return forbidden;
  if (!found) co_return found.error();
  const Admin& admin = *found;
  if (is_own && input.password) {
    const bool is_right = co_await ok(passwords_.verify(admin.password_hash, input.current_password.value_or("")));
    if (!is_right) {
      co_return Error{.status = Status::kInvalid,
                      .detail = "Some fields are wrong.",
                      .fields = {{"/current_password", "is not your password"}}};
    }
  }
  Repository::AdminChange change;
  if (input.role) change.role = word_of(*input.role);
  if (input.password) change.password_hash = co_await ok(passwords_.hash(input.password->value));
  if (input.role || input.password) {
    const Result<void> done = co_await repository_.change_admin(admin.id, change, call);
    if (!done && done.error().status == Status::kGuardFailed) co_return last_admin();
    if (!done) co_return done.error();
    tell_changed(admin.id);
  }
  co_return AdminEntry{.name = admin.name,
                       .role = change.role.empty() ? admin.role : change.role,
                       .totp_enabled = !admin.totp_secret.empty()};
}

Task<Result<void>> Accounts::remove_admin(Call call, AdminRef input) {
  const Admin admin = co_await ok(repository_.find_admin(input.name.value));
  const Result<void> done = co_await repository_.remove_admin(admin.id, call);
  if (!done && done.error().status == Status::kGuardFailed) co_return last_admin();
  if (!done) co_return done.error();
  tell_changed(admin.id);
  co_return Result<void>();
}

Task<Result<Admin>> Accounts::own_account(Call call) {
  if (is_token(*call.principal)) {
    co_return Error{.status = Status::kConflict,
                    .detail = "An API token has no second factor; log in to change yours."};
  }
  auto finding = repository_.find_admin_by_id(call.principal->id);
  co_return co_await finding;
}

Task<Result<TotpOutput>> Accounts::begin_totp(Call call, Nothing) {
  const Admin admin = co_await ok(own_account(call));
  const std::string secret = random_bytes(kTotpSecretBytes);
  {
    const std::lock_guard lock(mutex_);
    if (offered_.size() >= kMostOffered) offered_.clear();
    offered_[admin.id] = secret;
  }
  const std::string text = to_base32(secret);
  co_return TotpOutput{
      text, "otpauth://totp/Gatetorio:" + percent_encoded(admin.name) + "?secret=" + text + "&issuer=Gatetorio"};
}

Task<Result<RecoveryOutput>> Accounts::confirm_totp(Call call, TotpConfirmInput input) {
  const Admin admin = co_await ok(own_account(call));
  std::string secret;
  {
    const std::lock_guard lock(mutex_);
    const auto found = offered_.find(admin.id);
    if (found != offered_.end()) secret = found->second;
  }
  if (secret.empty()) co_return Error{.status = Status::kConflict, .detail = "There is none to confirm; begin anew."};
  const auto step = totp_step(secret, input.code, now(), 0);
  if (!step) {
    co_return Error{.status = Status::kInvalid,
                    .detail = "Some fields are wrong.",
                    .fields = {{"/code", "is not the present code; is the clock of the phone right?"}}};
  }
  RecoveryOutput out;
  std::vector<std::string> hashes;
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    const std::string code = to_base32(random_bytes(10));
    hashes.push_back(sha256(code));
    out.recovery_codes.push_back(code.substr(0, 8) + "-" + code.substr(8));
  }
  co_await ok(repository_.set_totp(admin.id, secret, *step, std::move(hashes), call));
  const std::lock_guard lock(mutex_);
  offered_.erase(admin.id);
  co_return out;
}

Task<Result<void>> Accounts::end_totp(Call call, Nothing) {
  const Admin admin = co_await ok(own_account(call));
  Repository::AdminChange change;
  change.drop_totp = true;
  auto changing = repository_.change_admin(admin.id, change, call);
  co_return co_await changing;
}

Task<Result<std::string>> Accounts::make_link(std::string name) {
  std::int64_t admin_id = 0;
  if (!name.empty()) {
    const Admin admin = co_await ok(repository_.find_admin(name));
    admin_id = admin.id;
  }
  const std::string secret = random_text();
  const Timestamp expires_at{now().us + settings_.link_minutes * 60 * kMicrosecondsPerSecond};
  const Call local{.request_id = "local", .peer = "local"};
  co_await ok(repository_.add_link(sha256(secret), admin_id, expires_at, local));
  co_return secret;
}

Task<Result<void>> Accounts::create(NewAdmin admin) {
  const Call local{.request_id = "local", .peer = "local"};
  co_await ok(repository_.add_admin(std::move(admin), local));
  co_return Result<void>();
}

Task<Result<void>> Accounts::reset(std::string name, std::string password_hash) {
  const Admin admin = co_await ok(repository_.find_admin(name));
  Repository::AdminChange change;
  change.password_hash = std::move(password_hash);
  change.drop_totp = true;
  const Call local{.request_id = "local", .peer = "local"};
  co_await ok(repository_.change_admin(admin.id, change, local));
  tell_changed(admin.id);
  co_return Result<void>();
}

Task<Result<bool>> Accounts::has_admin() {
  const std::int64_t count = co_await ok(repository_.count_admins());
  co_return count > 0;
}

void Accounts::tell_changed(std::int64_t admin_id) const {
  publish(host_, AccessChanged{"admin", admin_id}, key_of(PrincipalId{"admin", admin_id}));
}

}  // namespace gatetorio::admin
