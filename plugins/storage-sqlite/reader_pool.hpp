// Connections for reading. A read runs on the thread that asks for it: it is a matter of microseconds, and a hop to
// another thread would cost more.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connection.hpp"
#include "observer.hpp"

namespace gatetorio::storage_sqlite {

class ReaderPool {
 public:
  // Opens `readers` connections. Errors: kUnavailable. `observer` must outlive the pool.
  static Result<std::unique_ptr<ReaderPool>> open(const ConnectionSettings& settings, std::size_t readers,
                                                  std::size_t max_waiting, const Observer& observer);

  // Runs a batch for reading that inspect() accepted; its statements see one state of the database. Where all
  // connections are busy the batch waits (no thread does) and runs on the thread of the next one that ends. `done`
  // comes on that thread, possibly inside this call; with kUnavailable where too many wait, kCancelled after close().
  // From any thread.
  void run(std::string batch, std::uint32_t statements, Done done);

  // Takes no more, cancels what waits and closes the connections; those in use close when their batch ends.
  void close();

 private:
  struct Waiting {
    std::string batch;
    std::uint32_t statements;
    Done done;
  };
  ReaderPool(std::size_t max_waiting, const Observer& observer) : max_waiting_(max_waiting), observer_(observer) {}
  void finish(Connection& connection, Waiting work);
  bool next(std::unique_ptr<Connection>& connection, Waiting& work);

  const std::size_t max_waiting_;
  const Observer& observer_;
  std::mutex mutex_;                               // guards what follows
  std::vector<std::unique_ptr<Connection>> idle_;  // the last one has the warmest cache
  std::deque<Waiting> waiting_;
  bool closed_ = false;
};

}  // namespace gatetorio::storage_sqlite
