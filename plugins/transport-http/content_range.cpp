#include "content_range.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace gatetorio::transport_http {
namespace {

constexpr std::string_view kUnit = "bytes=";

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || wrong != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// If-None-Match compares weakly: W/ does not matter.
bool is_listed(std::string_view list, std::string_view etag) {
  if (trim(list) == "*") return true;
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto tag = trim(list.substr(0, comma));
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  return false;
}

}  // namespace

RangeAnswer choose_range(const RangeRequest& request, std::uint64_t total, std::string_view etag) {
  const RangeAnswer everything{200, 0, total};
  if (!etag.empty() && !request.if_none_match.empty() && is_listed(request.if_none_match, etag)) return {304, 0, 0};
  if (request.range.empty() || etag.empty() || !request.range.starts_with(kUnit)) return everything;
  if (!request.if_range.empty() && trim(request.if_range) != etag) return everything;  // a date never fits
  const auto spec = trim(request.range.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return everything;
  const auto first = number(spec.substr(0, dash)), last = number(spec.substr(dash + 1));
  if (dash == 0) {  // "-500": the last 500 bytes
    if (!last) return everything;
    const auto length = std::min(*last, total);
    return length == 0 ? RangeAnswer{416, 0, 0} : RangeAnswer{206, total - length, length};
  }
  if (!first || (!last && dash + 1 != spec.size()) || (last && *last < *first)) return everything;
  if (*first >= total) return {416, 0, 0};
  const auto end = last ? std::min(*last, total - 1) : total - 1;
  return {206, *first, end - *first + 1};
}

std::string range_headers(const RangeAnswer& answer, std::uint64_t total, std::string_view etag) {
  std::string lines;
  if (!etag.empty()) lines.append("ETag: ").append(etag).append("\r\nAccept-Ranges: bytes\r\n");
  if (answer.status == 206) {
    lines.append("Content-Range: bytes ").append(std::to_string(answer.offset)).append("-");
    lines.append(std::to_string(answer.offset + answer.length - 1)).append("/").append(std::to_string(total));
    lines.append("\r\n");
  } else if (answer.status == 416) {
    lines.append("Content-Range: bytes */").append(std::to_string(total)).append("\r\n");
  }
  return lines;
}

}  // namespace gatetorio::transport_http
