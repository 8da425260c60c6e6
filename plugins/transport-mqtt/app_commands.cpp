#include "app_commands.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <memory>

#include "broker/payload.hpp"
#include "broker/protocol.hpp"
#include "gatetorio/device_link.hpp"
#include "gatetorio/json.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::string_view kOperation = "commands.send";
// The sender's word about the command, as in a request over HTTP, and not the gate's business.
constexpr std::string_view kAboutTheCommand[] = {"idempotency_key", "expect"};
constexpr int kMostUnderWay = 1'000, kMostOfOne = 100;
constexpr std::chrono::minutes kSayAgain{1};
constexpr std::size_t kMostShares = 10'000;  // then those that are not used are forgotten

// The body of the operation's call, or nothing where the request holds no command. The command's members stay as they
// were written.
std::optional<std::string> body_of(std::string_view request, const std::string& controller_id) {
  const auto command = json::find_member(json::members(request), "command");
  if (!command || !command->starts_with('{')) return std::nullopt;
  std::string given, body = "{\"controller_id\":";
  json::append_string(body, controller_id);
  for (const auto& [name, value] : json::members(*command)) {
    if (std::ranges::find(kReservedCommandMembers, name) != std::end(kReservedCommandMembers)) continue;
    const bool is_about = std::ranges::find(kAboutTheCommand, name) != std::end(kAboutTheCommand);
    std::string& out = is_about ? body : given;
    if (is_about || !given.empty()) out.push_back(',');
    json::append_string(out, name);
    out.append(":").append(value);
  }
  return body.append(",\"command\":{").append(given).append("}}");
}

}  // namespace

struct AppCommands::Invoked {
  AppCommands* self;
  std::string username;
};

Task<void> AppCommands::find_operation() {
  auto start = [this](gtr_completion done) { host_.inspect().report(host_.raw(), to_bytes("operations"), done); };
  const Result<std::string> report = co_await host_.complete(start);
  if (!report) co_return;
  const auto operations = boost::json::parse(*report);
  for (const auto& operation : operations.as_array()) {
    if (operation.at("id").as_string() != kOperation) continue;
    operation_ = operation.at("number").to_number<std::uint64_t>();
    const auto* judges = operation.as_object().if_contains("judges_limits");
    judges_limits_ = judges != nullptr && judges->is_bool() && judges->get_bool();
  }
}

void AppCommands::take(std::string_view payload, std::optional<std::chrono::seconds> expiry) {
  const Result<CommandRequest> request = json::parse<CommandRequest>(payload);
  if (!request) return refused("", "the request cannot be read");
  const auto body = body_of(payload, request->controller_id);
  if (!body) return refused(request->username, "the request cannot be read");
  // Counted from when the broker took it: what has passed since is not given twice.
  const std::int64_t expires_at_us = expiry ? request->received_at_us + std::chrono::microseconds(*expiry).count() : 0;
  order_.after(request->statuses, [this, request = *request, body = *body, expires_at_us]() mutable {
    judge(request, std::move(body), expires_at_us);
  });
}

void AppCommands::judge(const CommandRequest& request, std::string body, std::int64_t expires_at_us) {
  const auto named = parse_principal_name(request.username);
  if (!named) return refused(request.username, "the request cannot be read");
  const auto principal = principals_.find(*named);
  if (!principal) return refused(request.username, "nobody is known by this name");
  invoke(*principal, request, expires_at_us, std::move(body));
}

// By the device that the publisher meant: its name may have gone to another one since.
void AppCommands::invoke(const Principal& principal, const CommandRequest& request, std::int64_t expires_at_us,
                         std::string body) {
  const std::string key = key_of(principal.who());
  if (!operation_) return refused(key, "no enabled plugin takes commands");
  bool is_over_rate = false;
  if (const char* why = find_room(key, is_over_rate)) return refused(key, why);
  const std::string caller = wire::encode(principal);
  const std::string request_id = new_command_id().substr(4, 16);
  gtr_invocation made{};
  made.size = sizeof made;
  made.operation = *operation_;
  made.body = to_bytes(body);
  made.request_id = to_bytes(request_id);
  made.peer = to_bytes(request.peer);
  made.principal = to_bytes(caller);
  made.received_at_us = request.received_at_us;
  made.expires_at_us = expires_at_us;
  made.resource_id = request.device_id;
  made.over_limit_s = is_over_rate ? 1 : 0;
  made.reply = &AppCommands::on_reply;
  made.context = new Invoked{this, key};
  host_.operations().invoke(host_.raw(), &made);
}

void AppCommands::on_reply(void* context, const gtr_reply* reply) {
  const std::unique_ptr<Invoked> invoked(static_cast<Invoked*>(context));
  AppCommands& self = *invoked->self;
  {
    const std::lock_guard lock(self.mutex_);
    --self.under_way_;
    --self.share(invoked->username, std::chrono::steady_clock::now()).under_way;
  }
  if (reply->status < GTR_FIRST_ERROR) return self.telemetry_.app_commands_sent.add();
  self.refused(invoked->username, error_from_json(reply->status, to_view(reply->body)).detail);
}

AppCommands::Share& AppCommands::share(const std::string& principal, std::chrono::steady_clock::time_point now) {
  if (shares_.size() >= kMostShares) {
    std::erase_if(shares_, [this, now](const auto& entry) {
      return entry.second.under_way == 0 && entry.second.commands.is_full(rate_, now);
    });
  }
  return shares_.try_emplace(principal, Share{TokenBucket(rate_, now)}).first->second;
}

// Counts the command as under way; else says why there is no room for it. Too many a second are refused by the
// operation where it wants to decide that.
const char* AppCommands::find_room(const std::string& principal, bool& is_over_rate) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  Share& its = share(principal, now);
  is_over_rate = rate_.per_second > 0 && take_from(its.commands, rate_, 1, now) != Answer::kYes;
  if (is_over_rate && !judges_limits_) return "too many a second";
  if (its.under_way >= kMostOfOne || under_way_ >= kMostUnderWay) return "too many at once";
  ++its.under_way;
  ++under_way_;
  return nullptr;
}

// One line a minute of each.
void AppCommands::refused(const std::string& principal, std::string_view why) {
  telemetry_.app_commands_refused.add();
  std::uint64_t times = 0;
  {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    Share& its = share(principal, now);
    ++its.refused;
    if (its.said_at != std::chrono::steady_clock::time_point() && now - its.said_at < kSayAgain) return;
    its.said_at = now;
    times = std::exchange(its.refused, 0);
  }
  host_.info("commands that an app published were not sent",
             {{"principal", principal}, {"why", why}, {"times", std::to_string(times)}});
}

}  // namespace gatetorio::transport_mqtt
