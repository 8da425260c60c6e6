#include "link_server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "gatetorio/secret.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::size_t kMostPasswords = 4;

// Only our own user (or root) may speak for the broker.
bool is_trusted(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

bool has_ended(const Password& password, std::int64_t at_us) {
  return password.valid_until_us != 0 && password.valid_until_us <= at_us;
}

}  // namespace

struct LinkServer::Impl : std::enable_shared_from_this<LinkServer::Impl> {
  ~Impl() {
    if (wake_fd >= 0) ::close(wake_fd);
  }
  void run();
  void accept_guard();
  void drop_guard();
  bool read_some();
  bool write_some();
  void on_frame(const Frame& frame);
  void on_connect_request(ConnectRequest request);
  void answer(std::uint64_t guard, std::uint64_t id, const std::string& password_hash, Answer answer);
  void tell_everything();
  void send(const std::string& frame);  // with mutex held
  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_fd, &one, sizeof one);
  }

  std::string path;
  Callbacks callbacks;
  int listener = -1;
  int wake_fd = -1;
  std::atomic<bool> stopping = false;
  FrameReader frames;  // the thread's own

  std::mutex mutex;  // guards what follows
  int guard_socket = -1;
  std::uint64_t guard_number = 0;  // an answer to an earlier guard's question is not sent to the next one
  std::string out;
  std::unordered_map<std::string, Policy> confirmed;  // by username; also those that stopped being valid
  // With what sessions may have begun, by username: not forgotten with a policy, but with their end.
  std::unordered_map<std::string, std::vector<Password>> admitted;

  std::thread thread;
};

