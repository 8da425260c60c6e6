// QR codes of short texts, as pictures.
#pragma once

#include <string>
#include <string_view>

#include "gatetorio/result.hpp"

namespace gatetorio::sharing {

inline constexpr std::string_view kSvg = "image/svg+xml", kPng = "image/png";

// Black on white, with the quiet zone of four modules. Errors: kInternal where the text does not fit (it has at most a
// few hundred bytes here). Pure; a fraction of a millisecond.
Result<std::string> qr_svg(const std::string& text);
Result<std::string> qr_png(const std::string& text);

}  // namespace gatetorio::sharing
