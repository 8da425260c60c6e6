// Our HTTP engine alone: the transport's server with a handler that answers at once, or from another thread as the hub
// does ("handoff"). Prints its port and serves until it is killed.
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "server.hpp"

namespace {

using namespace gatetorio::transport_http;

constexpr Reply kReply{200, "application/json", R"({"status":"ok","last_seen":"2026-11-23T07:00:00.000Z"})", {}};

class Inline final : public RequestHandler {
  void handle(Exchange& exchange) override { exchange.respond(kReply); }
};

class Handoff final : public RequestHandler {
 public:
  Handoff() {
    std::thread([this] { run(); }).detach();
  }

 private:
  void handle(Exchange& exchange) override {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(&exchange);
    if (waiting_.size() == 1) wake_.notify_one();
  }
  void run() {
    std::vector<Exchange*> taken;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return !waiting_.empty(); });
        taken.swap(waiting_);
      }
      for (auto* exchange : taken) exchange->respond(kReply);
      taken.clear();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Exchange*> waiting_;
};

}  // namespace

int main(int argc, char** argv) {
  Inline at_once;
  Handoff elsewhere;
  Settings settings;
  settings.listen.port = 0;
  const bool handoff = argc > 1 && std::strcmp(argv[1], "handoff") == 0;
  Server server(settings, handoff ? static_cast<RequestHandler&>(elsewhere) : at_once);
  const auto wrong = server.start();
  if (!wrong.empty()) {
    std::fprintf(stderr, "%s\n", wrong.c_str());
    return 1;
  }
  std::printf("%u\n", static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}