void LinkServer::Impl::send(const std::string& frame) {
  if (guard_socket < 0) return;
  std::size_t sent = 0;
  if (out.empty()) {
    const auto size = ::send(guard_socket, frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    sent = static_cast<std::size_t>(std::max<ssize_t>(size, 0));
    if (sent == frame.size()) return;
  }
  out.append(frame, sent);
  wake();
}

void LinkServer::Impl::answer(std::uint64_t guard, std::uint64_t id, const std::string& password_hash, Answer answer) {
  const std::lock_guard lock(mutex);
  if (answer.allow) {
    const auto known = confirmed.find(answer.policy.username);
    auto& passwords = answer.policy.passwords;
    passwords.clear();
    if (known != confirmed.end()) passwords = known->second.passwords;
    std::erase_if(passwords, [&](const Password& password) { return password.hash == password_hash; });
    passwords.push_back({password_hash, answer.valid_until_us});
    if (passwords.size() > kMostPasswords) passwords.erase(passwords.begin());
    confirmed[answer.policy.username] = answer.policy;
    std::vector<Password>& known_ones = admitted[answer.policy.username];
    std::erase_if(known_ones, [&, at = now().us](const Password& password) {
      return password.hash == password_hash || has_ended(password, at);
    });
    known_ones.push_back({password_hash, answer.valid_until_us});
  }
  if (guard == guard_number) send(to_frame(ConnectReply{id, answer.allow, std::move(answer.policy)}));
}

void LinkServer::Impl::on_connect_request(ConnectRequest request) {
  const std::uint64_t guard = guard_number;
  auto reply = [self = shared_from_this(), guard, id = request.id, hash = sha256(request.password)](Answer answer) {
    self->answer(guard, id, hash, std::move(answer));
  };
  callbacks.connect_request(std::move(request), std::move(reply));
}

void LinkServer::Impl::tell_everything() {
  const std::lock_guard lock(mutex);
  std::string frames_text;
  for (const auto& [username, policy] : confirmed) frames_text += to_frame(SetPolicy{policy});
  send(frames_text + to_frame(Synced{}));
}

void LinkServer::Impl::on_frame(const Frame& frame) {
  const auto read = [&frame](auto& message) {
    using Message = std::remove_reference_t<decltype(message)>;
    return frame.type == Message::kType && wire::decode(frame.body, message);
  };
  ConnectRequest request;
  SessionOpened opened;
  SessionClosed closed;
  Sessions sessions;
  CommandPassed passed;
  DeviceStatus status;
  AbsentHolders absent;
  Counters counters;
  OverBudget excess;
  if (frame.type == Hello::kType)
    tell_everything();
  else if (read(request))
    on_connect_request(std::move(request));
  else if (read(opened))
    callbacks.session_opened(std::move(opened));
  else if (read(closed))
    callbacks.session_closed(std::move(closed));
  else if (read(sessions))
    callbacks.sessions(std::move(sessions));
  else if (read(status))
    callbacks.device_status(std::move(status));
  else if (read(passed))
    callbacks.command_passed(std::move(passed));
  else if (read(absent))
    callbacks.absent_holders(std::move(absent.usernames));
  else if (read(counters))
    callbacks.counters(counters);
  else if (read(excess))
    callbacks.over_budget(excess);
}

void LinkServer::Impl::accept_guard() {
  const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (socket < 0) return;
  if (!is_trusted(socket)) {
    ::close(socket);
    return;
  }
  drop_guard();
  frames = FrameReader();
  const std::lock_guard lock(mutex);
  guard_socket = socket;
  ++guard_number;
}

void LinkServer::Impl::drop_guard() {
  const std::lock_guard lock(mutex);
  if (guard_socket < 0) return;
  ::close(guard_socket);
  guard_socket = -1;
  out.clear();
}

bool LinkServer::Impl::read_some() {
  char buffer[65536];
  const auto size = ::recv(guard_socket, buffer, sizeof buffer, MSG_DONTWAIT);
  if (size == 0) return false;
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  frames.append({buffer, static_cast<std::size_t>(size)});
  while (const auto frame = frames.next()) on_frame(*frame);
  return !frames.broken();
}

bool LinkServer::Impl::write_some() {
  const std::lock_guard lock(mutex);
  if (out.empty()) return true;
  const auto size = ::send(guard_socket, out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  out.erase(0, static_cast<std::size_t>(size));
  return true;
}

void LinkServer::Impl::run() {
  while (!stopping) {
    bool has_output = false;
    {
      const std::lock_guard lock(mutex);
      has_output = !out.empty();
    }
    pollfd waiting[3] = {{listener, POLLIN, 0},
                         {wake_fd, POLLIN, 0},
                         {guard_socket, static_cast<short>(has_output ? POLLIN | POLLOUT : POLLIN), 0}};
    if (::poll(waiting, guard_socket < 0 ? 2 : 3, -1) < 0) continue;
    if (waiting[1].revents != 0) {
      std::uint64_t count = 0;
      [[maybe_unused]] const auto read = ::read(wake_fd, &count, sizeof count);
    }
    bool alive = true;
    if (waiting[2].revents & POLLOUT) alive = write_some();
    if (alive && (waiting[2].revents & ~POLLOUT)) alive = read_some();
    if (!alive) drop_guard();
    if (waiting[0].revents != 0) accept_guard();
  }
  const std::lock_guard lock(mutex);
  if (guard_socket >= 0) ::close(guard_socket);
  guard_socket = -1;
}

LinkServer::LinkServer(std::string path, Callbacks callbacks) : impl_(std::make_shared<Impl>()) {
  impl_->path = std::move(path);
  impl_->callbacks = std::move(callbacks);
}

LinkServer::~LinkServer() { stop(); }

std::string LinkServer::start() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (impl_->path.size() >= sizeof address.sun_path) return impl_->path + ": longer than a socket's path may be";
  impl_->path.copy(address.sun_path, impl_->path.size());
  impl_->listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  ::unlink(impl_->path.c_str());
  if (::bind(impl_->listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(impl_->listener, 8) != 0) {
    const std::string error = impl_->path + ": " + std::strerror(errno);
    ::close(std::exchange(impl_->listener, -1));
    return error;
  }
  impl_->wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
  return {};
}

void LinkServer::stop() {
  if (!impl_->thread.joinable()) return;
  impl_->stopping = true;
  impl_->wake();
  impl_->thread.join();
  ::close(impl_->listener);
  ::unlink(impl_->path.c_str());
}

void LinkServer::relay(const std::string& address, const std::string& peer) {
  const std::lock_guard lock(impl_->mutex);
  impl_->send(to_frame(Relayed{address, peer}));
}

void LinkServer::correct_policy(Policy policy) {
  {
    const std::lock_guard lock(impl_->mutex);
    const auto known = impl_->confirmed.find(policy.username);
    const bool is_right =
        known != impl_->confirmed.end() && known->second.valid == policy.valid && known->second.rules == policy.rules;
    if (is_right) return;
  }
  set_policy(std::move(policy));
}

bool LinkServer::keep_passwords(const std::string& username, const std::set<std::string>& marks) {
  const auto is_gone = [&](const Password& password) { return !marks.contains(fingerprint(password.hash)); };
  const std::lock_guard lock(impl_->mutex);
  const auto known = impl_->confirmed.find(username);
  if (known != impl_->confirmed.end() && std::erase_if(known->second.passwords, is_gone) > 0) {
    impl_->send(to_frame(SetPolicy{known->second}));
  }
  const auto admitted = impl_->admitted.find(username);
  if (admitted == impl_->admitted.end()) return false;
  bool has_unexpected = false;
  std::erase_if(admitted->second, [&, at = now().us](const Password& password) {
    const bool is_over = is_gone(password);
    has_unexpected = has_unexpected || (is_over && !has_ended(password, at));
    return is_over;
  });
  return has_unexpected;
}

void LinkServer::set_policy(Policy policy) {
  policy.passwords.clear();
  const std::lock_guard lock(impl_->mutex);
  // Of a device's new password this hub has told; what was admitted by the old one is no news.
  std::erase_if(impl_->admitted[policy.username],
                [](const Password& password) { return password.valid_until_us == 0; });
  // Also where it is not valid: a guard that missed this must hear of it when it is back.
  impl_->confirmed[policy.username] = policy;
  impl_->send(to_frame(SetPolicy{std::move(policy)}));
}

}  // namespace gatetorio::transport_mqtt
