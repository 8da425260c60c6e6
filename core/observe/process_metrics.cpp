#include "core/observe/process_metrics.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>

namespace gatetorio::core {
namespace {

struct Stat {  // of /proc/self/stat, in the units of that file
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  std::int64_t threads = 0;
  std::uint64_t start_ticks = 0;  // since boot
  std::uint64_t virtual_bytes = 0;
  std::int64_t resident_pages = 0;
};

std::optional<Stat> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  // The second field is the program's name in parentheses and may hold anything, a parenthesis too.
  if (!std::getline(file, text) || text.rfind(')') == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  Stat stat;
  std::string skipped;
  const auto skip = [&](int count) {
    while (count-- > 0) fields >> skipped;
  };
  skip(11);  // 3 to 13
  fields >> stat.user_ticks >> stat.system_ticks;
  skip(4);  // 16 to 19
  fields >> stat.threads;
  skip(1);
  fields >> stat.start_ticks >> stat.virtual_bytes >> stat.resident_pages;
  return fields ? std::optional(stat) : std::nullopt;
}

// Seconds since 1970 at which the machine started, or 0.
double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("btime ", 0) == 0) return std::stod(line.substr(6));
  }
  return 0;
}

std::optional<double> open_fds() {
  std::error_code failed;
  std::filesystem::directory_iterator entries("/proc/self/fd", failed);
  if (failed) return std::nullopt;
  const auto count = std::distance(std::filesystem::begin(entries), std::filesystem::end(entries));
  return static_cast<double>(count - 1);  // less the one that reads the folder
}

class Page {
 public:
  void add(prometheus::MetricType type, const char* name, const char* help, double value) {
    prometheus::ClientMetric metric;
    if (type == prometheus::MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    prometheus::MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    family.metric.push_back(metric);
    families_.push_back(std::move(family));
  }
  void gauge(const char* name, const char* help, double value) {
    add(prometheus::MetricType::Gauge, name, help, value);
  }
  std::vector<prometheus::MetricFamily> take() { return std::move(families_); }

 private:
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace

std::vector<prometheus::MetricFamily> process_metrics(const std::string& data_dir) {
  static const double kBootTime = boot_time();
  static const double kTick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  static const double kPage = static_cast<double>(::sysconf(_SC_PAGESIZE));
  Page page;
  if (const std::optional<Stat> stat = read_stat()) {
    page.add(prometheus::MetricType::Counter, "process_cpu_seconds_total", "User and system CPU time spent",
             static_cast<double>(stat->user_ticks + stat->system_ticks) * kTick);
    page.gauge("process_resident_memory_bytes", "Resident memory", static_cast<double>(stat->resident_pages) * kPage);
    page.gauge("process_virtual_memory_bytes", "Virtual memory", static_cast<double>(stat->virtual_bytes));
    page.gauge("process_start_time_seconds", "Start of the process, in seconds since 1970",
               kBootTime + static_cast<double>(stat->start_ticks) * kTick);
    page.gauge("process_threads", "Threads", static_cast<double>(stat->threads));
  }
  if (const std::optional<double> count = open_fds()) page.gauge("process_open_fds", "Open file descriptors", *count);
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    page.gauge("process_max_fds", "Limit on open file descriptors", static_cast<double>(limit.rlim_cur));
  }
  std::error_code failed;
  const auto disk = std::filesystem::space(data_dir, failed);
  if (!data_dir.empty() && !failed) {
    page.gauge("gatetorio_disk_size_bytes", "File system of the hub's data", static_cast<double>(disk.capacity));
    page.gauge("gatetorio_disk_available_bytes", "Of it free for the hub", static_cast<double>(disk.available));
  }
  struct stat backup {};
  if (!data_dir.empty()) {
    const bool has_backup = ::stat((data_dir + "/last-backup.json").c_str(), &backup) == 0;
    page.gauge("gatetorio_last_backup_seconds",
               "When `gatetorio-hub backup` ended last, in seconds since 1970; 0: never",
               has_backup ? static_cast<double>(backup.st_mtim.tv_sec) : 0);
  }
  return page.take();
}

}  // namespace gatetorio::core
