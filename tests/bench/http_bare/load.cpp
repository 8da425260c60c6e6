// A load generator that costs little: one thread, epoll, keep-alive, one request at a time on each connection. Prints
// one JSON object: rates, latencies, and what the server burnt where --pid says who it is.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include "load_text.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  std::string request;
  std::string response;
  Clock::time_point sent;
};

struct Tally {
  std::vector<float> latencies_us;
  std::uint64_t not_2xx = 0;
  std::uint64_t broken = 0;
};

int connect_to(const load::Plan& plan) {
  const int made = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(plan.port);
  inet_pton(AF_INET, plan.host.c_str(), &address.sin_addr);
  const int on = 1;
  setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  return made;
}

// Status of the response once it is whole. Servers here always send a length, or no body with 204.
std::optional<int> finished_status(const std::string& response) {
  const auto end = response.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const int status = std::atoi(response.c_str() + 9);
  const auto length = response.find("Content-Length: ");
  const auto body = length < end ? std::strtoul(response.c_str() + length + 16, nullptr, 10) : 0;
  return response.size() >= end + 4 + body ? std::optional(status) : std::nullopt;
}

double processor_seconds(long pid) {
  if (pid == 0) return 0;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto after_name = text.rfind(')');
  if (after_name == std::string::npos) return 0;
  unsigned long user = 0;
  unsigned long system = 0;
  std::sscanf(text.c_str() + after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

class Load {
 public:
  explicit Load(load::Plan plan) : plan_(std::move(plan)), epoll_(epoll_create1(0)), connections_(plan_.connections) {
    tally_.latencies_us.reserve(plan_.requests);
  }

  void run() {
    for (auto& connection : connections_) {
      connection.socket = connect_to(plan_);
      epoll_event event{EPOLLIN, {&connection}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event);
    }
    const double burnt = processor_seconds(plan_.server_pid);
    const auto began = Clock::now();
    for (auto& connection : connections_) send_next(connection);
    while (under_way_ > 0) wait();
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    print(seconds, processor_seconds(plan_.server_pid) - burnt);
  }

 private:
  void send_next(Connection& connection) {
    if (next_ == plan_.requests) return;
    connection.request.clear();
    connection.response.clear();
    load::append_request(plan_, plan_.first + next_++, connection.request);
    connection.sent = Clock::now();
    ++under_way_;
    const auto size = static_cast<ssize_t>(connection.request.size());
    if (send(connection.socket, connection.request.data(), connection.request.size(), MSG_NOSIGNAL) != size) {
      give_up(connection);
    }
  }

  void wait() {
    epoll_event events[64];
    const int count = epoll_wait(epoll_, events, 64, 10'000);
    if (count <= 0) {
      std::fputs("no answer for 10 s\n", stderr);
      std::exit(1);
    }
    for (int i = 0; i < count; ++i) take(*static_cast<Connection*>(events[i].data.ptr));
  }

  void take(Connection& connection) {
    char bytes[16 * 1024];
    const auto size = recv(connection.socket, bytes, sizeof bytes, 0);
    if (size <= 0) return give_up(connection);
    connection.response.append(bytes, static_cast<std::size_t>(size));
    const auto status = finished_status(connection.response);
    if (!status) return;
    --under_way_;
    tally_.latencies_us.push_back(std::chrono::duration<float, std::micro>(Clock::now() - connection.sent).count());
    if (*status < 200 || *status > 299) ++tally_.not_2xx;
    send_next(connection);
  }

  void give_up(Connection& connection) {
    close(connection.socket);
    --under_way_;
    ++tally_.broken;
  }

  void print(double seconds, double burnt) {
    auto& sorted = tally_.latencies_us;
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&sorted](double share) {
      return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
    };
    const auto answered = static_cast<double>(sorted.size());
    std::printf(
        "{\"requests\": %zu, \"seconds\": %.3f, \"requests_per_s\": %.0f, \"p50_us\": %.0f, \"p99_us\": %.0f, "
        "\"max_us\": %.0f, \"non_2xx\": %llu, \"broken\": %llu",
        sorted.size(), seconds, answered / seconds, at(0.5), at(0.99), at(1),
        static_cast<unsigned long long>(tally_.not_2xx), static_cast<unsigned long long>(tally_.broken));
    if (burnt > 0) std::printf(", \"server_cpu_s\": %.2f, \"requests_per_cpu_s\": %.0f", burnt, answered / burnt);
    std::puts("}");
  }

  load::Plan plan_;
  int epoll_;
  std::vector<Connection> connections_;
  Tally tally_;
  std::uint64_t next_ = 0;
  std::uint64_t under_way_ = 0;
};

}  // namespace

int main(int argc, char** argv) { Load(load::read_plan(argc, argv)).run(); }
