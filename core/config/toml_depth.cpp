#include "core/config/toml_depth.hpp"

#include <algorithm>

namespace gatetorio::core {
namespace {

class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  std::optional<TextPlace> run() {
    while (!text_.empty()) {
      const char c = text_.front();
      if (c == '#') {
        skip(std::min(text_.find('\n'), text_.size()));
      } else if (c == '"' || c == '\'') {
        skip_string(c);
      } else if (is_too_deep(c)) {
        return place_;
      } else {
        skip(1);
      }
    }
    return std::nullopt;
  }

 private:
  bool is_too_deep(char c) {
    if (c == '.') return ++parts_ > kMaxTomlDepth;
    const bool opens = c == '[' || c == '{', closes = c == ']' || c == '}';
    if (opens) ++open_;
    if (closes && open_ > 0) --open_;
    if (opens || c == '=' || c == ',' || c == '\n') parts_ = 1;
    return open_ > kMaxTomlDepth;
  }

  // A string of one line, or of several between three quotes; those of `"` know escapes.
  void skip_string(char quote) {
    const bool is_long = text_.size() >= 3 && text_[1] == quote && text_[2] == quote;
    skip(is_long ? 3 : 1);
    while (!text_.empty()) {
      const char c = text_.front();
      if (!is_long && c == '\n') return;  // not closed: the parser says so
      if (c == '\\' && quote == '"') {
        skip(std::min<std::size_t>(2, text_.size()));
      } else if (c != quote) {
        skip(1);
      } else if (!is_long) {
        return skip(1);
      } else if (text_.size() >= 3 && text_[1] == quote && text_[2] == quote) {
        while (!text_.empty() && text_.front() == quote) skip(1);  // up to two of its own may stand before the end
        return;
      } else {
        skip(1);
      }
    }
  }

  void skip(std::size_t bytes) {
    for (const char c : text_.substr(0, bytes)) {
      const bool is_inside_character = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
      if (c == '\n') {
        ++place_.line;
        place_.column = 1;
      } else if (!is_inside_character) {
        ++place_.column;
      }
    }
    text_.remove_prefix(bytes);
  }

  std::string_view text_;
  TextPlace place_;
  std::size_t open_ = 0;
  std::size_t parts_ = 1;
};

}  // namespace

std::optional<TextPlace> too_deep_in_toml(std::string_view text) { return Scan(text).run(); }

bool is_too_deep_key(std::string_view key) {
  return static_cast<std::size_t>(std::count(key.begin(), key.end(), '.')) >= kMaxTomlDepth;
}

}  // namespace gatetorio::core
