#include "core/observe/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>
#include <vector>

#include "core/observe/escape.hpp"

namespace gatetorio::core {
namespace {

constexpr std::size_t kMaxMessageBytes = 4096;
constexpr std::size_t kMaxValueBytes = 2048;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxFields = 32;

std::string_view upper_name(LogLevel level) {
  constexpr std::array<std::string_view, 4> kNames = {"DEBUG", "INFO", "WARN", "ERROR"};
  return kNames[static_cast<std::size_t>(level) % kNames.size()];
}

std::string_view lower_name(LogLevel level) {
  constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warn", "error"};
  return kNames[static_cast<std::size_t>(level) % kNames.size()];
}

void append_time(std::string& line, std::chrono::system_clock::time_point time) {
  const auto since_epoch = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const std::time_t whole = seconds.count();
  std::tm utc = {};
  ::gmtime_r(&whole, &utc);
  std::array<char, 80> text;
  const int length = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900,
                                   utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                                   static_cast<int>((since_epoch - seconds).count()));
  line.append(text.data(), static_cast<std::size_t>(length));
}

constexpr std::array<bool, 256> word_characters() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/@+-")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}

bool is_word_character(char c) {
  static constexpr std::array<bool, 256> kTable = word_characters();
  return kTable[static_cast<unsigned char>(c)];
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_word_character);
}

// A name is a word even where a careless plugin takes it from a client.
void append_name(std::string& line, std::string_view name) {
  if (name.empty()) line += '_';
  for (const char c : name.substr(0, kMaxNameBytes)) line += is_word_character(c) ? c : '_';
}

// The value, cut where it is too long, with a note of how much is missing.
std::string_view cut(std::string_view text, std::size_t max_bytes, std::string& note) {
  const std::string_view kept = cut_text(text, max_bytes);
  note = kept.size() == text.size() ? "" : "...(+" + std::to_string(text.size() - kept.size()) + " bytes)";
  return kept;
}

void append_text_value(std::string& line, std::string_view value) {
  if (is_word(value) && value.size() <= kMaxValueBytes) {
    line += value;
    return;
  }
  std::string note;
  line += '"';
  append_escaped_text(line, cut(value, kMaxValueBytes, note));
  line += note + '"';
}

void append_json_string(std::string& line, std::string_view text, std::size_t max_bytes) {
  std::string note;
  line += '"';
  append_escaped_json(line, cut(text, max_bytes, note));
  line += note + '"';
}

std::string text_line(std::string line, LogLevel level, std::string_view component, std::string_view message,
                      std::span<const LogField> fields) {
  std::string note;
  line.append(" ").append(upper_name(level)).append(" ");
  append_name(line, component);
  line += ": ";
  append_escaped_text(line, cut(message, kMaxMessageBytes, note), Quotes::kKeep);
  line += note;
  for (const LogField& field : fields) {
    line += ' ';
    append_name(line, field.name);
    line += '=';
    append_text_value(line, field.value);
  }
  return line;
}

std::string json_line(std::string time, LogLevel level, std::string_view component, std::string_view message,
                      std::span<const LogField> fields) {
  std::string line = "{\"time\":\"" + std::move(time) + "\",\"level\":\"";
  line.append(lower_name(level)).append("\",\"component\":\"");
  append_name(line, component);
  line += "\",\"message\":";
  append_json_string(line, message, kMaxMessageBytes);
  const char* separator = ",\"fields\":{\"";
  for (const LogField& field : fields) {
    line += std::exchange(separator, ",\"");
    append_name(line, field.name);
    line += "\":";
    append_json_string(line, field.value, kMaxValueBytes);
  }
  return line + (fields.empty() ? "}" : "}}");
}

}  // namespace

std::string format_log_line(LogFormat format, std::chrono::system_clock::time_point time, LogLevel level,
                            std::string_view component, std::string_view message, std::span<const LogField> fields) {
  std::string line;
  line.reserve(160);
  append_time(line, time);
  std::vector<LogField> shown;
  std::string left_out;
  if (fields.size() > kMaxFields) {  // what is missing is said
    shown.assign(fields.begin(), fields.begin() + kMaxFields);
    left_out = std::to_string(fields.size() - kMaxFields);
    shown.push_back({"fields_left_out", left_out});
    fields = shown;
  }
  return format == LogFormat::kJson ? json_line(std::move(line), level, component, message, fields)
                                    : text_line(std::move(line), level, component, message, fields);
}

struct Log::Sink {
  explicit Sink(spdlog::sink_ptr sink) : logger("hub", std::move(sink)) {
    logger.set_level(spdlog::level::trace);  // filtered before, in write()
    logger.set_pattern("%v");
    logger.flush_on(spdlog::level::trace);
    // Where stderr is gone there is nowhere to complain.
    logger.set_error_handler([](const std::string&) {});
  }
  spdlog::logger logger;
};

Log::Log(Settings settings)
    : settings_(settings), sink_(std::make_unique<Sink>(std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}

Log::Log(Settings settings, std::ostream& out)
    : settings_(settings), sink_(std::make_unique<Sink>(std::make_shared<spdlog::sinks::ostream_sink_mt>(out))) {}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view component, std::string_view message,
                std::span<const LogField> fields) noexcept {
  if (!enabled(level)) return;
  try {
    const auto now = std::chrono::system_clock::now();
    const std::string line = format_log_line(settings_.format, now, level, component, message, fields);
    sink_->logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  } catch (...) {  // no memory for one line is no reason to stop the hub
  }
}

}  // namespace gatetorio::core
