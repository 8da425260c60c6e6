// Connections as the kernel sees them: real ones over loopback, and a clock that is moved. Both ends are of this
// process, so both are looked at.
#include "broker/socket_watch.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <utility>

namespace gatetorio::transport_mqtt {
namespace {

using namespace std::chrono_literals;

class Connections {
 public:
  Connections() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address_), sizeof address_) == 0);
    REQUIRE(::listen(listener_, 512) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &size) == 0);
  }
  ~Connections() {
    for (const int descriptor : open_) ::close(descriptor);
    ::close(listener_);
  }
  struct Pair {
    int client = -1, server = -1;
  };
  Pair connect() {
    Pair pair{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), -1};
    REQUIRE(::connect(pair.client, reinterpret_cast<sockaddr*>(&address_), sizeof address_) == 0);
    pair.server = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    REQUIRE(pair.server >= 0);
    open_.insert(open_.end(), {pair.client, pair.server});
    return pair;
  }
  // One that has logged in and was answered.
  Pair connect_and_talk() {
    const Pair pair = connect();
    REQUIRE(::send(pair.client, "login", 5, 0) == 5);
    REQUIRE(::send(pair.server, "welcome", 7, 0) == 7);
    char buffer[16];
    REQUIRE(::recv(pair.client, buffer, sizeof buffer, 0) == 7);
    REQUIRE(::recv(pair.server, buffer, sizeof buffer, 0) == 5);
    return pair;
  }

 private:
  int listener_;
  sockaddr_in address_{};
  std::vector<int> open_;
};

bool is_ended(int descriptor) {
  pollfd waiting{descriptor, POLLIN | POLLRDHUP, 0};
  return ::poll(&waiting, 1, 0) == 1 && (waiting.revents & (POLLRDHUP | POLLHUP)) != 0;
}

int count(const SocketWatch::Found& found, SocketWatch::Reason reason) {
  int times = 0;
  for (const auto& [peer, why] : found) {
    CHECK(peer == "127.0.0.1");
    times += why == reason ? 1 : 0;
  }
  return times;
}

TEST_CASE("a connection that never logs in is ended after 10 s, one that did stays") {
  Connections connections;
  const auto silent = connections.connect(), busy = connections.connect_and_talk();
  SocketWatch watch;
  const auto start = SocketWatch::Clock::now();
  CHECK(watch.look({}, start).empty());
  REQUIRE(::send(silent.client, "slowly", 6, 0) == 6);  // what it sends does not count, but that it is answered
  CHECK(watch.look({}, start + 9s).empty());
  CHECK(count(watch.look({}, start + 11s), SocketWatch::Reason::kSilent) >= 1);
  CHECK(is_ended(silent.client));
  CHECK_FALSE(is_ended(busy.client));
}

// What the socket has not got rid of yet.
int waiting_in(int socket) {
  int bytes = 0;
  ::ioctl(socket, SIOCOUTQ, &bytes);
  return bytes;
}

// The kernel moves bytes from one end to the other in its own time.
bool comes_to_pass(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + 15s;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    ::poll(nullptr, 0, 3);
  }
  return true;
}

// Sends until nothing goes any more, and nothing moves between the two ends: that would look like a client that reads.
bool fill(int socket) {
  constexpr int kLooks = 50;
  const std::string block(65'536, 'x');
  ::fcntl(socket, F_SETFL, O_NONBLOCK);
  int before = -1, same = 0;
  return comes_to_pass([&] {
    while (::send(socket, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
    }
    const int waiting = waiting_in(socket);
    same = std::exchange(before, waiting) == waiting ? same + 1 : 0;
    return same == kLooks;
  });
}

TEST_CASE("a connection that reads nothing of what waits for it is ended after 60 s, one that reads a little stays") {
  Connections connections;
  const auto stuck = connections.connect_and_talk(), slow = connections.connect_and_talk();
  for (const auto& pair : {stuck, slow}) REQUIRE(fill(pair.server));
  SocketWatch watch;
  const auto start = SocketWatch::Clock::now();
  CHECK(watch.look({}, start).empty());
  std::string taken(4'000'000, '\0');
  const int waiting = waiting_in(slow.server);
  REQUIRE(::recv(slow.client, taken.data(), taken.size(), 0) > 0);
  REQUIRE(comes_to_pass([&] { return waiting_in(slow.server) < waiting; }));
  CHECK(watch.look({}, start + 40s).empty());
  CHECK(count(watch.look({}, start + 61s), SocketWatch::Reason::kUnread) == 1);
  CHECK(is_ended(stuck.server));
  CHECK_FALSE(is_ended(slow.server));
}

TEST_CASE("of a crowd from one address those who have not logged in go first, at once") {
  Connections connections;
  std::vector<Connections::Pair> crowd;
  const auto gate = connections.connect_and_talk();
  for (int i = 0; i < 150; ++i) crowd.push_back(connections.connect());
  SocketWatch watch;
  // 302 ends of connections, of which 256 strangers and the two of the gate may be.
  CHECK(count(watch.look({{"127.0.0.1", 2}}), SocketWatch::Reason::kSilent) == 302 - 258);
  CHECK_FALSE(is_ended(gate.client));
  CHECK(watch.look({{"127.0.0.1", 300}}).empty());
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
