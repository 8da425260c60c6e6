// Whoever lost a right leaves RabbitMQ with everything that it has there: connections, and the queues that would wait
// for its return with the old bindings. Until the broker confirms that nothing is left, it is barred, and so is the
// name on whose topic its queue still listens.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "external/management_health.hpp"
#include "external/management_thread.hpp"

namespace gatetorio::transport_mqtt {

// Usable from any thread. Does nothing where there is no management.
class Evictions {
 public:
  // `is_known`: has the hub been asked about this user name, so that it knows what it told? From any thread.
  Evictions(const Management& management, ManagementThread& thread, ManagementHealth& health,
            std::function<bool(const std::string& username)> is_known)
      : management_(management), thread_(thread), health_(health), is_known_(std::move(is_known)) {}

  // Barred from now on, and removed until nothing is left. `held`: a controller_id that reaches it until then, or
  // empty.
  void evict(const std::string& username, const std::string& held = {});
  // The same for whom the hub knows nothing about: only where the broker holds something of it.
  void evict_if_there(const std::string& username);

  // May it connect, subscribe, publish? Not while it is being removed.
  bool is_barred(std::string_view username) const;
  // Does the topic of this controller_id still reach somebody who is being removed?
  bool is_held(std::string_view controller_id) const;

 private:
  struct Job {
    bool is_barred = false;
    std::uint64_t asked = 0;  // how often; a removal that began before the last time does not count
    std::chrono::milliseconds pause{0};
    std::set<std::string, std::less<>> held;
  };
  struct Pass {
    bool is_answered = true;
    bool found_nothing = true;
  };

  void add(const std::string& username, bool is_barred, const std::string& held);
  void begin_some();
  boost::asio::awaitable<void> work(std::string username);
  boost::asio::awaitable<void> wait_and_begin(std::string username, std::chrono::milliseconds pause);
  boost::asio::awaitable<void> pass(std::string username, Pass& done);
  boost::asio::awaitable<void> remove_connections(const std::string& username, Pass& done);
  boost::asio::awaitable<void> remove_queues(const std::string& username, Pass& done);
  boost::asio::awaitable<ManagementAnswer> ask(ManagementRequest request, std::string_view what, Pass& done);
  bool is_to_go(const std::string& username, Pass& done);

  const Management& management_;
  ManagementThread& thread_;
  ManagementHealth& health_;
  const std::function<bool(const std::string&)> is_known_;
  mutable std::mutex mutex_;                      // guards what follows
  std::map<std::string, Job, std::less<>> jobs_;  // by user name
  std::deque<std::string> waiting_;
  int under_way_ = 0;
};

}  // namespace gatetorio::transport_mqtt
