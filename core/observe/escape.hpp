// Making hostile bytes harmless before they reach a terminal, a log or a metrics page.
//
// Escaped are: the backslash, bytes that are not UTF-8, and whatever ends a line, commands a terminal or changes how
// the rest of a line is shown without being seen (utf8::is_hidden, and joiners). So a client's text can neither end a
// line, colour it, nor reverse it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatetorio::core {

enum class Quotes { kEscape, kKeep };

// Appends `text` for a line of text: "\n", "\x1b", "\u202e", "\xff" (a byte that is not UTF-8).
void append_escaped_text(std::string& out, std::string_view text, Quotes quotes = Quotes::kEscape);

// Appends `text` as the inside of a JSON string. A byte that is not UTF-8 becomes U+FFFD.
void append_escaped_json(std::string& out, std::string_view text);

// The text with U+FFFD for every byte that is not UTF-8.
std::string as_utf8(std::string_view text);

// The longest beginning of `text` with at most `max_bytes` bytes that doesn't cut a character in two.
std::string_view cut_text(std::string_view text, std::size_t max_bytes);

}  // namespace gatetorio::core
