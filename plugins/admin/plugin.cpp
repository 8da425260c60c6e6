// Admin: see and steer everything, by API and from a browser.
#include "gatetorio/plugin.hpp"

#include <chrono>
#include <cstdio>
#include <iostream>
#include <thread>

#include "accounts.hpp"
#include "audit_log.hpp"
#include "feed.hpp"
#include "gatetorio/contributions.hpp"
#include "gatetorio/device_link.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/http_endpoint.hpp"
#include "gatetorio/retention.hpp"
#include "gatetorio/tools.hpp"
#include "jobs.hpp"
#include "local_requests.hpp"
#include "operations.hpp"
#include "overview.hpp"

namespace gatetorio::admin {

namespace {

constexpr std::string_view kLogin = "admin.login";
constexpr std::int64_t kUnauthorized = 401;
constexpr std::chrono::milliseconds kLookForRequests(500);
constexpr std::chrono::seconds kPatience(5);
constexpr std::string_view kContentPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";

std::string first_line_of_stdin() {
  std::string line;
  std::getline(std::cin, line);
  while (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace

struct Settings {
  bool page = true;
  std::string first_admin;
  Secret first_password;
  std::int64_t session_hours = 12;
  std::int64_t link_minutes = 30;
  std::int64_t jobs_keep_days = 90;
  std::int64_t retention_grace_minutes = 60;
};

struct CreateArguments {
  std::string name;
  std::string role = "admin";
  bool password_stdin = false;
};

struct ResetArguments {
  std::string name;
  bool password_stdin = false;
};

class AdminPlugin : public PluginBase {
 public:
  using Settings = admin::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options();

  AdminPlugin(Host& host, Settings settings)
      : host_(host),
        settings_(checked(std::move(settings))),
        database_(host, kManifest.id),
        repository_(database_),
        accounts_(host, repository_, {settings_.session_hours, settings_.link_minutes},
                  [this](const Call& call, std::int64_t admin_id) { audit_.wrong_login(call, admin_id); }),
        overview_(host, database_),
        audit_(host, database_),
        feed_(host, overview_, [this](Principal principal) { return accounts_.current(std::move(principal)); }),
        calls_(host),
        jobs_(host, database_, calls_, [this](Principal principal) { return accounts_.current(std::move(principal)); }),
        lists_(calls_),
        requests_(host.setting("data_dir") + "/" + kManifest.id + "/requests"),
        endpoint_(host, HttpEndpoint::kId),
        authenticator_(host, &accounts_),
        principals_(host, &accounts_),
        operations_(host, &accounts_),
        tools_(host, this),
        retention_(host, database_, settings_.retention_grace_minutes) {
    retention_.add(
        {.what = "admin_sessions", .table = "admin_sessions", .key = "id", .time = "expires_at", .keep_days = 1});
    retention_.add(
        {.what = "admin_links", .table = "admin_links", .key = "secret_hash", .time = "expires_at", .keep_days = 1});
    retention_.add(
        {.what = "admin_tokens", .table = "admin_tokens", .key = "id", .time = "expires_at", .keep_days = 30});
    retention_.add({.what = "admin_jobs",
                    .table = "admin_jobs",
                    .key = "id",
                    .time = "created_at",
                    .children = {"DELETE FROM admin_job_rows WHERE job_id IN ({rows})"},
                    .keep_days = settings_.jobs_keep_days});
  }

  void configure();
  Task<Result<void>> start();
  Task<Result<void>> stop() {
    const Result<void> flushed = co_await audit_.flush();
    static_cast<void>(flushed);
    feed_.end_all();
    accounts_.stop();
    co_return Result<void>();
  }

 private:
  static Settings checked(Settings settings);
  template <class Event>
  void on(std::uint32_t capacity, std::function<void(const Event&)> handler) {
    subscriptions_.push_back(
        Subscription::to<Event>(host_, WhenFull::kDropOldest, capacity, std::move(handler), kGapIsHarmless));
  }
  Task<Result<void>> make_first_admin();
  Task<void> answer_waiting(bool prints_links = false);
  Task<LocalAnswer> answer(LocalRequest request);
  Task<Result<void>> create_tool(CreateArguments arguments);
  Task<Result<void>> reset_tool(ResetArguments arguments);
  Result<void> ask_hub(LocalRequest request, bool from_stdin);
  std::string link(const std::string& secret) const { return public_url_ + "/admin#setup=" + secret; }

  Host& host_;
  const Settings settings_;
  Database database_;
  Repository repository_;
  Accounts accounts_;
  Overview overview_;
  AuditLog audit_;
  Feed feed_;
  OperationCalls calls_;
  Jobs jobs_;
  ListExport lists_;
  const LocalRequests requests_;
  ServiceClient endpoint_;
  ServiceProvider<Accounts> authenticator_;
  ServiceProvider<Accounts> principals_;
  OperationSet<Accounts> operations_;
  ToolSet<AdminPlugin> tools_;
  Retention retention_;
  std::string public_url_;  // written in start(), before anybody asks
  std::vector<Subscription> subscriptions_;
};

Settings AdminPlugin::checked(Settings settings) {
  const bool has_both = settings.first_admin.empty() == settings.first_password.empty();
  if (!has_both) throw OptionError("first_admin", "goes together with first_password");
  if (!settings.first_admin.empty() && !AdminNameRule::valid(settings.first_admin)) {
    throw OptionError("first_admin", "expected " + std::string(AdminNameRule::kWords));
  }
  if (!settings.first_password.empty() && settings.first_password.reveal().size() < NewPasswordRule::kMin) {
    throw OptionError("first_password", "expected at least 8 characters");
  }
  return settings;
}

void AdminPlugin::configure() {
  static const OptionTable<CreateArguments> create = {
      option("name", &CreateArguments::name, "Name of the new admin. Empty: prints a one-time link instead."),
      option("role", &CreateArguments::role, "admin, or viewer, who reads everything and changes nothing.")
          .choices({"admin", "viewer"}),
      option("password_stdin", &CreateArguments::password_stdin, "Reads the password from the first line of stdin.")};
  static const OptionTable<ResetArguments> reset = {
      option("name", &ResetArguments::name, "Whose password is set anew. The second factor and all sessions go."),
      option("password_stdin", &ResetArguments::password_stdin,
             "Reads the new password from the first line of stdin; without it a one-time link is printed.")};
  tools_.add(
      {.name = "admin create", .help = "Adds an admin, beside a hub that runs or for its next start.", .starts = false},
      create, &AdminPlugin::create_tool);
  tools_.add({.name = "admin reset", .help = "Gives an admin a new password.", .starts = false}, reset,
             &AdminPlugin::reset_tool);
  authenticator_.on<Authenticator::Authenticate>(&Accounts::authenticate);
  for (const std::string_view claim : {"bearer:gta_", "cookie:", "cookie-read:"}) {
    authenticator_.provide(Authenticator::kId, claim);
  }
  principals_.on<Principals::Current>(&Accounts::current);
  principals_.provide(Principals::kId, "admin");
  declare_accounts(operations_);
  declare_views(operations_, overview_, audit_, feed_);
  declare_jobs(operations_, jobs_);
  declare_export(operations_, lists_);
  if (settings_.page) {
    contribute(
        host_,
        StaticPages{
            .path = "/admin", .folder = "admin", .content_policy = std::string(kContentPolicy), .is_home = true});
  }
  constexpr std::uint32_t kMany = 10'000;
  on<OperationRefused>(kMany, [this](const auto& event) {
    const bool is_told =
        event.operation == kLogin && event.status == kUnauthorized;  // by `accounts_`, with the account
    if (!is_told) audit_.refused(event);
  });
  on<AccessChanged>(kMany, [this](const auto& event) { feed_.access_changed(event); });
  on<DevicePresence>(kMany, [this](const auto& event) { feed_.tell("presence", json::write(event)); });
  on<CommandOutcome>(kMany, [this](const auto& event) { feed_.tell("command", json::write(event)); });
  on<DeviceRegistered>(kMany, [this](const auto& event) { feed_.tell("registered", json::write(event)); });
  on<DeviceRenamed>(kMany, [this](const auto& event) { feed_.tell("renamed", json::write(event)); });
  on<DeviceDeleted>(kMany, [this](const auto& event) { feed_.tell("deleted", json::write(event)); });
}

Task<Result<void>> AdminPlugin::start() {
  co_await ok(database_.migrate());
  const HttpAddress address = co_await ok(endpoint_.call<HttpEndpoint::Endpoint>());
  public_url_ = address.base_url.substr(0, address.base_url.rfind("/api/"));
  accounts_.set_https(public_url_.starts_with("https://"));
  co_await ok(calls_.begin());
  co_await ok(make_first_admin());
  host_.every(kLookForRequests, [this] { return answer_waiting(); }, {.what = "requests of commands"});
  host_.every(AuditLog::kWrite, [this] { return audit_.flush(); }, {.what = "audit entries of refusals"});
  host_.every(Feed::kLook, [this] { feed_.end_over(); });
  host_.every(Feed::kCheck, [this] { feed_.check_all(); });
  host_.every(Feed::kHealth, [this] { return feed_.tell_health(); }, {.what = "the state for watchers"});
  jobs_.begin();
  retention_.begin();
  co_return Result<void>();
}

// Requests of before the start come first: they may make the first one.
Task<Result<void>> AdminPlugin::make_first_admin() {
  co_await answer_waiting(true);
  bool is_there = co_await ok(accounts_.has_admin());
  if (!is_there && !settings_.first_admin.empty()) {
    NewAdmin first{settings_.first_admin, "admin", hash_password(settings_.first_password.reveal())};
    const Result<void> made = co_await accounts_.create(std::move(first));
    if (!made && made.error().status != Status::kConflict) co_return made.error();  // another hub was faster
    is_there = true;
  }
  if (is_there) co_return Result<void>();
  const std::string secret = co_await ok(accounts_.make_link(""));
  // On stdout, for whoever started it; never in the log.
  std::printf("admin: open %s within %d minutes to make the first admin\n", link(secret).c_str(),
              static_cast<int>(settings_.link_minutes));
  std::fflush(stdout);
  co_return Result<void>();
}

Task<void> AdminPlugin::answer_waiting(bool prints_links) {
  for (const auto& path : requests_.waiting()) {
    const auto request = LocalRequests::read(path);
    LocalAnswer reply{.error = "The request cannot be read.", .link = {}};
    if (request) reply = co_await answer(*request);
    LocalRequests::answer(path, reply);
    if (prints_links && !reply.link.empty()) std::printf("admin: %s\n", reply.link.c_str());
  }
}

Task<LocalAnswer> AdminPlugin::answer(LocalRequest request) {
  LocalAnswer reply;
  if (request.password_hash.empty()) {
    const Result<std::string> secret = co_await accounts_.make_link(request.name);
    if (secret) reply.link = link(*secret);
    if (!secret) reply.error = secret.error().detail;
    co_return reply;
  }
  NewAdmin admin{request.name, request.role, request.password_hash};
  auto doing = request.what == "create" ? accounts_.create(std::move(admin))
                                        : accounts_.reset(request.name, request.password_hash);
  const Result<void> done = co_await doing;
  if (!done) reply.error = done.error().detail;
  co_return reply;
}

Task<Result<void>> AdminPlugin::create_tool(CreateArguments arguments) {
  const bool has_both = arguments.name.empty() != arguments.password_stdin;
  if (!has_both) {
    co_return Error{.status = Status::kInvalid,
                    .detail = "give --name and --password-stdin, or neither for a one-time link"};
  }
  co_return ask_hub({"create", arguments.name, arguments.role, {}}, arguments.password_stdin);
}

Task<Result<void>> AdminPlugin::reset_tool(ResetArguments arguments) {
  if (arguments.name.empty()) co_return Error{.status = Status::kInvalid, .detail = "--name is required"};
  co_return ask_hub({"reset", arguments.name, {}, {}}, arguments.password_stdin);
}

// Blocks: a command has nothing else to do.
Result<void> AdminPlugin::ask_hub(LocalRequest request, bool from_stdin) {
  if (!request.name.empty() && (request.name.size() > AdminNameRule::kMax || !AdminNameRule::valid(request.name))) {
    return Error{.status = Status::kInvalid, .detail = "a name is 1 to 64 " + std::string(AdminNameRule::kWords)};
  }
  if (from_stdin) {
    const std::string password = first_line_of_stdin();
    if (password.size() < NewPasswordRule::kMin || password.size() > NewPasswordRule::kMax) {
      return Error{.status = Status::kInvalid,
                   .detail = "a password is 8 to 256 characters, on the first line of stdin"};
    }
    request.password_hash = hash_password(password);
    if (request.password_hash.empty()) return Error{.detail = "there is no memory to hash the password"};
  }
  const auto path = requests_.put(request);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    if (const auto reply = LocalRequests::answer_to(path)) {
      if (!reply->error.empty()) return Error{.detail = reply->error};
      tools_.print(reply->link.empty() ? "done" : reply->link);
      return {};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  tools_.print("no hub runs on this data_dir now: it is done at the hub's next start" +
               std::string(request.password_hash.empty() ? ", which prints the link" : ""));
  return {};
}

const Manifest AdminPlugin::kManifest{.id = "admin",
                                      .version = "1.0.0",
                                      .summary = "See and steer everything, by API and from a browser.",
                                      .affinity = Affinity::kAnyThread,
                                      .provides = {"gatetorio.authenticator/1", "gatetorio.principals/1"},
                                      .requires_ = {"gatetorio.sql/1", "gatetorio.access/1", "gatetorio.http/1"}};

const OptionTable<Settings>& AdminPlugin::options() {
  static const OptionTable<Settings> table = {
      option("page", &Settings::page, "Serves the page at /admin. false: the API alone."),
      option(
          "first_admin", &Settings::first_admin,
          "Name of an admin that is made where there is none yet, with first_password: for installations that nobody "
          "watches. Empty: the first start prints a one-time link."),
      option("first_password", &Settings::first_password,
             "The password of first_admin; change it after the first login."),
      option("session_hours", &Settings::session_hours, "A login lasts so long.").unit("hours").range(1, 720),
      option("link_minutes", &Settings::link_minutes, "A one-time link is good for so long.")
          .unit("minutes")
          .range(1, 1440),
      option("jobs_keep_days", &Settings::jobs_keep_days,
             "Jobs and their rows are forgotten so long after they were made; 0: never.")
          .unit("days")
          .range(0, 36'500),
      retention_grace_minutes<Settings>()};
  return table;
}

}  // namespace gatetorio::admin

GATETORIO_PLUGIN(gatetorio::admin::AdminPlugin)
