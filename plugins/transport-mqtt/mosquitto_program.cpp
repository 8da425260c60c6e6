#include "mosquitto_program.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <sstream>
#include <string_view>

#include "child_process.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<int, 3> kLeast = {2, 0, 18};
constexpr std::chrono::seconds kPatience{5};
constexpr const char* kInstall =
    "sudo apt install mosquitto (Debian 12: sudo apt install -t bookworm-backports mosquitto), or set "
    "plugins.transport-mqtt.mosquitto to one that is new enough";

std::string path_of(const std::string& configured) {
  if (!configured.empty()) return ::access(configured.c_str(), X_OK) == 0 ? configured : std::string();
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string("/usr/sbin:/usr/local/sbin:") + (path == nullptr ? "" : path));
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string program = folder + "/mosquitto";
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

// The help begins with "mosquitto version 2.0.21".
std::string ask_version(const std::string& program) {
  constexpr std::string_view kBegin = "mosquitto version ";
  std::string version;
  try {
    ChildProcess child({program, "-h"});
    const auto deadline = Clock::now() + kPatience;
    const auto look = [&](std::string_view line) {
      if (version.empty() && line.starts_with(kBegin)) version = line.substr(kBegin.size());
    };
    for (bool is_open = true; is_open;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
      pollfd waiting{child.output(), POLLIN, 0};
      const bool has_some = left > 0 && ::poll(&waiting, 1, static_cast<int>(left)) > 0;
      is_open = has_some && child.read_lines(look);
    }
    child.signal(SIGKILL);           // where it has not ended by itself
  } catch (const std::exception&) {  // no process: the version stays unknown
  }
  return version.substr(0, version.find_first_not_of("0123456789."));
}

}  // namespace

bool is_new_enough(const std::string& version) {
  const char* at = version.data();
  const char* const end = at + version.size();
  for (const int least : kLeast) {
    int number = 0;
    const auto [next, wrong] = std::from_chars(at, end, number);
    if (wrong != std::errc()) return false;
    if (number != least) return number > least;
    at = next == end ? end : next + 1;
  }
  return true;
}

MosquittoProgram find_mosquitto(const std::string& configured) {
  MosquittoProgram found{.path = path_of(configured)};
  if (found.path.empty()) {
    found.wrong = configured.empty() ? "mosquitto was not found" : configured + " is no program";
    found.mend = kInstall;
    return found;
  }
  found.version = ask_version(found.path);
  if (is_new_enough(found.version)) return found;
  found.wrong = found.version.empty() ? found.path + " does not say which version of Mosquitto it is"
                                      : found.path + " is Mosquitto " + found.version;
  found.wrong += ", and the hub needs 2.0.18 or newer";
  found.mend = kInstall;
  return found;
}

}  // namespace gatetorio::transport_mqtt
