#include "core/app/machine.hpp"

#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "core/app/port_holder.hpp"
#include "gatetorio/checks.hpp"
#include "gatetorio/time_text.hpp"

namespace gatetorio::core {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDataDir = "data_dir";
constexpr mode_t kOthers = 07;

Findings taken(const Checkup& checkup) { return read_findings({}, checkup.text()).findings; }

std::string in_units(std::uintmax_t bytes) {
  char text[32];
  constexpr double kMiB = 1024.0 * 1024, kGiB = kMiB * 1024;
  const auto size = static_cast<double>(bytes);
  std::snprintf(text, sizeof text, size < kGiB ? "%.0f MiB" : "%.1f GiB", size / (size < kGiB ? kMiB : kGiB));
  return text;
}

bool is_open_to_others(const fs::path& path, mode_t rights) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & rights) != 0;
}

// What somebody else left in the folder, as a command that root ran by hand: the first such file.
fs::path foreign_file(const fs::path& folder) {
  constexpr int kMost = 20'000;
  int seen = 0;
  std::error_code wrong;
  for (fs::recursive_directory_iterator at(folder, wrong), end; at != end && ++seen < kMost; at.increment(wrong)) {
    struct stat status {};
    if (::lstat(at->path().c_str(), &status) == 0 && status.st_uid != ::geteuid()) return at->path();
    if (wrong) break;
  }
  return {};
}

// Whoever asks is neither root nor the user that the hub runs as: rights cannot be judged from here.
bool is_of_somebody(Checkup& checkup, const fs::path& folder) {
  struct stat status {};
  const bool is_known = ::stat(folder.c_str(), &status) == 0;
  if (!is_known || status.st_uid == ::geteuid() || ::geteuid() == 0 || status.st_uid == 0) return false;
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) == 0) return false;
  const passwd* account = ::getpwuid(status.st_uid);
  const std::string owner = account == nullptr ? "#" + std::to_string(status.st_uid) : account->pw_name;
  checkup.error(kDataDir,
                folder.string() + " belongs to the user " + owner + ", and this was asked by " + Checkup::user(),
                "run it as root or as that user; or, where the hub runs as " + Checkup::user() + ", sudo chown -R " +
                    Checkup::user() + ": " + folder.string());
  return true;
}

void check_room(Checkup& checkup, const fs::path& folder) {
  constexpr std::uintmax_t kLeast = 64u << 20, kLittle = 1024u << 20;
  std::error_code wrong;
  fs::path there = folder;
  while (!fs::exists(there, wrong) && there.has_relative_path()) there = there.parent_path();
  const auto disk = fs::space(there, wrong);
  if (wrong) return;
  const std::string words =
      in_units(disk.available) + " of " + in_units(disk.capacity) + " are free for " + folder.string();
  const std::string mend = "df -h " + there.string() + "; sudo du -xhd1 " + there.string() + " tells what is large";
  if (disk.available < kLeast) return checkup.error(kDataDir, words + ": the hub cannot write for long", mend);
  if (disk.available < kLittle) return checkup.warn(kDataDir, words, mend);
  checkup.good(kDataDir, words);
}

void check_clock(Checkup& checkup) {
  constexpr std::int64_t kWritten = 1'767'225'600;  // 2026: no clock was right before
  const std::string time = to_rfc3339(now());
  const char* mend = "sudo timedatectl set-ntp true";
  if (now().us < kWritten * kMicrosecondsPerSecond) {
    return checkup.error("", "the clock says " + time + ": certificates and times to live fail", mend);
  }
  timex state{};
  const int answer = ::adjtimex(&state);
  const bool is_kept = answer >= 0 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  if (!is_kept) return checkup.warn("", "nothing keeps the clock right; it says " + time, mend);
  checkup.good("", "the clock is kept right");
}

void check_limits(Checkup& checkup) {
  constexpr rlim_t kFew = 4096;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max >= kFew) return;
  checkup.warn("", "only " + std::to_string(files.rlim_max) + " files and connections may be open",
               "LimitNOFILE=65536 in the unit, or ulimit -n 65536");
}

void check_backup(Checkup& checkup, const fs::path& folder) {
  constexpr std::int64_t kDay = 24 * 3600 * kMicrosecondsPerSecond, kOld = 8 * kDay;
  const std::string mend =
      "sudo gatetorio-hub backup --config FILE --to FOLDER, from a timer: docs/ops, \"Data and backup\"";
  std::ifstream file(folder / "last-backup.json");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  boost::system::error_code unreadable;
  const boost::json::value note = boost::json::parse(text, unreadable);
  const auto word = [&note](const char* name) {
    const auto* found = note.is_object() ? note.get_object().if_contains(name) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
  };
  const auto made_at = parse_rfc3339(word("made_at"));
  if (!made_at) return checkup.warn(kDataDir, "no backup was made by `gatetorio-hub backup` yet", mend);
  const std::int64_t age = now().us - made_at->us;
  const std::string words = "the last backup was made at " + word("made_at") + " to " + word("to");
  if (age > kOld) return checkup.warn(kDataDir, words + ", " + std::to_string(age / kDay) + " days ago", mend);
  checkup.good(kDataDir, words);
}

}  // namespace

