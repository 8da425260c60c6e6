#include "core/observe/escape.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gatetorio::core {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

struct Character {
  std::uint32_t code_point = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

// The first character. Refuses overlong forms, surrogates and what lies above U+10FFFF.
Character decode(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length) return {};
  std::uint32_t code_point = byte(0) & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code_point = code_point << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < kSmallest[length] || is_surrogate || code_point > 0x10ffff) return {};
  return {code_point, length};
}

bool is_harmful(std::uint32_t c) {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == '\\') return true;
  if (c < 0x061c) return c == 0xad;                                       // soft hyphen
  if (c == 0x061c || c == 0x180e || c == 0xfeff) return true;             // Arabic letter mark, vowel separator, BOM
  if (c >= 0x200b && c <= 0x200f) return true;                            // zero width, left and right marks
  if (c >= 0x2028 && c <= 0x202e) return true;                            // separators, embeddings, overrides
  if (c >= 0x2060 && c <= 0x206f) return true;                            // isolates, invisible operators
  return (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);  // annotations; tags
}

// Appends the plain ASCII at the beginning of `text`, which is nearly always all of it, and removes it.
void take_plain(std::string& out, std::string_view& text) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '\\' && c != '"'; };
  const auto end = std::find_if_not(text.begin(), text.end(), is_plain);
  const auto length = static_cast<std::size_t>(end - text.begin());
  out += text.substr(0, length);
  text.remove_prefix(length);
}

void append_hex(std::string& out, std::uint32_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 0xf];
}

void append_unicode(std::string& out, std::uint32_t code_point) {
  out += "\\u";
  append_hex(out, code_point, 4);
}

// The escapes that a person knows by heart; true where there is one.
bool append_short(std::string& out, std::uint32_t c) {
  switch (c) {
    case '\\':
      out += "\\\\";
      return true;
    case '\n':
      out += "\\n";
      return true;
    case '\r':
      out += "\\r";
      return true;
    case '\t':
      out += "\\t";
      return true;
    default:
      return false;
  }
}

}  // namespace

void append_escaped_text(std::string& out, std::string_view text, Quotes quotes) {
  for (take_plain(out, text); !text.empty(); take_plain(out, text)) {
    const Character c = decode(text);
    const std::size_t bytes = c.bytes == 0 ? 1 : c.bytes;
    if (c.bytes == 0) {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(text[0]), 2);
    } else if (c.code_point == '"' && quotes == Quotes::kEscape) {
      out += "\\\"";
    } else if (!is_harmful(c.code_point)) {
      out += text.substr(0, bytes);
    } else if (!append_short(out, c.code_point)) {
      out += c.code_point < 0x80 ? "\\x" : c.code_point < 0x10000 ? "\\u" : "\\U";
      append_hex(out, c.code_point, c.code_point < 0x80 ? 2 : c.code_point < 0x10000 ? 4 : 8);
    }
    text.remove_prefix(bytes);
  }
}

void append_escaped_json(std::string& out, std::string_view text) {
  for (take_plain(out, text); !text.empty(); take_plain(out, text)) {
    const Character c = decode(text);
    const std::size_t bytes = c.bytes == 0 ? 1 : c.bytes;
    if (c.bytes == 0) {
      out += "\\ufffd";
    } else if (c.code_point == '"') {
      out += "\\\"";
    } else if (!is_harmful(c.code_point)) {
      out += text.substr(0, bytes);
    } else if (c.code_point >= 0x10000) {
      append_unicode(out, 0xd800 + ((c.code_point - 0x10000) >> 10));
      append_unicode(out, 0xdc00 + ((c.code_point - 0x10000) & 0x3ff));
    } else if (!append_short(out, c.code_point)) {
      append_unicode(out, c.code_point);
    }
    text.remove_prefix(bytes);
  }
}

std::string as_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character c = decode(text);
    const std::size_t bytes = c.bytes == 0 ? 1 : c.bytes;
    out += c.bytes == 0 ? kReplacement : text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Character c = decode(text);
    if (c.bytes == 0) return false;
    text.remove_prefix(c.bytes);
  }
  return true;
}

std::string_view cut_text(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  for (int back = 0; back < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80; ++back) --end;
  const bool is_start = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
  return text.substr(0, is_start ? end : max_bytes);  // a run of stray continuation bytes is no character
}

}  // namespace gatetorio::core
