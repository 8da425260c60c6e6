#include "request.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "ignoring_case.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::array<std::string_view, kMethodCount> kMethodNames = {"GET",   "HEAD",   "POST",    "PUT",
                                                                     "PATCH", "DELETE", "OPTIONS", ""};

bool is_alphanumeric(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool same(std::string_view a, std::string_view b) { return equals_ignoring_case(a, b); }

// Cuts the part before `separator` off the front of `rest`.
std::string_view next_part(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = trim(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

// How much a media range likes a type: the quality, or -1 where it does not speak of it; the more exact range counts.
struct Liking {
  int exactness = -1;
  double quality = -1;
};

Liking liking_of(std::string_view range, std::string_view type) {
  const auto name = next_part(range, ';');
  Liking liking;
  if (same(name, type))
    liking.exactness = 2;
  else if (name.ends_with("/*") && name != "*/*" &&
           same(name.substr(0, name.size() - 1), type.substr(0, name.size() - 1)))
    liking.exactness = 1;
  else if (name == "*/*")
    liking.exactness = 0;
  else
    return liking;
  liking.quality = 1;
  while (!range.empty()) {
    auto value = next_part(range, ';');
    if (!same(next_part(value, '='), "q")) continue;
    double quality = 0;
    const auto text = trim(value);
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), quality);
    liking.quality = wrong == std::errc() ? quality : 0;
  }
  return liking;
}

}  // namespace

Method method_from(std::string_view name) {
  const auto found = std::find(kMethodNames.begin(), kMethodNames.end() - 1, name);
  return static_cast<Method>(found - kMethodNames.begin());
}

std::string_view method_name(Method method) { return kMethodNames[static_cast<std::size_t>(method)]; }

std::string_view Request::header(std::string_view name) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [name](const auto& field) { return same(field.first, name); });
  return found == fields.end() ? std::string_view{} : found->second;
}

bool Request::is_ambiguous(std::string_view name) const {
  const auto first = header(name);
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return same(field.first, name) && field.second != first; });
}

std::string_view Request::list(std::string_view name, std::string& buffer) const {
  std::string_view only;
  std::size_t lines = 0;
  for (const auto& [field, value] : fields) {
    if (!same(field, name)) continue;
    if (++lines == 1)
      only = value;
    else
      buffer.append(lines == 2 ? only : "").append(", ").append(value);
  }
  return lines > 1 ? std::string_view(buffer) : only;
}

bool is_request_id(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

bool is_media_type(std::string_view content_type, std::string_view wanted) {
  return same(next_part(content_type, ';'), next_part(wanted, ';'));
}

bool is_json_type(std::string_view content_type) {
  auto rest = content_type;
  const auto type = next_part(rest, ';');
  const bool json = same(type, "application/json") ||
                    (type.size() > 6 && same(type.substr(type.size() - 5), "+json") && type.find('/') != type.npos);
  if (!json) return false;
  while (!rest.empty()) {
    auto value = next_part(rest, ';');
    const auto name = next_part(value, '=');
    value = trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (same(name, "charset") && !same(value, "utf-8") && !same(value, "utf8")) return false;
  }
  return true;
}

bool is_form_type(std::string_view content_type) {
  return is_media_type(content_type, "application/x-www-form-urlencoded");
}

std::string_view first_media_type(std::string_view accept) {
  auto rest = accept;
  auto range = next_part(rest, ',');
  const auto type = next_part(range, ';');
  return type == "*/*" ? std::string_view{} : type;
}

std::string_view choose_media_type(std::string_view accept, const std::vector<std::string>& offered) {
  std::string_view best = offered.front();
  double best_quality = 0;
  for (const std::string& type : offered) {
    Liking known;
    for (auto rest = accept; !rest.empty();) {
      const Liking liking = liking_of(next_part(rest, ','), type);
      if (liking.exactness > known.exactness) known = liking;
    }
    if (known.quality > best_quality) {
      best = type;
      best_quality = known.quality;
    }
  }
  return best;
}

bool is_header_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    auto value = next_part(cookies, ';');
    if (next_part(value, '=') == name) return value;
  }
  return {};
}

}  // namespace gatetorio::transport_http
