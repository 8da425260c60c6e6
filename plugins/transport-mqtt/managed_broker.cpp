#include "managed_broker.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "broker/payload.hpp"
#include "gatetorio/device_link.hpp"
#include "gatetorio/events.hpp"

namespace gatetorio::transport_mqtt {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestSocketPath = 107;
constexpr std::uint64_t kPortPauseMs = 2000;

}  // namespace

ManagedBroker::ManagedBroker(Host& host, BrokerAccess& access, Telemetry& telemetry, StatusOrder& order,
                             OnStatus on_status)
    : host_(host),
      access_(access),
      telemetry_(telemetry),
      order_(order),
      on_status_(std::move(on_status)),
      book_([this](const std::string& username, bool connected, const std::string& peer) {
        tell_session(username, connected, peer);
      }) {}

ManagedBroker::~ManagedBroker() {
  stop();
  if (!socket_folder_.empty()) ::rmdir(socket_folder_.c_str());
}

void ManagedBroker::tell_session(const std::string& username, bool connected, const std::string& peer) {
  const auto principal = parse_principal_name(username);
  if (!principal) return;
  const LinkSession session{principal->kind, principal->id, connected, peer};
  publish(host_, session, key_of(*principal));
}

// Sets settings.hub_socket. Returns an error's text or nothing.
std::string ManagedBroker::open_link(BrokerSettings& settings) {
  std::error_code wrong;
  fs::create_directories(settings.folder, wrong);
  if (!wrong) fs::permissions(settings.folder, fs::perms::owner_all, wrong);
  if (wrong) return settings.folder + ": " + wrong.message();
  settings.hub_socket = settings.folder + "/guard.sock";
  if (settings.hub_socket.size() > kLongestSocketPath) {
    std::string folder = "/tmp/gatetorio-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return folder + ": " + std::strerror(errno);
    socket_folder_ = folder;
    settings.hub_socket = folder + "/guard.sock";
  }
  link_ = std::make_unique<LinkServer>(settings.hub_socket, link_callbacks());
  access_.tell_through(*link_);
  return link_->start();
}

LinkServer::Callbacks ManagedBroker::link_callbacks() {
  const auto with_book = [this](auto change) {
    const std::lock_guard lock(mutex_);
    change();
    telemetry_.sessions.set(static_cast<double>(book_.size()));
  };
  LinkServer::Callbacks callbacks;
  callbacks.connect_request = [this](ConnectRequest request, LinkServer::Reply reply) {
    access_.answer(std::move(request), std::move(reply));
  };
  callbacks.session_opened = [this, with_book](SessionOpened s) { with_book([&] { book_.opened(s); }); };
  callbacks.session_closed = [this, with_book](SessionClosed s) { with_book([&] { book_.closed(s); }); };
  callbacks.sessions = [this, with_book](const Sessions& all) {
    with_book([&] { book_.replace(all.sessions); });
    order_.begin(all.statuses);
  };
  callbacks.command_passed = [this](CommandPassed passed) {
    const std::string key = std::to_string(passed.device_id);
    publish(host_, CommandHandedOver{passed.device_id, std::move(passed.command_id), passed.at_us, passed.session},
            key);
  };
  callbacks.device_status = [this](DeviceStatus status) {
    on_status_({.device_id = status.device_id, .payload = std::move(status.payload), .session = status.session});
    order_.heard(status.number);
  };
  callbacks.absent_holders = [this](std::vector<std::string> usernames) { access_.judge_absent(std::move(usernames)); };
  callbacks.counters = [this](Counters counters) { telemetry_.guard_counted(counters); };
  callbacks.over_budget = [this](const OverBudget& excess) {
    host_.warn("a client takes more than its share of the broker and is held back",
               {{"who", excess.who.empty() ? std::string("others") : excess.who},
                {"budget", excess.budget},
                {"times", std::to_string(excess.times)}});
  };
  return callbacks;
}

bool ManagedBroker::is_connected(std::int64_t device_id) const {
  const std::lock_guard lock(mutex_);
  return book_.is_connected(name_of(PrincipalId{"device", device_id}));
}

void ManagedBroker::on_running(bool running) {
  if (running) {
    host_.info("the broker is running");
    return;
  }
  host_.error("the broker died and is started again");
  telemetry_.broker_restarts.add();
  const std::lock_guard lock(mutex_);
  book_.clear();
  telemetry_.sessions.set(0);
  publish(host_, LinkReset{"the broker died"}, "");
}

