#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "core/app/command_line.hpp"
#include "core/app/data_dir.hpp"
#include "core/app/examine.hpp"
#include "core/app/hub.hpp"
#include "core/app/show_configuration.hpp"
#include "core/config/config.hpp"
#include "core/plugin/tools.hpp"
#include "core/runtime/heap.hpp"

namespace {

using namespace gatetorio::core;
using gatetorio::Error;
using gatetorio::Result;

// SIGTERM and SIGINT, kept from every thread and asked for here. Once one came, it stays so.
class StopSignal {
 public:
  StopSignal() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    signal(SIGPIPE, SIG_IGN);
  }
  bool came() {
    const timespec no_wait{};
    if (!came_) came_ = sigtimedwait(&set_, nullptr, &no_wait) > 0;
    return came_;
  }
  void wait() {
    int number = 0;
    if (!came_) sigwait(&set_, &number);
    came_ = true;
  }

 private:
  sigset_t set_{};
  bool came_ = false;
};

// True where there is nothing wrong.
bool tell(const Config& config) {
  for (const Problem& problem : config.problems().warnings) {
    std::fprintf(stderr, "warning: %s\n", problem.to_line().c_str());
  }
  for (const Problem& problem : config.problems().errors) std::fprintf(stderr, "%s\n", problem.to_line().c_str());
  return config.ok();
}

LogLevel level_of(const std::string& word) {
  if (word == "debug") return LogLevel::kDebug;
  if (word == "warn") return LogLevel::kWarn;
  return word == "error" ? LogLevel::kError : LogLevel::kInfo;
}

int print_options(const Hub& hub, const std::string& format) {
  const std::string page = format == "toml" ? render_sample(hub.declared()) : render_reference(hub.declared());
  std::fwrite(page.data(), 1, page.size(), stdout);
  return 0;
}

int print_tools(const Hub& hub) {
  for (const Tool& tool : hub.tools().all()) std::printf("%s", tool_help(tool).c_str());
  return 0;
}

// The tool of the longest name that the first words make, or NULL; takes its words away.
const Tool* find_tool(const Hub& hub, std::vector<std::string>& words) {
  constexpr std::size_t kMostWords = 3;
  for (std::size_t count = std::min(words.size(), kMostWords); count > 0; --count) {
    std::string name;
    for (std::size_t i = 0; i < count; ++i) name.append(i == 0 ? "" : " ").append(words[i]);
    const Tool* tool = hub.tools().find(name);
    if (tool == nullptr) continue;
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count));
    return tool;
  }
  return nullptr;
}

int tell_failure(const Tool& tool, const Error& error) {
  std::fprintf(stderr, "%s: %s\n", tool.name.c_str(), error.detail.c_str());
  return kExitFailed;
}

int run_tool(Hub& hub, DataDir& data_dir, std::vector<std::string> words, StopSignal& stop_signal) {
  const std::string first = words.front();
  const Tool* tool = find_tool(hub, words);
  if (tool == nullptr) {
    std::fprintf(stderr, "no configured plugin brings the command '%s'; `gatetorio-hub tools` lists those there are\n",
                 first.c_str());
    return kExitUsage;
  }
  if (std::find(words.begin(), words.end(), "--help") != words.end()) {
    std::printf("%s", tool_help(*tool).c_str());
    return 0;
  }
  const auto arguments = read_tool_arguments(*tool, words);
  if (!arguments) {
    std::fprintf(stderr, "%s\n", arguments.error().detail.c_str());
    return kExitUsage;
  }
  const Result<void> taken = tool->exclusive ? data_dir.take() : Result<void>();
  if (!taken) return tell_failure(*tool, taken.error());
  const Result<void> done = hub.run_tool(*tool, *arguments, [&stop_signal] { return stop_signal.came(); });
  return done ? 0 : tell_failure(*tool, done.error());
}

int run(Hub& hub, DataDir& data_dir, Log& log, StopSignal& stop_signal) {
  if (const Result<void> taken = data_dir.take(); !taken) {
    log.write(LogLevel::kError, "hub", "cannot start", {{"why", taken.error().detail}});
    return kExitFailed;
  }
  const Result<std::string> id = hub.has_database() ? data_dir.hub_id() : std::string();
  if (!id) {
    log.write(LogLevel::kError, "hub", "cannot start", {{"why", id.error().detail}});
    return kExitFailed;
  }
  if (hub.has_database() && data_dir.was_empty()) {
    log.write(LogLevel::kWarn, "hub", "a new, empty hub is made; if there was one before, data_dir is wrong",
              {{"in", data_dir.path().string()}});
  }
  hub.set_id(*id);
  if (!hub.start([&stop_signal] { return stop_signal.came(); })) return kExitFailed;
  stop_signal.wait();
  log.write(LogLevel::kInfo, "hub", "stopping", {});
  return 0;
}

int leave(Hub& hub, int exit_code) {
  if (hub.stop()) return exit_code;
  // Something of a plugin still runs: unwinding beneath it would be worse than not.
  std::fflush(nullptr);
  _exit(exit_code);
}

}  // namespace

int main(int argc, char** argv) {
  StopSignal stop_signal;  // before any thread is made
  bound_heap();
  const CommandLine line = parse_command_line(argc, argv);
  if (line.command == Command::kNothing) return line.exit_code;

  Config config = Config::load(line.config, line.sets);
  if (!config.ok()) {
    tell(config);
    return kExitConfiguration;
  }
  DataDir data_dir(config.hub().data_dir);
  const bool is_looking = line.command == Command::kCheck || line.command == Command::kDoctor;
  const bool is_as_owner = is_looking || line.command == Command::kTool;  // who looks must see what the hub sees
  const Result<std::string> owner = is_as_owner ? data_dir.become_owner() : std::string();
  if (!owner) std::fprintf(stderr, "%s%s\n", is_looking ? "warning: " : "", owner.error().detail.c_str());
  if (!owner && !is_looking) return kExitFailed;
  Log log({.format = config.hub().log_format == "json" ? LogFormat::kJson : LogFormat::kText,
           .level = level_of(config.hub().log_level)});
  if (owner && !owner->empty() && !is_looking) {
    log.write(LogLevel::kInfo, "hub", "goes on as the user that data_dir belongs to", {{"user", *owner}});
  }
  Hub hub(config, log, "/proc/self/exe");
  hub.configure();
  if (!tell(config)) return leave(hub, kExitConfiguration);
  if (line.command == Command::kConfigShow) {
    const std::string shown = show_configuration(hub, config, line.is_json);
    std::fwrite(shown.data(), 1, shown.size(), stdout);
    return leave(hub, 0);
  }
  if (line.command == Command::kOptions) return leave(hub, print_options(hub, line.format));
  if (is_looking && !hub.is_configured()) return leave(hub, kExitConfiguration);  // the log has said why
  if (line.command == Command::kCheck) return leave(hub, run_check(hub, config, data_dir));
  if (line.command == Command::kDoctor) return leave(hub, run_doctor(hub, config, data_dir, line.is_json));
  if (line.command == Command::kTools) return leave(hub, print_tools(hub));
  if (line.command == Command::kTool) return leave(hub, run_tool(hub, data_dir, line.words, stop_signal));
  return leave(hub, run(hub, data_dir, log, stop_signal));
}
