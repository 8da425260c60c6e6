#include "external/connection_book.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "gatetorio/time.hpp"

namespace gatetorio::transport_mqtt {
namespace {

// Beyond this the book begins anew, and those who were in it connect again after the hub's next start.
constexpr std::size_t kMostEntries = 100'000;
constexpr std::size_t kSpareLines = 10'000;
constexpr std::int64_t kLongestConnectUs = 60'000'000;  // from the answer to the connection, and between two clocks
constexpr std::string_view kNoName = "-";

// Neither client ids nor names have spaces: see owns_client_id.
std::string line_of(const std::string& client_id, const BookEntry& entry, std::int64_t at_us) {
  const std::string_view name = entry.controller_id.empty() ? kNoName : std::string_view(entry.controller_id);
  const std::string_view mark = entry.password_mark.empty() ? kNoName : std::string_view(entry.password_mark);
  return client_id + " " + std::to_string(entry.password_ends_us) + " " + std::string(name) + " " +
         std::to_string(at_us) + " " + std::string(mark) + "\n";
}

}  // namespace

std::map<std::string, BookEntry> ConnectionBook::open(const std::string& path) {
  const std::lock_guard lock(mutex_);
  path_ = path;
  std::error_code wrong;
  const auto folder = std::filesystem::path(path).parent_path();
  if (std::filesystem::create_directories(folder, wrong)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, wrong);
  }
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string client_id, more;
    Dated dated;
    BookEntry& entry = dated.entry;
    const bool is_whole =
        words >> client_id >> entry.password_ends_us >> entry.controller_id >> dated.at_us >> entry.password_mark &&
        !(words >> more);
    if (entry.controller_id == kNoName) entry.controller_id.clear();
    if (entry.password_mark == kNoName) entry.password_mark.clear();
    if (is_whole)
      entries_[client_id] = dated;
    else
      entries_.erase(client_id);  // half a line, written as the machine stopped
  }
  std::map<std::string, BookEntry> found;
  for (const auto& [client_id, dated] : entries_) found[client_id] = dated.entry;
  write_anew(now().us);
  return found;
}

void ConnectionBook::let_in(const std::string& client_id, const BookEntry& entry, std::int64_t at_us) {
  const std::lock_guard lock(mutex_);
  if (path_.empty()) return;
  if (entries_.size() >= kMostEntries) entries_.clear();
  entries_[client_id] = {entry, at_us};
  if (lines_ >= 2 * entries_.size() + kSpareLines) return write_anew(at_us);
  std::ofstream out(path_, std::ios::app);
  out << line_of(client_id, entry, at_us);
  ++lines_;
}

std::optional<BookEntry> ConnectionBook::find(const std::string& client_id, std::int64_t connected_at_us) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(client_id);
  if (found == entries_.end() || std::abs(connected_at_us - found->second.at_us) > kLongestConnectUs) {
    return std::nullopt;
  }
  return found->second.entry;
}

// Without those whose password has ended.
void ConnectionBook::write_anew(std::int64_t now_us) {
  std::erase_if(entries_, [now_us](const auto& line) {
    const std::int64_t ends_us = line.second.entry.password_ends_us;
    return ends_us != 0 && ends_us + kLongestConnectUs <= now_us;
  });
  const std::string part = path_ + ".part";
  std::ofstream out(part, std::ios::trunc);
  for (const auto& [client_id, dated] : entries_) out << line_of(client_id, dated.entry, dated.at_us);
  out.close();
  lines_ = entries_.size();
  std::rename(part.c_str(), path_.c_str());
}

}  // namespace gatetorio::transport_mqtt
