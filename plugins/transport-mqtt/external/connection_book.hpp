// What the hub knew of each client that it let in, for its next process: brokers do not ask again, and cannot tell. A
// client that is not in it, for whatever reason, has to connect again.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gatetorio::transport_mqtt {

struct BookEntry {
  std::int64_t password_ends_us = 0;  // UTC; 0: never
  std::string controller_id;          // of a device, what it was called; else empty
  std::string password_mark = {};     // which it was (KnownPassword::mark); empty: not known
};

// Usable from any thread.
class ConnectionBook {
 public:
  // `path`: its file; the folder is made. Reads what an earlier process left; without the file it begins anew. What is
  // in it, by client id, also of passwords that have ended since.
  std::map<std::string, BookEntry> open(const std::string& path);

  // A client is let in, at `at_us` by this machine's clock.
  void let_in(const std::string& client_id, const BookEntry& entry, std::int64_t at_us);
  // Of a connection that the broker dates `connected_at_us`. Nothing where that is not the one which was written down.
  std::optional<BookEntry> find(const std::string& client_id, std::int64_t connected_at_us) const;

 private:
  struct Dated {
    BookEntry entry;
    std::int64_t at_us = 0;
  };
  void write_anew(std::int64_t now_us);

  mutable std::mutex mutex_;  // guards what follows
  std::string path_;
  std::map<std::string, Dated> entries_;  // by client id
  std::size_t lines_ = 0;                 // in the file
};

}  // namespace gatetorio::transport_mqtt
