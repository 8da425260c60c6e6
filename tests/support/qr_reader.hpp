// Reads QR codes as a phone does.
#pragma once

#include <string>

namespace gatetorio::testing {

// What the QR code on a picture says; empty where there is none. `png`: the bytes of a PNG file.
std::string read_qr_png(const std::string& png);
// The same of an SVG that is made of black runs "M<x> <y>h<width>v1h-<width>z" in a square viewBox.
std::string read_qr_svg(const std::string& svg);

}  // namespace gatetorio::testing
