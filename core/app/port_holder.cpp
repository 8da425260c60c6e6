#include "core/app/port_holder.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

namespace gatetorio::core {
namespace {

namespace fs = std::filesystem;

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

template <class Number>
Number number_in(std::string_view text, int base = 10) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

// The inodes of the sockets that listen on the port: /proc/net/tcp has "sl local:PORT remote state ... inode ...".
std::set<std::string> listening_inodes(std::uint16_t port) {
  constexpr const char* kListens = "0A";
  std::set<std::string> inodes;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
      std::istringstream words(line);
      std::string number, local, remote, state, skipped, inode;
      words >> number >> local >> remote >> state >> skipped >> skipped >> skipped >> skipped >> skipped >> inode;
      const auto colon = local.rfind(':');
      if (state != kListens || colon == std::string::npos) continue;
      if (number_in<std::uint16_t>(std::string_view(local).substr(colon + 1), 16) == port) inodes.insert(inode);
    }
  }
  return inodes;
}

bool has_socket(const fs::path& process, const std::set<std::string>& inodes) {
  std::error_code wrong;
  for (const auto& entry : fs::directory_iterator(process / "fd", wrong)) {
    const std::string link = fs::read_symlink(entry.path(), wrong).string();
    constexpr std::string_view kBegin = "socket:[";
    if (!link.starts_with(kBegin)) continue;
    if (inodes.contains(link.substr(kBegin.size(), link.size() - kBegin.size() - 1))) return true;
  }
  return false;
}

// From /proc/<pid>/stat: "pid (program) state parent ...", where the program's name may hold anything.
Holder describe(const fs::path& process) {
  std::ifstream file(process / "stat");
  std::string line;
  std::getline(file, line);
  const auto begin = line.find('('), end = line.rfind(')');
  Holder holder{.process = number_in<pid_t>(process.filename().string())};
  if (begin == std::string::npos || end == std::string::npos || end + 4 > line.size()) return holder;
  holder.program = line.substr(begin + 1, end - begin - 1);
  holder.parent = number_in<pid_t>(std::string_view(line).substr(end + 4));
  return holder;
}

}  // namespace

int try_port(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &raw) != 0) return EADDRNOTAVAIL;
  const std::unique_ptr<addrinfo, FreeAddresses> list(raw);
  const int socket = ::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return errno;
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool is_free = ::bind(socket, list->ai_addr, list->ai_addrlen) == 0 && ::listen(socket, 1) == 0;
  const int wrong = is_free ? 0 : errno;
  ::close(socket);
  return wrong;
}

Holder holder_of(std::uint16_t port) {
  const std::set<std::string> inodes = listening_inodes(port);
  std::error_code wrong;
  for (const auto& entry : fs::directory_iterator("/proc", wrong)) {
    const std::string name = entry.path().filename().string();
    const bool is_process = name.find_first_not_of("0123456789") == std::string::npos;
    if (is_process && has_socket(entry.path(), inodes)) return describe(entry.path());
  }
  return {};
}

// /proc/locks has "1: FLOCK  ADVISORY  WRITE 4242 fe:01:131 0 EOF". To try the lock would keep a hub that starts from
// it.
pid_t lock_holder(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return 0;
  char wanted[64];
  std::snprintf(wanted, sizeof wanted, "%02x:%02x:%lu", major(status.st_dev), minor(status.st_dev),
                static_cast<unsigned long>(status.st_ino));
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, nature, access, process, place;
    words >> number >> kind >> nature >> access >> process >> place;
    if (kind == "FLOCK" && place == wanted) return number_in<pid_t>(process);
  }
  return 0;
}

}  // namespace gatetorio::core