void ManagedBroker::on_log(std::string_view line) const {
  if (line.starts_with("Error") || line.find("gatetorio guard:") != std::string_view::npos) {
    host_.error("broker", {{"line", line}});
  } else if (line.starts_with("Warning")) {
    host_.warn("broker", {{"line", line}});
  } else {
    host_.debug("broker", {{"line", line}});
  }
}

void ManagedBroker::on_certificate(const TlsFiles::State& state) {
  host_.set_fact("mqtt_certificate_usable", state.wrong.empty());
  if (state.wrong.empty()) {
    return telemetry_.certificate_ends.set(static_cast<double>(state.expires_at.us / kMicrosecondsPerSecond));
  }
  host_.error("a renewed certificate is not used; the broker goes on with the one that it has", {{"why", state.wrong}});
}

Task<Result<BrokerPorts>> ManagedBroker::start(BrokerSettings settings) {
  // Whoever was connected to an earlier hub's broker is not any more.
  publish(host_, LinkReset{"the hub started"}, "");
  std::string error = open_link(settings);
  if (!error.empty()) co_return Error{.status = Status::kUnavailable, .detail = std::move(error)};
  BrokerPorts ports;
  bool is_told = false;
  for (;;) {
    const Result<BrokerPorts> started = co_await start_process(settings);
    if (started) {
      ports = *started;
      break;
    }
    if (!process_->is_port_taken()) co_return started.error();
    // Whoever has the port may go: a hub that gave up would keep its gates out of reach until somebody restarts it.
    if (!is_told) {
      host_.error("another program has the broker's port; tried again until it is free",
                  {{"why", started.error().detail}, {"who", "gatetorio-hub doctor tells who has it"}});
    }
    is_told = true;
    const bool is_running = co_await host_.sleep(kPortPauseMs);
    if (!is_running) co_return Error{.status = Status::kCancelled, .detail = "the hub was told to stop"};
  }
  error = open_websocket(settings, ports);
  if (!error.empty()) co_return Error{.status = Status::kUnavailable, .detail = std::move(error)};
  co_return ports;
}

// One attempt.
Task<Result<BrokerPorts>> ManagedBroker::start_process(BrokerSettings settings) {
  std::string error;
  BrokerPorts ports;
  auto start = [&](gtr_completion done) {
    BrokerProcess::Callbacks callbacks;
    callbacks.started = [&ports, &error, done](BrokerPorts taken, std::string wrong) {
      ports = taken;
      error = std::move(wrong);
      done.done(done.context, GTR_OK, {nullptr, 0});
    };
    callbacks.running = [this](bool running) { on_running(running); };
    callbacks.log = [this](std::string_view line) { on_log(line); };
    callbacks.certificate = [this](const TlsFiles::State& state) { on_certificate(state); };
    process_ = std::make_unique<BrokerProcess>(settings, std::move(callbacks));
    process_->start();
  };
  co_await ok(host_.complete(start));
  if (!error.empty()) co_return Error{.status = Status::kUnavailable, .detail = "The broker: " + error};
  co_return ports;
}

std::string ManagedBroker::open_websocket(const BrokerSettings& settings, BrokerPorts& ports) {
  if (settings.websocket_listen.host.empty()) return {};
  websocket_ = std::make_unique<WebSocketBridge>(
      WebSocketBridge::Settings{settings.websocket_listen, ports.hub, settings.connections,
                                [this](std::string_view what) {
                                  host_.error("an exception ended a connection", {{"exception", what}});
                                }},
      [this](const std::string& address, const std::string& peer) { link_->relay(address, peer); });
  std::string error = websocket_->start();
  ports.websocket = websocket_->port();
  return error;
}

void ManagedBroker::stop() {
  if (websocket_) websocket_->stop();
  if (process_) process_->stop();
  if (link_) link_->stop();
}

ClientSettings ManagedBroker::login(const BrokerSettings& settings, const BrokerPorts& ports) const {
  ClientSettings login;
  login.uri = "tcp://127.0.0.1:" + std::to_string(ports.hub);
  // Random, so that nobody can sit on it before the hub comes.
  login.client_id = "gatetorio-hub-" + new_command_id().substr(4, 8);
  login.username = process_->hub_username();
  login.password = process_->hub_password();
  login.subscriptions = {settings.topic_prefix + "/+/status", std::string(kRequestTopic)};
  return login;
}

}  // namespace gatetorio::transport_mqtt
