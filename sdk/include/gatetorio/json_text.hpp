// The members of a JSON object as pieces of its text. A number that is parsed and written again may look different
// (12.0 becomes 1.2E1, thirty digits become seventeen); a piece of text does not.
#pragma once

#include <algorithm>
#include <boost/json/parse.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatetorio::json {

struct MemberText {
  std::string name;        // without quotes and escapes
  std::string_view value;  // without the space around it; points into the object's text
};

namespace detail {

// Walks over JSON text that is known to be valid.
class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}

  char peek() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void skip() { ++at_; }
  std::string_view value() {
    const char first = peek();
    const std::size_t start = at_;
    if (first == '"') {
      string();
    } else if (first == '{' || first == '[') {
      nested();
    } else {
      while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != ',' && text_[at_] != '}' && text_[at_] != ']')
        ++at_;
    }
    return text_.substr(start, at_ - start);
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  void string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }
  void nested() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        string();
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace detail

// The members in their order, repeated names too. `object`: the text of a valid JSON object.
inline std::vector<MemberText> members(std::string_view object) {
  std::vector<MemberText> list;
  detail::TextReader reader(object);
  if (reader.peek() != '{') return list;
  reader.skip();
  while (reader.peek() == '"') {
    const std::string_view quoted = reader.value();
    std::string name(quoted.substr(1, quoted.size() - 2));
    if (name.find('\\') != std::string::npos) name = std::string_view(boost::json::parse(quoted).as_string());
    reader.peek();
    reader.skip();  // the colon
    list.push_back({std::move(name), reader.value()});
    if (reader.peek() == ',') reader.skip();
  }
  return list;
}

// The values of a list. `array`: the text of a valid JSON array.
inline std::vector<std::string_view> elements(std::string_view array) {
  std::vector<std::string_view> list;
  detail::TextReader reader(array);
  if (reader.peek() != '[') return list;
  reader.skip();
  while (reader.peek() != ']' && reader.peek() != '\0') {
    list.push_back(reader.value());
    if (reader.peek() == ',') reader.skip();
  }
  return list;
}

// The value of a member; of several with this name the last, as Boost.JSON has it.
inline std::optional<std::string_view> find_member(const std::vector<MemberText>& list, std::string_view name) {
  const auto found =
      std::find_if(list.rbegin(), list.rend(), [&](const MemberText& member) { return member.name == name; });
  return found == list.rend() ? std::nullopt : std::optional(found->value);
}

}  // namespace gatetorio::json
