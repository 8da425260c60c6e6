#include "core/observe/escape.hpp"

#include <algorithm>
#include <cstdint>

#include "gatetorio/utf8.hpp"

namespace gatetorio::core {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// A joiner is no text of its own: beside other characters it could hide in a log.
bool is_harmful(char32_t c) { return c == '\\' || c == 0x200c || c == 0x200d || utf8::is_hidden(c); }

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
    const utf8::Character c = utf8::first(text);
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
    const utf8::Character c = utf8::first(text);
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
    const utf8::Character c = utf8::first(text);
    const std::size_t bytes = c.bytes == 0 ? 1 : c.bytes;
    out += c.bytes == 0 ? kReplacement : text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out;
}

std::string_view cut_text(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  for (int back = 0; back < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80; ++back) --end;
  const bool is_start = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
  return text.substr(0, is_start ? end : max_bytes);  // a run of stray continuation bytes is no character
}

}  // namespace gatetorio::core
