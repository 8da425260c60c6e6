#include "core/operations/route.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace gatetorio::core {

namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
constexpr std::size_t kMostParameters = 8;
constexpr std::size_t kMostBytes = 512;

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    segments.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return segments;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

bool is_name(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.front() >= 'a' && std::all_of(name.begin(), name.end(), fits);
}

// RFC 3986, section 2.3: unreserved.
bool is_plain(std::string_view segment) {
  return std::all_of(segment.begin(), segment.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
  });
}

}  // namespace

std::string check_route(std::string_view method, std::string_view path) {
  if (method.empty() && path.empty()) return {};
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
    return "'method' must be one of GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS";
  }
  if (!path.starts_with('/')) return "'path' must begin with /";
  if (path.size() > kMostBytes) return "'path' must have at most 512 bytes";
  std::vector<std::string_view> names;
  for (const std::string_view segment : segments_of(path)) {
    if (segment.empty()) return "'path' has an empty segment";
    if (segment == "." || segment == "..") return "'path' has a segment of dots alone";
    if (!is_parameter(segment)) {
      if (is_plain(segment)) continue;
      return "'path' has the segment '" + std::string(segment) + "': letters, digits and - . _ ~, or {parameter}";
    }
    const std::string_view name = segment.substr(1, segment.size() - 2);
    if (!is_name(name)) return "'path' has a parameter whose name is not lower-case letters, digits and _";
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return "'path' has the parameter '" + std::string(name) + "' twice";
    }
    names.push_back(name);
  }
  return names.size() > kMostParameters ? "'path' has more than 8 parameters" : "";
}

std::string shape_of(std::string_view path) {
  std::string shape;
  for (const std::string_view segment : segments_of(path)) {
    shape.append("/").append(is_parameter(segment) ? "{}" : segment);
  }
  return shape;
}

}  // namespace gatetorio::core
