// When the passwords end with which users connected, for the hub's next process: brokers do not ask again, and do not know.
// What is not in it, for whatever reason, has to connect again.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace gatetorio::transport_mqtt {

// Usable from any thread.
class PasswordEnds {
 public:
  // `path`: its file; the folder is made. Reads what an earlier process left; without the file it begins anew.
  void open(const std::string& path);

  // A client was let in, at `at_us` by this machine's clock. `ends_us`: 0 for a password without end.
  void connected(const std::string& client_id, std::int64_t ends_us, std::int64_t at_us);
  // Of a connection that the broker dates `connected_at_us`. Nothing where that is not the one which was written down.
  std::optional<std::int64_t> find(const std::string& client_id, std::int64_t connected_at_us) const;

 private:
  struct Entry {
    std::int64_t ends_us = 0;
    std::int64_t at_us = 0;
  };
  void write_anew(std::int64_t now_us);

  mutable std::mutex mutex_;  // guards what follows
  std::string path_;
  std::map<std::string, Entry> entries_;  // by client id
  std::size_t lines_ = 0;                 // in the file
};

}  // namespace gatetorio::transport_mqtt
