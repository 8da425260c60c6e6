#include "app_commands.hpp"

#include <boost/json.hpp>
#include <memory>

#include "broker/payload.hpp"
#include "broker/protocol.hpp"
#include "gatetorio/json.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::string_view kOperation = "commands.send";
// The hub fills these in; what an app wrote there means nothing.
constexpr std::string_view kReserved[] = {"command_id", "issued_at", "expires_at", "boot_nonce"};
constexpr std::string_view kIdempotencyKey = "idempotency_key";
constexpr int kMostUnderWay = 1'000;

// The body of the operation's call, or nothing where the request holds no command.
std::optional<std::string> body_of(boost::json::object& request, const std::string& controller_id) {
  auto* command = request.if_contains("command");
  if (command == nullptr || !command->is_object()) return std::nullopt;
  boost::json::object given = std::move(command->get_object());
  for (const std::string_view name : kReserved) {
    if (const auto found = given.find(name); found != given.end()) given.stable_erase(found);
  }
  boost::json::object body{{"controller_id", controller_id}};
  // It is the sender's word about the command, as in a request over HTTP, and not the gate's business.
  if (const auto found = given.find(kIdempotencyKey); found != given.end()) {
    body.emplace(kIdempotencyKey, std::move(found->value()));
    given.stable_erase(found);
  }
  body.emplace("command", std::move(given));
  return boost::json::serialize(body);
}

}  // namespace

struct AppCommands::Invoked {
  AppCommands* self;
  std::string username;
};

Task<void> AppCommands::find_operation() {
  auto start = [this](gtr_completion done) { host_.inspect().report(host_.raw(), to_bytes("operations"), done); };
  auto asking = host_.complete(start);
  const Result<std::string> report = co_await asking;
  if (!report) co_return;
  const auto operations = boost::json::parse(*report);
  for (const auto& operation : operations.as_array()) {
    if (operation.at("id").as_string() == kOperation) operation_ = operation.at("number").to_number<std::uint64_t>();
  }
}

void AppCommands::take(std::string_view payload) {
  boost::system::error_code wrong;
  auto parsed = boost::json::parse(payload, wrong);
  if (wrong || !parsed.is_object()) return refused("", "the request cannot be read");
  CommandRequest request;
  json::Errors errors;
  json::read(parsed, request, "", errors);
  auto body = body_of(parsed.get_object(), request.controller_id);
  if (!errors.empty() || !body) return refused(request.username, "the request cannot be read");
  const auto principal = principals_.find(request.username);
  if (!principal) return refused(request.username, "nobody is known by this name");
  invoke(*principal, request.peer, request.received_at_us, *std::move(body));
}

void AppCommands::invoke(const Principal& principal, std::string_view peer, std::int64_t received_at_us,
                         std::string body) {
  const std::string key = key_of(principal);
  if (!operation_) return refused(key, "no enabled plugin takes commands");
  if (under_way_.fetch_add(1) >= kMostUnderWay) {
    under_way_.fetch_sub(1);
    return refused(key, "too many at once");
  }
  const std::string caller = wire::encode(principal);
  const std::string request_id = new_command_id().substr(4, 16);
  gtr_invocation made{};
  made.size = sizeof made;
  made.operation = *operation_;
  made.body = to_bytes(body);
  made.request_id = to_bytes(request_id);
  made.peer = to_bytes(peer);
  made.principal = to_bytes(caller);
  made.received_at_us = received_at_us;
  made.reply = &AppCommands::on_reply;
  made.context = new Invoked{this, key};
  host_.operations().invoke(host_.raw(), &made);
}

void AppCommands::on_reply(void* context, const gtr_reply* reply) {
  const std::unique_ptr<Invoked> invoked(static_cast<Invoked*>(context));
  AppCommands& self = *invoked->self;
  self.under_way_.fetch_sub(1);
  if (reply->status < GTR_FIRST_ERROR) return self.telemetry_.app_commands_sent.add();
  self.refused(invoked->username, error_from_json(reply->status, to_view(reply->body)).detail);
}

void AppCommands::refused(std::string_view username, std::string_view why) const {
  telemetry_.app_commands_refused.add();
  host_.info("a command that an app published was not sent", {{"principal", username}, {"why", why}});
}

}  // namespace gatetorio::transport_mqtt
