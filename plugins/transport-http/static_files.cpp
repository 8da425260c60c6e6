#include "static_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <gatetorio/secret.hpp>
#include <iterator>

#include "ignoring_case.hpp"
#include "request.hpp"

namespace gatetorio::transport_http {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kAssets = "assets/";
// Compressed copies lie beside a file under its name and one of these.
constexpr std::pair<std::string_view, std::string_view> kCodings[] = {{".br", "br"}, {".gz", "gzip"}};
constexpr std::pair<std::string_view, std::string_view> kTypes[] = {{".html", "text/html; charset=utf-8"},
                                                                    {".js", "text/javascript; charset=utf-8"},
                                                                    {".css", "text/css; charset=utf-8"},
                                                                    {".json", "application/json"},
                                                                    {".webmanifest", "application/manifest+json"},
                                                                    {".svg", "image/svg+xml"},
                                                                    {".png", "image/png"},
                                                                    {".ico", "image/x-icon"},
                                                                    {".woff2", "font/woff2"},
                                                                    {".txt", "text/plain; charset=utf-8"}};

std::string_view type_of(const std::string& name) {
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

bool is_compressed_copy(const fs::path& path) {
  return std::any_of(std::begin(kCodings), std::end(kCodings),
                     [&path](const auto& coding) { return path.extension().string() == coding.first; });
}

// Nothing where there is no such file.
std::vector<FileForm> read_form(const fs::path& path, std::string_view coding) {
  std::vector<FileForm> form;
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts {};
  if (!file || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return form;
  std::ifstream content(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(content), std::istreambuf_iterator<char>()};
  const std::string tag = to_hex(std::string_view(sha256(bytes)).substr(0, 16));
  form.push_back({coding, std::move(file), bytes.size(), '"' + tag + '"'});
  return form;
}

std::string header_lines(const StaticPages& pages, const std::string& name) {
  std::string lines = name.starts_with(kAssets) ? "Cache-Control: public, max-age=31536000, immutable\r\n"
                                                : "Cache-Control: no-cache\r\n";
  lines += "Vary: Accept-Encoding\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n";
  if (!name.ends_with(".html")) return lines;
  lines += "X-Frame-Options: DENY\r\nCross-Origin-Opener-Policy: same-origin\r\n";
  if (!pages.content_policy.empty()) lines += "Content-Security-Policy: " + pages.content_policy + "\r\n";
  return lines;
}

fs::path folder_of(const StaticPages& pages, std::string_view search_path) {
  while (!search_path.empty()) {
    const auto end = search_path.find(':');
    const fs::path folder = fs::path(search_path.substr(0, end)) / pages.folder;
    std::error_code ignored;
    if (fs::is_regular_file(folder / kIndex, ignored)) return folder;
    search_path = end == std::string_view::npos ? std::string_view() : search_path.substr(end + 1);
  }
  return {};
}

// The weight that an Accept-Encoding header gives a coding: 0 where it does not take it.
double weight_of(std::string_view accept, std::string_view coding) {
  const auto trimmed = [](std::string_view text) {
    const auto first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
  };
  double any = 0;
  while (!accept.empty()) {
    const auto comma = accept.find(',');
    const auto entry = accept.substr(0, comma);
    const auto semicolon = entry.find(';');
    const auto name = trimmed(entry.substr(0, semicolon));
    double weight = 1;
    if (semicolon != std::string_view::npos) {
      const auto parameter = trimmed(entry.substr(semicolon + 1));
      const bool is_weight = parameter.size() > 2 && equals_ignoring_case(parameter.substr(0, 2), "q=");
      if (is_weight) std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
    }
    if (equals_ignoring_case(name, coding)) return weight;
    if (name == "*") any = weight;
    accept = comma == std::string_view::npos ? std::string_view() : accept.substr(comma + 1);
  }
  return any;
}

}  // namespace

const FileForm& PageFile::form_for(std::string_view accept_encoding) const {
  const auto fits = [accept_encoding](const FileForm& form) {
    return form.coding.empty() || weight_of(accept_encoding, form.coding) > 0;
  };
  return *std::find_if(forms.begin(), forms.end(), fits);
}

std::string StaticFiles::add(const StaticPages& pages, std::string_view search_path) {
  const bool has_form = pages.path.size() > 1 && pages.path.front() == '/' && pages.path.back() != '/';
  if (!has_form || !is_header_text(pages.content_policy)) return "its pages are declared wrongly";
  if (pages_.contains(pages.path)) return "another plugin has pages at " + pages.path;
  const fs::path folder = folder_of(pages, search_path);
  if (folder.empty())
    return "there is no folder " + pages.folder + " with an index.html in " + std::string(search_path);
  Files files;
  std::error_code failed;
  for (const auto& entry : fs::recursive_directory_iterator(folder, failed)) {
    const fs::path& path = entry.path();
    if (!entry.is_regular_file() || is_compressed_copy(path)) continue;
    const std::string name = path.lexically_relative(folder).generic_string();
    PageFile file{.type = type_of(name), .headers = header_lines(pages, name), .forms = {}};
    for (const auto& [ending, coding] : kCodings) {
      std::ranges::move(read_form(path.string() + std::string(ending), coding), std::back_inserter(file.forms));
    }
    std::ranges::move(read_form(path, ""), std::back_inserter(file.forms));
    const bool is_whole = !file.forms.empty() && file.forms.back().coding.empty();
    if (!is_whole) return "cannot read " + path.string();
    files.emplace(name, std::move(file));
  }
  if (failed || !files.contains(kIndex)) return "cannot read " + folder.string();
  pages_.emplace(pages.path, std::move(files));
  if (pages.is_home) home_ = pages.path;
  return {};
}

const PageFile* StaticFiles::find(const std::vector<std::string_view>& segments) const {
  std::string path;
  const Files* files = nullptr;
  std::size_t below = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    path.append("/").append(segments[i]);
    const auto found = pages_.find(path);
    if (found == pages_.end()) continue;
    files = &found->second;  // the longest path wins
    below = path.size();
  }
  if (files == nullptr) return nullptr;
  const std::string_view name = std::string_view(path).substr(std::min(below + 1, path.size()));
  auto found = files->find(name);
  if (found == files->end() && !name.starts_with(kAssets)) found = files->find(kIndex);
  return found == files->end() ? nullptr : &found->second;
}

}  // namespace gatetorio::transport_http
