#include "qr_code.hpp"

#include <png.h>
#include <qrencode.h>

#include <memory>
#include <vector>

namespace gatetorio::sharing {

namespace {

constexpr int kQuiet = 4;          // modules of white around the code, as the standard asks
constexpr int kPixelsAModule = 8;  // of the PNG

using Code = std::unique_ptr<QRcode, decltype(&QRcode_free)>;

Code encode(const std::string& text) { return {QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), &QRcode_free}; }

bool is_black(const QRcode& code, int x, int y) {
  x -= kQuiet;
  y -= kQuiet;
  if (x < 0 || y < 0 || x >= code.width || y >= code.width) return false;
  return (code.data[y * code.width + x] & 1) != 0;
}

Error too_long() { return {.status = Status::kInternal, .detail = "The text does not fit into a QR code."}; }

}  // namespace

Result<std::string> qr_svg(const std::string& text) {
  const Code code = encode(text);
  if (!code) return too_long();
  const std::string side = std::to_string(code->width + 2 * kQuiet);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" viewBox=\"0 0 " + side + " " + side +
                    "\" shape-rendering=\"crispEdges\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
                    "<path fill=\"#000\" d=\"";
  for (int y = kQuiet; y < code->width + kQuiet; ++y) {
    for (int x = kQuiet; x < code->width + kQuiet; ++x) {
      if (!is_black(*code, x, y)) continue;
      int end = x + 1;
      while (is_black(*code, end, y)) ++end;
      svg += "M" + std::to_string(x) + " " + std::to_string(y) + "h" + std::to_string(end - x) + "v1h-" +
             std::to_string(end - x) + "z";
      x = end;
    }
  }
  return svg + "\"/></svg>\n";
}

Result<std::string> qr_png(const std::string& text) {
  const Code code = encode(text);
  if (!code) return too_long();
  const int side = (code->width + 2 * kQuiet) * kPixelsAModule;
  std::vector<png_byte> pixels(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const auto at = static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x);
      pixels[at] = is_black(*code, x / kPixelsAModule, y / kPixelsAModule) ? 0 : 255;
    }
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = static_cast<png_uint_32>(side);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = 0;
  if (png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr) == 0) return too_long();
  std::string png(size, '\0');
  if (png_image_write_to_memory(&image, png.data(), &size, 0, pixels.data(), 0, nullptr) == 0) return too_long();
  png.resize(size);
  return png;
}

}  // namespace gatetorio::sharing
