// The file's side of a transfer: what runs on a file thread, one step at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <gatetorio/content.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace gatetorio::transport_http {

// A body on its way from a socket into a file.
class Receipt {
 public:
  using Done = std::function<void(gtr_status, const Received&)>;

  // `file`: a duplicate that becomes this object's. `digest`: "sha1", "sha256" or empty.
  Receipt(Descriptor file, std::uint64_t offset, std::uint64_t most, std::string_view digest, Done done);
  ~Receipt();

  std::uint64_t most() const { return most_; }
  // Writes; blocks on the disk. Remembers its first failure and writes no more.
  void write(std::string_view bytes);
  // Takes back what was written and remembers `status`; blocks on the disk.
  void take_back(gtr_status status);
  gtr_status status() const { return status_; }
  // Writes no more: what was to be written is lost.
  void give_up() { status_ = GTR_INTERNAL; }
  // Calls `done`, once; without a digest where the body is not whole.
  void finish(gtr_status status);

 private:
  struct Hash;
  Descriptor file_;
  const std::uint64_t begin_;
  std::uint64_t offset_;
  std::uint64_t flushed_;  // up to here the disk has been told to write
  const std::uint64_t most_;
  std::int64_t bytes_ = 0;
  gtr_status status_ = GTR_OK;
  std::unique_ptr<Hash> hash_;
  Done done_;
};

// A file on its way into a socket.
struct Sending {
  Descriptor file;
  std::uint64_t offset = 0;
  std::uint64_t left = 0;
  Descriptor socket;                 // a duplicate, for as long as a file thread writes to it
  std::string buffer;                // over TLS
  std::shared_ptr<const void> kept;  // let go of at the end
};

enum class SendStep { kMore, kWait, kDone, kFailed };

// Sends some megabytes at most without waiting for the peer; blocks on the disk. kWait: the peer takes no more now.
SendStep send_some(Sending& sending);
// Reads the next piece into `buffer`; empty at the end. False where the file is shorter than it was.
bool read_some(Sending& sending);

}  // namespace gatetorio::transport_http
