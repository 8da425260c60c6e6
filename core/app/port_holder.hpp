// Who has a TCP port of this machine.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace gatetorio::core {

// What stands in the way of listening there, as in errno; 0: nothing. Listens for a moment.
int try_port(const std::string& host, std::uint16_t port);

struct Holder {
  pid_t process = 0;    // 0: unknown, as where another user's processes cannot be looked into
  pid_t parent = 0;     // of that process
  std::string program;  // "nginx"
};
// The process that listens on the port, on whatever address.
Holder holder_of(std::uint16_t port);

// The process that holds a FileLock on this file; 0: none.
pid_t lock_holder(const std::filesystem::path& file);

}  // namespace gatetorio::core
