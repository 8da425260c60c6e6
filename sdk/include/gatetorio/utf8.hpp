// UTF-8: reading it character by character, and telling what does not show. The one place that knows its bytes.
#pragma once

#include <cstddef>
#include <string_view>

namespace gatetorio::utf8 {

struct Character {
  char32_t code_point = 0;
  std::size_t bytes = 0;  // 0: what stands there is not UTF-8
};

// The first character of a text that is not empty. Refuses overlong forms, surrogates and what lies above U+10FFFF.
constexpr Character first(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  char32_t code_point = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code_point = code_point << 6 | (byte(i) & 0x3fU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < kSmallest[size] || is_surrogate || code_point > 0x10ffff) return {};
  return {code_point, size};
}

// Whether every character fits; false also where something is not UTF-8.
template <class Fits>
constexpr bool all_of(std::string_view text, Fits fits) {
  while (!text.empty()) {
    const Character c = first(text);
    if (c.bytes == 0 || !fits(c.code_point)) return false;
    text.remove_prefix(c.bytes);
  }
  return true;
}

constexpr bool valid(std::string_view text) {
  return all_of(text, [](char32_t) { return true; });
}

// UTF-8 without a zero byte: what every database and every reader of JSON takes as text.
constexpr bool is_text(std::string_view bytes) {
  return all_of(bytes, [](char32_t c) { return c != 0; });
}

// In characters (code points), as the maxLength of a JSON schema counts. A byte that is not UTF-8 counts as one.
constexpr std::size_t length(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    const std::size_t bytes = first(text).bytes;
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return count;
}

// What ends a line, commands a terminal, or changes how its neighbours look without being seen itself: control
// characters (C0, DEL, C1), line and paragraph separators, bidirectional marks, overrides and isolates, zero width
// space and no-break space (BOM), word joiner, invisible operators, soft hyphen, annotations, tags.
// Not the joiners U+200C and U+200D: Persian, Indic scripts and emoji cannot be written without them.
constexpr bool is_hidden(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return true;
  if (c < 0x061c) return c == 0xad;                                       // soft hyphen
  if (c == 0x061c || c == 0x180e || c == 0xfeff) return true;             // Arabic letter mark, vowel separator, BOM
  if (c == 0x200b || c == 0x200e || c == 0x200f) return true;             // zero width space, left and right marks
  if (c >= 0x2028 && c <= 0x202e) return true;                            // separators, embeddings, overrides
  if (c >= 0x2060 && c <= 0x206f) return true;                            // word joiner, operators, isolates
  return (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);  // annotations; tags
}

}  // namespace gatetorio::utf8
