#include "core/app/finding.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "core/observe/escape.hpp"

namespace gatetorio::core {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& from, std::string_view key) {
  const json::value* found = from.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

const json::array& list_of(const json::object& from, std::string_view key) {
  static const json::array kNone;
  const json::value* found = from.if_contains(key);
  return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

Finding::Level level_of(std::string_view word) {
  if (word == "ok") return Finding::Level::kOk;
  return word == "warning" ? Finding::Level::kWarning : Finding::Level::kError;
}

std::string_view word_of(Finding::Level level) {
  if (level == Finding::Level::kOk) return "ok";
  return level == Finding::Level::kWarning ? "warning" : "error";
}

std::string escaped(std::string_view text) {
  std::string line;
  append_escaped_text(line, text, Quotes::kKeep);
  return line;
}

}  // namespace

PluginFindings read_findings(const std::string& plugin, const std::string& text) {
  PluginFindings read;
  boost::system::error_code unreadable;
  const json::value parsed = json::parse(text, unreadable);
  if (unreadable || !parsed.is_object()) {
    if (!text.empty())
      read.findings.push_back({Finding::Level::kError, plugin, {}, "its check says nothing readable", {}});
    return read;
  }
  for (const json::value& entry : list_of(parsed.get_object(), "findings")) {
    if (!entry.is_object()) continue;
    const json::object& given = entry.get_object();
    read.findings.push_back({level_of(text_of(given, "level")), plugin, text_of(given, "option"),
                             text_of(given, "detail"), text_of(given, "mend")});
  }
  for (const json::value& entry : list_of(parsed.get_object(), "listens")) {
    if (!entry.is_object()) continue;
    const json::object& given = entry.get_object();
    const json::value* port = given.if_contains("port");
    boost::system::error_code wrong;
    const auto number = port == nullptr ? std::uint16_t{0} : port->to_number<std::uint16_t>(wrong);
    if (!wrong && number != 0)
      read.listens.push_back({plugin, text_of(given, "option"), text_of(given, "host"), number});
  }
  return read;
}

bool has_error(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.level == Finding::Level::kError; });
}

std::string to_line(const Finding& finding, const Config& config) {
  const Problem problem{config.place_of(finding.plugin, finding.option), Config::key_of(finding.plugin, finding.option),
                        escaped(finding.detail) + (finding.mend.empty() ? "" : "; mend it: " + escaped(finding.mend))};
  return problem.to_line();
}

std::string to_report(const Findings& findings) {
  constexpr std::size_t kWidth = 8;  // of the longest word and a space
  std::string report;
  for (const Finding& finding : findings) {
    std::string word(word_of(finding.level));
    word.resize(kWidth, ' ');
    report += word + Config::key_of(finding.plugin, finding.option) + ": " + escaped(finding.detail) + "\n";
    if (!finding.mend.empty()) report += std::string(kWidth, ' ') + "mend it: " + escaped(finding.mend) + "\n";
  }
  return report;
}

std::string to_report_json(const Findings& findings, const Config& config) {
  json::array list;
  for (const Finding& finding : findings) {
    const Position at = config.place_of(finding.plugin, finding.option);
    std::string place = at.source ? *at.source : std::string();
    if (at.line != 0) place += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
    list.push_back(json::object{{"level", word_of(finding.level)},
                                {"key", Config::key_of(finding.plugin, finding.option)},
                                {"at", as_utf8(place)},
                                {"detail", as_utf8(finding.detail)},
                                {"mend", as_utf8(finding.mend)}});
  }
  return json::serialize(json::object{{"healthy", !has_error(findings)}, {"findings", std::move(list)}}) + "\n";
}

}  // namespace gatetorio::core
