// The request target: strict reading of path and query into decoded pieces.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatetorio::transport_http {

// Path segments and query parameters, decoded. Reuse one object: after a few requests it allocates nothing any more.
// Its views live until the next `parse`, as long as the text that was parsed does.
class Target {
 public:
  static constexpr std::size_t kMaxSegments = 32;
  static constexpr std::size_t kMaxQueryParams = 32;

  // Reads "/a/b?c=d" or "http://host/a/b?c=d". Returns an empty string, or what is wrong with it: no path, a bad
  // percent escape, control characters, bytes that are not UTF-8, a segment "." or "..", a parameter given twice, too
  // many.
  // "%2F" stays inside its segment; nothing is normalised, "+" is a space in the query only.
  std::string_view parse(std::string_view target);

  const std::vector<std::string_view>& segments() const { return segments_; }
  const std::vector<std::pair<std::string_view, std::string_view>>& query() const { return query_; }
  // The path as it was sent, without query.
  std::string_view raw_path() const { return raw_path_; }

 private:
  std::string_view parse_path(std::string_view path);
  std::string_view parse_query(std::string_view query);
  bool decode(std::string_view raw, bool plus_is_space, std::string_view& decoded);

  std::string_view raw_path_;
  std::vector<std::string_view> segments_;
  std::vector<std::pair<std::string_view, std::string_view>> query_;
  std::string decoded_;  // escaped pieces; reserved up front, so that views into it stay valid
};

// True where `text` is well-formed UTF-8 without control characters.
bool is_clean_text(std::string_view text);

}  // namespace gatetorio::transport_http