Findings check_files(const Hub& hub, const Config& config, const DataDir& data_dir) {
  Checkup checkup(false);
  for (const std::string& file : config.files()) checkup.can_read("", file);
  const fs::path& folder = data_dir.path();
  if (is_of_somebody(checkup, folder) || !checkup.can_write_in(kDataDir, folder)) return taken(checkup);
  if (is_open_to_others(folder, kOthers)) {
    checkup.warn(kDataDir, "other users can look into " + folder.string(), "sudo chmod o= " + folder.string());
  }
  std::error_code ignored;
  for (const char* name : {"hub.lock", "hub.id", "plugins.json"}) {
    const fs::path file = folder / name;
    if (!fs::exists(file, ignored) || ::access(file.c_str(), R_OK | W_OK) == 0) continue;
    checkup.error(kDataDir, file.string() + " cannot be written by the user " + Checkup::user(),
                  "sudo chown -R " + Checkup::user() + ": " + folder.string());
  }
  for (const std::string& id : config.hub().plugins) {
    if (fs::exists(folder / id, ignored)) checkup.can_write_in(kDataDir, folder / id);
  }
  const std::string plugins = hub.setting("plugin_dir");
  if (is_open_to_others(plugins, S_IWOTH)) {
    checkup.error("plugin_dir", "every user can write in " + plugins + ", and so run code in the hub",
                  "sudo chmod o-w " + plugins);
  }
  return taken(checkup);
}

Findings check_machine(const DataDir& data_dir) {
  Checkup checkup(true);
  const fs::path& folder = data_dir.path();
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) {
    checkup.warn(kDataDir, folder.string() + " is not there: the next start makes a new, empty hub in it",
                 "look whether data_dir is right; a relative one counts from where the hub is started");
  } else {
    const pid_t process = lock_holder(folder / "hub.lock");
    if (process != 0)
      checkup.good(kDataDir, "a hub runs on " + folder.string() + ": process " + std::to_string(process));
    if (process == 0) checkup.good(kDataDir, "no hub runs on " + folder.string());
    if (const fs::path file = foreign_file(folder); !file.empty()) {
      checkup.error(kDataDir, file.string() + " belongs to another user than " + Checkup::user(),
                    "sudo chown -R " + Checkup::user() + ": " + folder.string());
    }
    struct stat status {};
    if (::geteuid() == 0 && ::stat(folder.c_str(), &status) == 0 && status.st_uid == 0) {
      checkup.warn(kDataDir, folder.string() + " is root's: a hub that runs as another user cannot use it",
                   "sudo chown -R gatetorio: " + folder.string() + ", where the hub runs as gatetorio");
    }
    check_backup(checkup, folder);
  }
  check_room(checkup, folder);
  check_clock(checkup);
  check_limits(checkup);
  return taken(checkup);
}

Findings check_ports(const std::vector<Listen>& listens, const DataDir& data_dir) {
  const pid_t own = lock_holder(data_dir.path() / "hub.lock");
  Findings findings;
  for (const Listen& listen : listens) {
    const bool is_v6 = listen.host.find(':') != std::string::npos;
    const std::string number = std::to_string(listen.port);
    const std::string address = (is_v6 ? "[" + listen.host + "]" : listen.host) + ":" + number;
    const auto add = [&](Finding::Level level, const std::string& detail, const std::string& mend) {
      findings.push_back({level, listen.plugin, listen.option, detail, mend});
    };
    const int wrong = try_port(listen.host, listen.port);
    if (wrong == 0) {
      add(Finding::Level::kOk, address + " is free", {});
    } else if (wrong == EADDRNOTAVAIL) {
      add(Finding::Level::kError, address + ": this machine does not have the address " + listen.host, "ip address");
    } else if (wrong != EADDRINUSE) {
      add(Finding::Level::kError, address + " cannot be listened on: " + std::generic_category().message(wrong),
          "name a port above 1023, with a proxy or a forward in front");
    } else {
      const Holder holder = holder_of(listen.port);
      const bool is_own = own != 0 && (holder.process == own || holder.parent == own || holder.process == 0);
      const std::string who = holder.process == 0
                                  ? "a process that " + Checkup::user() + " cannot see"
                                  : holder.program + " (process " + std::to_string(holder.process) + ")";
      if (is_own) add(Finding::Level::kOk, address + " is in use by the hub that runs", {});
      if (!is_own) {
        add(Finding::Level::kError, address + " is in use by " + who,
            holder.process == 0 ? "sudo ss -ltnp 'sport = :" + number + "'"
                                : "stop it (sudo kill " + std::to_string(holder.process) + "), or choose another port");
      }
    }
  }
  return findings;
}

}  // namespace gatetorio::core
