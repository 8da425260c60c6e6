#include "broker/link.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::chrono::milliseconds kFirstPause{10};
constexpr std::chrono::milliseconds kLongestPause{1000};

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

Link::Link(std::string socket_path)
    : socket_path_(std::move(socket_path)),
      wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { run(); }) {}

Link::~Link() {
  stopping_ = true;
  wake();
  thread_.join();
  ::close(wake_fd_);
}

void Link::send(std::string frame) {
  {
    const std::lock_guard lock(out_mutex_);
    if (socket_ < 0) return;
    if (!out_.empty()) {
      out_.append(frame);
      return;
    }
    // Nothing waits before it: writing from here saves the way over the other thread.
    const auto sent = ::send(socket_, frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(frame.size())) return;
    out_.assign(frame, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
  }
  wake();
}

std::vector<Frame> Link::take() {
  const std::lock_guard lock(in_mutex_);
  has_news_.store(false, std::memory_order_release);
  return std::exchange(in_, {});
}

bool Link::wait_until(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(in_mutex_);
  return arrived_.wait_until(lock, deadline, [this] { return !in_.empty(); });
}

void Link::deliver(Frame frame) {
  {
    const std::lock_guard lock(in_mutex_);
    in_.push_back(std::move(frame));
    has_news_.store(true, std::memory_order_release);
  }
  arrived_.notify_one();
}

void Link::run() {
  auto pause = kFirstPause;
  while (!stopping_) {
    const int socket = connect_once();
    if (socket >= 0) {
      pause = kFirstPause;
      serve(socket);
      continue;
    }
    pollfd waiting{wake_fd_, POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(pause.count()));
    clear_wake();
    pause = std::min(2 * pause, kLongestPause);
  }
}

int Link::connect_once() const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path_.size() >= sizeof address.sun_path) return -1;
  socket_path_.copy(address.sun_path, socket_path_.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

void Link::serve(int socket) {
  {
    const std::lock_guard lock(out_mutex_);
    out_ = to_frame(Hello{});
    socket_ = socket;
  }
  up_.store(true, std::memory_order_release);
  deliver({kUp, {}});
  FrameReader frames;
  bool alive = true;
  while (alive && !stopping_) {
    bool has_output = false;
    {
      const std::lock_guard lock(out_mutex_);
      has_output = !out_.empty();
    }
    pollfd waiting[2] = {{socket, static_cast<short>(has_output ? POLLIN | POLLOUT : POLLIN), 0},
                         {wake_fd_, POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0) continue;
    if (waiting[1].revents != 0) clear_wake();
    if (waiting[0].revents & POLLOUT) alive = write_some(socket);
    if (alive && (waiting[0].revents & ~POLLOUT)) alive = read_some(socket, frames);
  }
  {
    const std::lock_guard lock(out_mutex_);
    socket_ = -1;
    out_.clear();
  }
  up_.store(false, std::memory_order_release);
  ::close(socket);
  deliver({kDown, {}});
}

bool Link::read_some(int socket, FrameReader& frames) {
  char buffer[65536];
  const auto size = ::recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
  if (size == 0) return false;
  if (size < 0) return would_block();
  frames.append({buffer, static_cast<std::size_t>(size)});
  while (auto frame = frames.next()) deliver(std::move(*frame));
  return !frames.broken();
}

bool Link::write_some(int socket) {
  const std::lock_guard lock(out_mutex_);
  if (out_.empty()) return true;
  const auto sent = ::send(socket, out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) return would_block();
  out_.erase(0, static_cast<std::size_t>(sent));
  return true;
}

void Link::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

void Link::clear_wake() const {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto read = ::read(wake_fd_, &count, sizeof count);
}

}  // namespace gatetorio::transport_mqtt
