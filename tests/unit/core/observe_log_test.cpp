#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/observe/escape.hpp"
#include "core/observe/log.hpp"
#include "gatetorio/utf8.hpp"

namespace gatetorio::core {
namespace {

namespace json = boost::json;

constexpr std::chrono::system_clock::time_point kTime{std::chrono::milliseconds(1795417200007)};

std::string text_line(std::string_view message, std::initializer_list<LogField> fields) {
  return format_log_line(LogFormat::kText, kTime, LogLevel::kInfo, "demo", message, {fields.begin(), fields.size()});
}

std::string json_line(std::string_view message, std::initializer_list<LogField> fields) {
  return format_log_line(LogFormat::kJson, kTime, LogLevel::kWarn, "demo", message, {fields.begin(), fields.size()});
}

struct Hostile {
  std::string_view bytes;
  std::string_view in_text;
  std::string_view in_json;
};

using namespace std::string_view_literals;

const Hostile kHostile[] = {
    {"a\nb", R"(a\nb)", R"(a\nb)"},
    {"a\r\n2026-11-23T07:00:00.000Z INFO x: forged", R"(a\r\n2026-11-23T07:00:00.000Z INFO x: forged)",
     R"(a\r\n2026-11-23T07:00:00.000Z INFO x: forged)"},
    {"\x1b[31mred\x1b[0m", R"(\x1b[31mred\x1b[0m)", R"(\u001b[31mred\u001b[0m)"},
    {"\0nul"sv, R"(\x00nul)", R"(\u0000nul)"},
    {"tab\tdel\x7f", R"(tab\tdel\x7f)", R"(tab\tdel\u007f)"},
    {"\xc2\x9b"
     "31m",
     R"(\u009b31m)", R"(\u009b31m)"},  // CSI in one character
    {"\xe2\x80\xae"
     "gpj.exe",
     R"(\u202egpj.exe)", R"(\u202egpj.exe)"},                // right-to-left override
    {"\xe2\x80\xa8line", R"(\u2028line)", R"(\u2028line)"},  // line separator
    {"a\xe2\x80\x8b"
     "b",
     R"(a\u200bb)", R"(a\u200bb)"},                            // zero width space
    {"\xf3\xa0\x81\x81", R"(\U000e0041)", R"(\udb40\udc41)"},  // tag letter
    {"\xff\xfe", R"(\xff\xfe)", R"(\ufffd\ufffd)"},
    {"\xc0\x8a", R"(\xc0\x8a)", R"(\ufffd\ufffd)"},                // an overlong newline
    {"\xed\xa0\x80", R"(\xed\xa0\x80)", R"(\ufffd\ufffd\ufffd)"},  // a surrogate
    {"\xf4\x90\x80\x80", R"(\xf4\x90\x80\x80)", R"(\ufffd\ufffd\ufffd\ufffd)"},
    {"cut \xe2\x82", R"(cut \xe2\x82)", R"(cut \ufffd\ufffd)"},
    {R"(back\slash\n)", R"(back\\slash\\n)", R"(back\\slash\\n)"},
    {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x9a\xaa", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x9a\xaa",
     "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x9a\xaa"},
};

}  // namespace

TEST_CASE("hostile bytes come out harmless in a field and in the message", "[log]") {
  for (const Hostile& row : kHostile) {
    INFO(row.in_text);
    const std::string text = text_line(row.bytes, {{"f", row.bytes}});
    CHECK(text == "2026-11-23T07:00:00.007Z INFO demo: " + std::string(row.in_text) + " f=\"" +
                      std::string(row.in_text) + "\"");
    const std::string line = json_line(row.bytes, {{"f", row.bytes}});
    CHECK(line == R"({"time":"2026-11-23T07:00:00.007Z","level":"warn","component":"demo","message":")" +
                      std::string(row.in_json) + R"(","fields":{"f":")" + std::string(row.in_json) + R"("}})");
    CHECK_NOTHROW(json::parse(line));
  }
}

