#include "target.hpp"

#include <algorithm>

#include "gatetorio/utf8.hpp"

namespace gatetorio::transport_http {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool is_clean_text(std::string_view text) {
  return utf8::all_of(text, [](char32_t c) { return c >= 0x20 && c != 0x7f; });
}

std::string_view Target::parse(std::string_view target) {
  segments_.clear();
  query_.clear();
  decoded_.clear();
  if (decoded_.capacity() < target.size()) decoded_.reserve(target.size());

  if (target.starts_with("http://") || target.starts_with("https://")) {
    const auto path = target.find('/', target.find("//") + 2);
    if (path == std::string_view::npos) return "The request target has no path.";
    target.remove_prefix(path);
  }
  if (!target.starts_with('/')) return "The request target has no path.";
  if (target.find('#') != std::string_view::npos) return "The request target has a fragment.";
  const auto question = target.find('?');
  raw_path_ = target.substr(0, question);
  const auto wrong = parse_path(raw_path_);
  if (!wrong.empty() || question == std::string_view::npos) return wrong;
  return parse_query(target.substr(question + 1));
}

std::string_view Target::parse_path(std::string_view path) {
  path.remove_prefix(1);
  while (true) {
    const auto slash = path.find('/');
    if (segments_.size() == kMaxSegments) return "The path has too many segments.";
    std::string_view segment;
    if (!decode(path.substr(0, slash), false, segment)) return "The path has a bad percent escape or character.";
    if (segment == "." || segment == "..") return "The path has a dot segment.";
    segments_.push_back(segment);
    if (slash == std::string_view::npos) return {};
    path.remove_prefix(slash + 1);
  }
}

std::string_view Target::parse_query(std::string_view query) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    if (query_.size() == kMaxQueryParams) return "The query has too many parameters.";
    const auto equals = pair.find('=');
    std::string_view name;
    std::string_view value;
    const auto raw_value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    if (!decode(pair.substr(0, equals), true, name) || !decode(raw_value, true, value)) {
      return "The query has a bad percent escape or character.";
    }
    const auto same_name = [name](const auto& other) { return other.first == name; };
    if (std::any_of(query_.begin(), query_.end(), same_name)) return "A query parameter is given twice.";
    query_.emplace_back(name, value);
  }
  return {};
}

bool Target::decode(std::string_view raw, bool plus_is_space, std::string_view& decoded) {
  const bool plain =
      raw.find('%') == std::string_view::npos && !(plus_is_space && raw.find('+') != std::string_view::npos);
  if (plain) {
    decoded = raw;
    return is_clean_text(raw);
  }
  const auto start = decoded_.size();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '+' && plus_is_space) c = ' ';
    if (c == '%') {
      if (i + 2 >= raw.size()) return false;
      const int high = hex_value(raw[i + 1]);
      const int low = hex_value(raw[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    decoded_.push_back(c);
  }
  decoded = std::string_view(decoded_).substr(start);
  return is_clean_text(decoded);
}

}  // namespace gatetorio::transport_http
