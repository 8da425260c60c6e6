#include "core/config/problem.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <tuple>
#include <utility>

#include "core/observe/escape.hpp"

namespace gatetorio::core {
namespace {

constexpr std::size_t kMaxQuotedBytes = 60;
constexpr std::size_t kMaxComparedBytes = 64;

// Damerau-Levenshtein, the "optimal string alignment" form: insert, delete, replace, swap neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, current);
  }
  return last[b.size()];
}

// "ttl" for "ttl_seconds": the one candidate that begins with the name, or empty.
std::string_view completion(std::string_view name, const std::vector<std::string_view>& candidates) {
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    if (name.size() < 3 || candidate.substr(0, name.size()) != name) continue;
    if (!found.empty()) return {};
    found = candidate;
  }
  return found;
}

}  // namespace

std::string Problem::to_line() const {
  std::string line;
  if (at.source) {
    line += *at.source;
    if (at.line != 0) line += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
    line += ": ";
  }
  if (!key.empty()) line += key + ": ";
  return line + message;
}

void Problems::error(Position at, std::string key, std::string message) {
  errors.push_back({std::move(at), std::move(key), std::move(message)});
}

void Problems::warn(Position at, std::string key, std::string message) {
  warnings.push_back({std::move(at), std::move(key), std::move(message)});
}

void Problems::add_in_order(Problems found) {
  const auto place = [](const Problem& problem) {
    const std::string_view source = problem.at.source ? std::string_view(*problem.at.source) : std::string_view();
    return std::tuple(source, problem.at.line, problem.at.column);
  };
  const auto earlier = [&place](const Problem& a, const Problem& b) { return place(a) < place(b); };
  std::stable_sort(found.errors.begin(), found.errors.end(), earlier);
  std::stable_sort(found.warnings.begin(), found.warnings.end(), earlier);
  std::move(found.errors.begin(), found.errors.end(), std::back_inserter(errors));
  std::move(found.warnings.begin(), found.warnings.end(), std::back_inserter(warnings));
}

std::string printable(std::string_view text) {
  std::string out;
  append_escaped_text(out, cut_text(text, kMaxQuotedBytes));
  return text.size() > kMaxQuotedBytes ? out + "..." : out;
}

std::string in_quotes(std::string_view text) { return "\"" + printable(text) + "\""; }

std::string number_text(double number) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), static_cast<std::size_t>(end.ptr - text.data())};
}

std::string_view closest(std::string_view name, const std::vector<std::string_view>& candidates) {
  if (name.size() > kMaxComparedBytes) return {};
  // Two edits turn any three-letter word into any other, so short names get less.
  std::size_t best = name.size() <= 2 ? 0 : name.size() <= 4 ? 1 : 2;
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kMaxComparedBytes) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best || (distance == best && found.empty())) {
      best = distance;
      found = candidate;
    }
  }
  return found.empty() ? completion(name, candidates) : found;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates) {
  const std::string_view candidate = closest(name, candidates);
  return candidate.empty() ? std::string() : "; did you mean '" + std::string(candidate) + "'?";
}

}  // namespace gatetorio::core
