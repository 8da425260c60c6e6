#include "broker_process.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "broker_config.hpp"
#include "child_process.hpp"
#include "gatetorio/secret.hpp"
#include "gatetorio/time.hpp"
#include "mosquitto_program.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{10'000};
constexpr milliseconds kStopPatience{3000};
// A broker of a hub that was just killed may still be closing its port.
constexpr milliseconds kPortPatience{3000};
constexpr milliseconds kPortPause{50};
constexpr milliseconds kLookAtCertificate{1000};
// A broker reads what it kept of its sessions before it takes connections.
constexpr milliseconds kStartPatience{60'000};
constexpr milliseconds kLookAtStart{500};
constexpr int kFirstAttempts = 3;
constexpr std::size_t kRandomBytes = 32;

}  // namespace

struct BrokerProcess::Impl {
  Impl(BrokerSettings s, Callbacks c)
      : settings(std::move(s)),
        callbacks(std::move(c)),
        certificate(settings.tls_certificate, settings.tls_key),
        password(to_hex(random_bytes(kRandomBytes))),
        stop_fd(::eventfd(0, EFD_CLOEXEC)) {}
  ~Impl() { ::close(stop_fd); }

  // The thread: it alone makes children, because they die with the thread that made them.
  void run();
  bool run_child();
  std::string prepare();
  std::string reserve_all();
  std::string reserve(ListenAddress address, std::uint16_t& port);
  bool watch(ChildProcess& child);  // until it is dead; true where it had taken connections
  std::string take_certificate();
  void renew(ChildProcess& child);
  void on_line(std::string_view line);
  bool pause(milliseconds time) const;  // false: stop
  bool stopping() const { return !pause(milliseconds(0)); }

  BrokerSettings settings;
  Callbacks callbacks;
  TlsFiles certificate;
  std::uint64_t certificate_stamp = 0;  // of the files that were looked at last
  std::string username = "hub";
  std::string password;
  std::string program;
  int stop_fd;
  BrokerPorts ports;
  bool ever_ready = false;
  bool ready = false;
  bool is_port_taken = false;
  std::string last_error;
  std::thread thread;
};

bool BrokerProcess::Impl::pause(milliseconds time) const {
  pollfd waiting{stop_fd, POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(time.count())) == 0;
}

std::string BrokerProcess::Impl::reserve(ListenAddress address, std::uint16_t& port) {
  if (address.host.empty()) return {};
  const auto deadline = Clock::now() + kPortPatience;
  std::string error = reserve_port(address);
  while (!error.empty() && Clock::now() < deadline && pause(kPortPause)) error = reserve_port(address);
  port = address.port;
  return error;
}

std::string BrokerProcess::Impl::reserve_all() {
  std::string error = reserve(settings.listen, ports.mqtt);
  if (error.empty()) error = reserve(settings.tls_listen, ports.tls);
  if (error.empty()) error = reserve({"127.0.0.1", ports.hub}, ports.hub);
  return error;
}

std::string BrokerProcess::Impl::prepare() {
  const MosquittoProgram mosquitto = find_mosquitto(settings.mosquitto);
  if (!mosquitto.wrong.empty()) return mosquitto.wrong + ": " + mosquitto.mend;
  program = mosquitto.path;
  if (::access(settings.guard.c_str(), R_OK) != 0) return settings.guard + " is missing";
  std::string error = reserve_all();
  is_port_taken = !error.empty();
  if (error.empty()) error = write_broker_files(settings, ports, username, password);
  if (error.empty() && ports.tls != 0) error = take_certificate();
  return error;
}

void BrokerProcess::Impl::run() {
  std::string error = prepare();
  milliseconds wait = kFirstPause;
  for (int attempt = 1; error.empty(); ++attempt) {
    const bool was_ready = run_child();
    if (stopping()) return;
    if (was_ready && callbacks.running) callbacks.running(false);
    if (!ever_ready) {
      if (attempt == kFirstAttempts) error = last_error;
      // Somebody may have taken a free port between our look and the broker's start: look again.
      if (error.empty()) error = prepare();
    }
    wait = was_ready ? kFirstPause : std::min(2 * wait, kLongestPause);
    if (error.empty() && !pause(wait)) return;
  }
  if (callbacks.started) callbacks.started({}, error);
}

