#include "sql_text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace gatetorio::storage_postgres {
namespace {

constexpr std::array<std::string_view, 12> kAllowed = {"select", "insert", "update", "delete", "with",    "values",
                                                       "create", "alter",  "drop",   "merge",  "comment", "do"};
constexpr std::string_view kLedger = "gatetorio_migrations";
constexpr std::uint32_t kMostParameters = 65'535;  // the protocol's

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
         static_cast<unsigned char>(c) > 127;
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  SqlText scan() {
    while (at_ < sql_.size()) step();
    text_.is_empty = !has_code_;
    text_.parameters = static_cast<std::uint32_t>(seen_.size());
    text_.has_gap = text_.has_gap || std::find(seen_.begin(), seen_.end(), false) != seen_.end();
    return text_;
  }

 private:
  char at(std::size_t ahead) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }

  void step() {
    const char c = at(0);
    if (c == '-' && at(1) == '-') return skip_to('\n');
    if (c == '/' && at(1) == '*') return skip_comment();
    if (c == ';') is_beginning_ = true;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == ';') {
      ++at_;
      return;
    }
    has_code_ = true;
    if (c == '\'') return skip_quoted('\'', false);
    if (c == '"') return quoted_name();
    if (c == '$') return dollar();
    if (is_word(c)) return word();
    ++at_;
  }

  void skip_to(char end) { at_ = std::min(sql_.find(end, at_), sql_.size() - 1) + 1; }

  void skip_comment() {
    int depth = 0;
    do {
      if (at(0) == '/' && at(1) == '*') {
        ++depth;
        at_ += 2;
      } else if (at(0) == '*' && at(1) == '/') {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < sql_.size());
  }

  // A doubled quote inside is read as the end of one literal and the beginning of the next: the same for this purpose.
  void skip_quoted(char quote, bool has_escapes) {
    for (++at_; at_ < sql_.size() && at(0) != quote; ++at_) {
      if (has_escapes && at(0) == '\\') ++at_;
    }
    ++at_;
  }

  void quoted_name() {
    const std::size_t begin = at_ + 1;
    skip_quoted('"', false);
    look_for_ledger(sql_.substr(std::min(begin, sql_.size()), at_ - begin - 1));
  }

  void word() {
    const std::size_t begin = at_;
    while (is_word(at(0)) || at(0) == '$') ++at_;
    std::string name(sql_.substr(begin, at_ - begin));
    std::transform(name.begin(), name.end(), name.begin(), lower);
    look_for_ledger(name);
    if (name == "e" && at(0) == '\'') skip_quoted('\'', true);
    if (is_beginning_) {
      text_.is_allowed = text_.is_allowed && std::find(kAllowed.begin(), kAllowed.end(), name) != kAllowed.end();
    }
    is_beginning_ = false;
  }

  void dollar() {
    if (is_digit(at(1))) return parameter();
    const std::size_t end = sql_.find('$', at_ + 1);
    const bool is_tag =
        end != std::string_view::npos && std::all_of(sql_.begin() + static_cast<std::ptrdiff_t>(at_) + 1,
                                                     sql_.begin() + static_cast<std::ptrdiff_t>(end), is_word);
    if (!is_tag) {
      ++at_;
      return;
    }
    const std::string_view tag = sql_.substr(at_, end - at_ + 1);
    const std::size_t close = sql_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? sql_.size() : close + tag.size();
  }

  void parameter() {
    std::uint64_t number = 0;
    for (++at_; is_digit(at(0)); ++at_) {
      number = std::min<std::uint64_t>(number * 10 + static_cast<std::uint64_t>(at(0) - '0'), kMostParameters + 1);
    }
    if (number == 0 || number > kMostParameters) {
      text_.has_gap = true;
      return;
    }
    if (seen_.size() < number) seen_.resize(number, false);
    seen_[number - 1] = true;
  }

  void look_for_ledger(std::string_view name) { text_.names_ledger = text_.names_ledger || name == kLedger; }

  std::string_view sql_;
  std::size_t at_ = 0;
  SqlText text_;
  bool has_code_ = false;
  bool is_beginning_ = true;  // the next word is a statement's first
  std::vector<bool> seen_;
};

}  // namespace

SqlText read_sql(std::string_view sql) { return Scanner(sql).scan(); }

}  // namespace gatetorio::storage_postgres
