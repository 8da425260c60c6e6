#include "motion.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>
#include <cmath>
#include <sstream>

#include "gatetorio/json.hpp"

namespace gatetorio::commands {

namespace {

constexpr double kLastGate = 1'000'000;

Error wrong(std::string detail) { return {.status = Status::kInvalid, .detail = std::move(detail)}; }

Error wrong_member(const std::string& pointer, std::string detail) {
  return {.status = Status::kInvalid, .detail = "Some fields are wrong.", .fields = {{pointer, std::move(detail)}}};
}

// A string by what it says, anything else as it is written.
std::string said(std::string_view value) {
  if (value.empty() || value.front() != '"') return std::string(value);
  return std::string(std::string_view(boost::json::parse(value).as_string()));
}

// Some languages write 1 as 1.0.
std::optional<std::int64_t> gate_number(std::string_view text) {
  double number = -1;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = problem == std::errc() && end == text.data() + text.size() && number == std::floor(number);
  return is_whole && number >= 0 && number <= kLastGate ? std::optional(static_cast<std::int64_t>(number))
                                                        : std::nullopt;
}

}  // namespace

std::string word_of(Verb verb) { return boost::describe::enum_to_string(verb, "other"); }

std::vector<std::string> default_verb_patterns() {
  return {"open: cmd=pulse key=cmd_open",     "close: cmd=pulse key=cmd_close",   "stop: cmd=pulse key=cmd_stop",
          "partial: cmd=pulse key=partial_*", "toggle: cmd=pulse key=step_logic", "open: action=open_gate",
          "close: action=close_gate",         "stop: action=stop_gate",           "partial: action=partial_*",
          "toggle: action=toggle_gate"};
}

Result<VerbPatterns> VerbPatterns::read(const std::vector<std::string>& lines, std::string gate_member) {
  VerbPatterns out;
  out.gate_member_ = std::move(gate_member);
  for (const std::string& line : lines) {
    const auto colon = line.find(':');
    Pattern pattern;
    const bool is_verb = colon != std::string::npos &&
                         boost::describe::enum_from_string(line.substr(0, colon).c_str(), pattern.verb) &&
                         pattern.verb != Verb::other;
    if (!is_verb) return wrong("'" + line + "' must begin with open, close, stop, partial or toggle and a colon");
    std::istringstream words(line.substr(colon + 1));
    for (std::string word; words >> word;) {
      const auto equals = word.find('=');
      if (equals == 0 || equals == std::string::npos) {
        return wrong("'" + word + "' in '" + line + "' must be member=value");
      }
      Condition condition{word.substr(0, equals), word.substr(equals + 1)};
      condition.is_prefix = condition.value.ends_with('*');
      if (condition.is_prefix) condition.value.pop_back();
      pattern.conditions.push_back(std::move(condition));
    }
    if (pattern.conditions.empty()) return wrong("'" + line + "' names no member, and every command would fit");
    out.patterns_.push_back(std::move(pattern));
  }
  return out;
}

Result<Motion> VerbPatterns::motion_of(std::string_view command, Unclear unclear) const {
  const std::vector<json::MemberText> members = json::members(command);
  Motion motion;
  std::optional<Verb> second;
  for (const Pattern& pattern : patterns_) {
    std::string place;
    const bool fits =
        std::all_of(pattern.conditions.begin(), pattern.conditions.end(), [&](const Condition& condition) {
          const auto value = json::find_member(members, condition.member);
          if (!value) return false;
          const std::string text = said(*value);
          if (!condition.is_prefix) return text == condition.value;
          if (!text.starts_with(condition.value)) return false;
          place += text.substr(condition.value.size());
          return true;
        });
    if (!fits) continue;
    if (motion.verb != Verb::other && motion.verb != pattern.verb) second = pattern.verb;
    if (motion.verb == Verb::other) motion.place = std::move(place);
    if (motion.verb == Verb::other || pattern.verb == Verb::stop) motion.verb = pattern.verb;
  }
  const bool is_stop = motion.verb == Verb::stop;  // which nothing that is unclear keeps from the gate
  if (second && !is_stop) {
    // Nobody could say which rules it has to obey.
    const std::string both = word_of(motion.verb) + " and " + word_of(*second);
    if (unclear == Unclear::kRefuse) return wrong_member("/command", "says two things: " + both);
    motion = {};
  }
  const auto gate = json::find_member(members, gate_member_);
  motion.names_gate = gate && *gate != "null";
  if (!motion.names_gate || motion.verb == Verb::other) return motion;
  const auto number = gate_number(said(*gate));
  if (!number && !is_stop && unclear == Unclear::kRefuse) {
    return wrong_member("/command/" + gate_member_, "must be the number of a gate, a whole one from 0 to 1000000");
  }
  motion.names_gate = number.has_value();
  motion.gate = number.value_or(1);
  return motion;
}

}  // namespace gatetorio::commands