TEST_CASE("no single byte and no pair of bytes gets a control character into a line", "[log]") {
  std::size_t bad = 0;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first), static_cast<char>(second)};
      const std::string text = text_line(bytes, {{bytes, bytes}});
      const std::string line = json_line(bytes, {{bytes, bytes}});
      for (const char c : text + line) bad += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? 1 : 0;
      bad += utf8::valid(text) && utf8::valid(line) ? 0 : 1;
      boost::system::error_code failed;
      json::parse(line, failed);
      bad += failed ? 1 : 0;
    }
  }
  CHECK(bad == 0);
}

TEST_CASE("a value is quoted where it is more than a word", "[log]") {
  CHECK(text_line("m", {{"a", "word"}, {"b", "127.0.0.1:80"}, {"c", ""}, {"d", "two words"}, {"e", "x=y"}, {"f", "\""}})
            .substr(36) == R"(m a=word b=127.0.0.1:80 c="" d="two words" e="x=y" f="\"")");
  CHECK(text_line("say \"hi\"", {}).substr(36) == R"(say "hi")");
}

TEST_CASE("names that are no words become such", "[log]") {
  CHECK(text_line("m", {{"a b=c\n", "x"}, {"", "y"}}).substr(36) == "m a_b_c_=x _=y");
}

TEST_CASE("long values are cut between characters and say so", "[log]") {
  const std::string line = text_line("m", {{"f", std::string(2047, 'x') + "\xc3\xa4\xc3\xa4"}});
  CHECK(line.substr(line.size() - 15) == "x...(+4 bytes)\"");
  CHECK(text_line(std::string(1'000'000, 'm'), {}).size() < 5'000);
  const std::vector<LogField> many(10'000, LogField{"f", "x"});
  CHECK(format_log_line(LogFormat::kText, kTime, LogLevel::kInfo, "demo", "m", many).size() < 200);
}

TEST_CASE("lines below the level are not written", "[log]") {
  std::ostringstream out;
  Log log({LogFormat::kText, LogLevel::kWarn}, out);
  log.write(LogLevel::kInfo, "demo", "quiet");
  log.write(LogLevel::kWarn, "demo", "first");
  log.write(LogLevel::kError, "demo", "{} second {0}");  // no format string
  CHECK_FALSE(log.enabled(LogLevel::kDebug));
  CHECK(log.enabled(LogLevel::kError));
  CHECK(out.str().find("quiet") == std::string::npos);
  CHECK(out.str().find(" WARN demo: first\n") != std::string::npos);
  CHECK(out.str().find(" ERROR demo: {} second {0}\n") != std::string::npos);
}

TEST_CASE("a line says how many fields it leaves out", "[log]") {
  const std::vector<LogField> fields(40, {"f", "1"});
  const auto line = [&](LogFormat format, std::size_t count) {
    return format_log_line(format, kTime, LogLevel::kInfo, "demo", "m", std::span(fields).first(count));
  };
  CHECK(line(LogFormat::kText, 40).ends_with(" f=1 fields_left_out=8"));
  CHECK(line(LogFormat::kJson, 33).ends_with(R"("f":"1","fields_left_out":"1"}})"));
  CHECK(line(LogFormat::kText, 32).ends_with(" f=1 f=1"));
}

TEST_CASE("lines of several threads never mix", "[log]") {
  constexpr int kThreads = 4;
  constexpr int kLines = 500;
  std::ostringstream out;
  {
    Log log({LogFormat::kText, LogLevel::kInfo}, out);
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&log, t] {
        const std::string value(200, static_cast<char>('a' + t));
        for (int i = 0; i < kLines; ++i) log.write(LogLevel::kInfo, "demo", "m", {{"v", value}});
      });
    }
  }
  std::istringstream lines(out.str());
  int whole = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string value = line.substr(line.find("v=") + 2);
    whole += value == std::string(200, value[0]) ? 1 : 0;
  }
  CHECK(whole == kThreads * kLines);
}

}  // namespace gatetorio::core
