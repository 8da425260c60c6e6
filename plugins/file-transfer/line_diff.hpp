// What changed between two texts, line by line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatetorio::file_transfer {

// A JSON document with one member or element a line, so that a diff says what changed; other text as it is.
std::string laid_out(const std::string& text);

// The shortest edit script (Myers): lines of `from` with "-", of `to` with "+", common ones with " ". Empty text for
// equal ones; nothing where they differ in more than 1,000 lines. Pure; at most some 10 ms.
std::optional<std::string> line_diff(std::string_view from, std::string_view to);

}  // namespace gatetorio::file_transfer
