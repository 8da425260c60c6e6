// The web pages that plugins bring (StaticPages of gatetorio/contributions.hpp): which file answers which path. Files
// are found and opened once, before the server starts: a request names nothing on the disk, and what is replaced there
// meanwhile is served from the next start on.
#pragma once

#include <cstdint>
#include <gatetorio/content.hpp>
#include <gatetorio/contributions.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gatetorio::transport_http {

// One form of a file: as it is, or compressed.
struct FileForm {
  std::string_view coding;  // "br", "gzip"; empty: as it is
  Descriptor file;
  std::uint64_t length = 0;
  std::string etag;  // strong, with its quotes
};

struct PageFile {
  std::string_view type;
  std::string headers;          // lines that every answer has
  std::vector<FileForm> forms;  // the smallest first; the last is the file as it is
  // The form for an Accept-Encoding header (RFC 9110 section 12.5.3).
  const FileForm& form_for(std::string_view accept_encoding) const;
};

// Filled before the server starts, then read by any thread.
class StaticFiles {
 public:
  // Takes the folder from the first of the `search_path` (folders, colons between) that has it. Returns an empty
  // string, or what is wrong: then nothing answers below pages.path.
  std::string add(const StaticPages& pages, std::string_view search_path);
  // The file that answers GET of this path (decoded segments), or NULL. Whatever lies below the path of pages and is no
  // file of theirs is their index.html, but for what is missing in assets/.
  const PageFile* find(const std::vector<std::string_view>& segments) const;
  // Where "/" leads; empty: nobody says.
  const std::string& home() const { return home_; }

 private:
  using Files = std::map<std::string, PageFile, std::less<>>;  // by path below the folder
  std::map<std::string, Files, std::less<>> pages_;            // by StaticPages::path
  std::string home_;
};

}  // namespace gatetorio::transport_http