bool BrokerProcess::Impl::run_child() {
  last_error = "the broker ended at once";
  try {
    ChildProcess child({program, "-c", settings.folder + "/mosquitto.conf"});
    return watch(child);
  } catch (const std::exception& e) {
    last_error = e.what();
    return false;
  }
}

// The broker gets copies of files that were found good: with others it would close its listener. Returns an error's
// text or nothing.
std::string BrokerProcess::Impl::take_certificate() {
  certificate_stamp = certificate.stamp();
  TlsFiles::State state = certificate.check(now());
  if (state.wrong.empty()) state.wrong = copy_certificate(certificate, settings.folder);
  // Somebody was about to change them: they are looked at again.
  if (state.wrong.empty() && certificate.stamp() != certificate_stamp) certificate_stamp = 0;
  if (callbacks.certificate) callbacks.certificate(state);
  return state.wrong;
}

// The broker reads its certificate anew when it is told to, and keeps its connections.
void BrokerProcess::Impl::renew(ChildProcess& child) {
  if (certificate.stamp() == certificate_stamp || !take_certificate().empty()) return;
  child.signal(SIGHUP);
  if (callbacks.log) callbacks.log("the broker takes a renewed certificate");
}

bool BrokerProcess::Impl::watch(ChildProcess& child) {
  ready = false;
  bool stop_told = false;
  auto deadline = Clock::time_point::max();
  pollfd waiting[2] = {{child.output(), POLLIN, 0}, {stop_fd, POLLIN, 0}};
  const auto begun = Clock::now();
  bool open = true;
  while (open) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()).count();
    const milliseconds look = !ready                             ? kLookAtStart
                              : settings.tls_certificate.empty() ? milliseconds(-1)
                                                                 : kLookAtCertificate;
    const int look_ms = static_cast<int>(look.count());
    const int timeout = stop_told ? static_cast<int>(std::max<long long>(left, 0)) : look_ms;
    const int events = ::poll(waiting, stop_told ? 1 : 2, timeout);
    if (events == 0 && stop_told) child.signal(SIGKILL);
    if (events == 0 && !stop_told && ready) renew(child);
    if (events == 0 && !stop_told && !ready && Clock::now() - begun > kStartPatience) {
      last_error = "it took no connections within " + std::to_string(kStartPatience / std::chrono::seconds(1)) +
                   " s; log_level = \"debug\" shows what it says";
      child.signal(SIGKILL);
    }
    if (!stop_told && (waiting[1].revents & POLLIN)) {
      stop_told = true;
      deadline = Clock::now() + kStopPatience;
      child.signal(SIGTERM);
    }
    if (waiting[0].revents != 0) open = child.read_lines([this](std::string_view line) { on_line(line); });
  }
  child.reap();
  return ready;
}

void BrokerProcess::Impl::on_line(std::string_view line) {
  if (callbacks.log) callbacks.log(line);
  if (line.find("Error") != std::string_view::npos) last_error = line;
  if (ready || !line.starts_with("mosquitto version ") || !line.ends_with(" running")) return;
  ready = true;
  if (!ever_ready && callbacks.started) callbacks.started(ports, {});
  ever_ready = true;
  if (callbacks.running) callbacks.running(true);
}

BrokerProcess::BrokerProcess(BrokerSettings settings, Callbacks callbacks)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(callbacks))) {}

BrokerProcess::~BrokerProcess() { stop(); }

void BrokerProcess::start() {
  impl_->thread = std::thread([this] { impl_->run(); });
}

void BrokerProcess::stop() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(impl_->stop_fd, &one, sizeof one);
  if (impl_->thread.joinable()) impl_->thread.join();
}

bool BrokerProcess::is_port_taken() const { return impl_->is_port_taken; }

const std::string& BrokerProcess::hub_username() const { return impl_->username; }
const std::string& BrokerProcess::hub_password() const { return impl_->password; }

}  // namespace gatetorio::transport_mqtt
