// Keeps the server's picture of the tables up to date while they grow. Sessions prepare their statements once, and the
// server plans them for the tables that it knows: those of a new database are empty, and a plan that reads all of a
// table is the best for one that has nothing in it. The server's own autovacuum looks once a minute, where it is on.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "login.hpp"
#include "observer.hpp"

namespace gatetorio::storage_postgres {

class Statistics {
 public:
  // Runs the encoding of a sql::Batch that reads.
  using Read = std::function<void(std::string batch, Done done)>;

  // Starts a thread, which looks every two seconds, by `read`, for tables that have more than doubled since they were
  // analysed, by this hub or anybody else. These it analyses, on a connection of its own that it opens for that: all
  // sessions of all hubs then plan anew. `login` and `observer` must outlive this object.
  Statistics(const Login& login, Read read, const Observer& observer);
  ~Statistics();  // shuts down and waits
  Statistics(const Statistics&) = delete;
  Statistics& operator=(const Statistics&) = delete;

  // Looks no more. After it `read` is not called.
  void shutdown();
  void join();

 private:
  void loop();
  Result<void> look();
  Result<std::vector<std::string>> grown();
  Result<void> analyse(const std::vector<std::string>& tables);

  const Login& login_;
  const Read read_;
  const Observer& observer_;
  StopTime stop_;
  std::mutex mutex_;  // guards is_stopping_
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace gatetorio::storage_postgres
