// The hub's log: one line an event on stderr (stdout belongs to the `ready` line), as text
//
//   2026-11-23T07:00:00.000Z INFO registration: message key=value key2="quoted value"
//
// or as one JSON object a line
//
//   {"time":"2026-11-23T07:00:00.000Z","level":"info","component":"registration","message":"message",
//    "fields":{"key":"value"}}                                              (in one line)
//
// Every part is escaped (escape.hpp) and cut: what a client sends can neither forge a line or a colour nor flood it.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gatetorio::core {

enum class LogLevel : std::uint8_t { kDebug = 0, kInfo = 1, kWarn = 2, kError = 3 };  // as in the plugin ABI
enum class LogFormat : std::uint8_t { kText, kJson };

struct LogField {
  std::string_view name;
  std::string_view value;
};

// One line, without the newline. Of more than 32 fields it has the first ones, and fields_left_out says how many are
// missing.
std::string format_log_line(LogFormat format, std::chrono::system_clock::time_point time, LogLevel level,
                            std::string_view component, std::string_view message, std::span<const LogField> fields);

class Log {
 public:
  struct Settings {
    LogFormat format = LogFormat::kText;
    LogLevel level = LogLevel::kInfo;  // lines below it are not written
  };

  // Writes to stderr; the other one to a stream that outlives the log.
  explicit Log(Settings settings);
  Log(Settings settings, std::ostream& out);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Any thread; lines never mix. The line is written when it returns, so that a crash loses none; it waits for stderr
  // as long as its reader makes it wait. Never throws: a line that cannot be written is lost.
  void write(LogLevel level, std::string_view component, std::string_view message,
             std::span<const LogField> fields = {}) noexcept;
  void write(LogLevel level, std::string_view component, std::string_view message,
             std::initializer_list<LogField> fields) noexcept {
    write(level, component, message, std::span(fields.begin(), fields.size()));
  }

  bool enabled(LogLevel level) const noexcept { return level >= settings_.level; }

 private:
  struct Sink;
  const Settings settings_;
  const std::unique_ptr<Sink> sink_;
};

}  // namespace gatetorio::core
