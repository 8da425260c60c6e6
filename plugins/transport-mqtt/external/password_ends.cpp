#include "external/password_ends.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gatetorio/time.hpp"

namespace gatetorio::transport_mqtt {
namespace {

// Beyond this the file begins anew, and those who were in it connect again after the hub's next start.
constexpr std::size_t kMostEntries = 100'000;
constexpr std::size_t kSpareLines = 10'000;
constexpr std::int64_t kLongestConnect_us = 60'000'000;  // from the answer to the connection, and between two clocks

std::string line_of(const std::string& client_id, std::int64_t ends_us, std::int64_t at_us) {
  return client_id + " " + std::to_string(ends_us) + " " + std::to_string(at_us) + "\n";
}

}  // namespace

void PasswordEnds::open(const std::string& path) {
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
    Entry entry;
    if (words >> client_id >> entry.ends_us >> entry.at_us && !(words >> more)) entries_[client_id] = entry;
    else entries_.erase(client_id);  // half a line, written as the machine stopped
  }
  write_anew(now().us);
}

void PasswordEnds::connected(const std::string& client_id, std::int64_t ends_us, std::int64_t at_us) {
  const std::lock_guard lock(mutex_);
  if (path_.empty()) return;
  if (entries_.size() >= kMostEntries) entries_.clear();
  entries_[client_id] = {ends_us, at_us};
  if (lines_ >= 2 * entries_.size() + kSpareLines) return write_anew(at_us);
  std::ofstream out(path_, std::ios::app);
  out << line_of(client_id, ends_us, at_us);
  ++lines_;
}

std::optional<std::int64_t> PasswordEnds::find(const std::string& client_id, std::int64_t connected_at_us) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(client_id);
  if (found == entries_.end() || std::abs(connected_at_us - found->second.at_us) > kLongestConnect_us) {
    return std::nullopt;
  }
  return found->second.ends_us;
}

// Without those that have ended. A client id has no spaces: see owns_client_id.
void PasswordEnds::write_anew(std::int64_t now_us) {
  std::erase_if(entries_, [now_us](const auto& entry) {
    return entry.second.ends_us != 0 && entry.second.ends_us + kLongestConnect_us <= now_us;
  });
  const std::string part = path_ + ".part";
  std::ofstream out(part, std::ios::trunc);
  for (const auto& [client_id, entry] : entries_) out << line_of(client_id, entry.ends_us, entry.at_us);
  out.close();
  lines_ = entries_.size();
  std::rename(part.c_str(), path_.c_str());
}

}  // namespace gatetorio::transport_mqtt
