#include "support/qr_reader.hpp"

#include <png.h>
#include <zbar.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace gatetorio::testing {

namespace {

std::string scan(const std::vector<unsigned char>& gray, unsigned side) {
  zbar::ImageScanner scanner;
  scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
  scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
  zbar::Image image(side, side, "Y800", gray.data(), gray.size());
  if (scanner.scan(image) != 1) return {};
  return image.symbol_begin()->get_data();
}

}  // namespace

std::string read_qr_png(const std::string& png) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, png.data(), png.size()) == 0) return {};
  image.format = PNG_FORMAT_GRAY;
  std::vector<unsigned char> gray(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, gray.data(), 0, nullptr) == 0) return {};
  return image.width == image.height ? scan(gray, image.width) : std::string();
}

std::string read_qr_svg(const std::string& svg) {
  constexpr unsigned kScale = 6;
  const auto box = svg.find("viewBox=\"0 0 ");
  if (box == std::string::npos) return {};
  const auto modules = static_cast<unsigned>(std::strtoul(svg.c_str() + box + 13, nullptr, 10));
  const unsigned side = modules * kScale;
  std::vector<unsigned char> gray(std::size_t{side} * side, 255);
  for (auto at = svg.find(" d=\"M"); at != std::string::npos; at = svg.find('M', at + 1)) {
    if (svg[at] == ' ') at += 4;
    unsigned x = 0, y = 0, width = 0;
    if (std::sscanf(svg.c_str() + at, "M%u %uh%uv1", &x, &y, &width) != 3) return {};
    for (unsigned row = y * kScale; row < (y + 1) * kScale; ++row) {
      for (unsigned column = x * kScale; column < (x + width) * kScale; ++column) gray[row * side + column] = 0;
    }
  }
  return scan(gray, side);
}

}  // namespace gatetorio::testing
