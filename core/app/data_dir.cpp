#include "core/app/data_dir.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include "gatetorio/durable.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kIdBytes = 8;

bool is_hub_id(const std::string& text) {
  return text.size() == 2 * kIdBytes && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// What root made must not keep the folder's owner out the next time.
void give_to_owner(int descriptor, const fs::path& folder) {
  struct stat status {};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &status) != 0) return;
  [[maybe_unused]] const int ignored = ::fchown(descriptor, status.st_uid, status.st_gid);
}

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
  std::string name;  // its number where it has no account
  std::string home;
};

Owner owner_of(const struct stat& status) {
  Owner owner{.user = status.st_uid, .group = status.st_gid, .name = std::to_string(status.st_uid)};
  if (const passwd* account = ::getpwuid(owner.user)) {
    owner.group = account->pw_gid;
    owner.name = account->pw_name;
    owner.home = account->pw_dir;
  }
  return owner;
}

// 0, or what went wrong as in errno.
int become(const Owner& owner) {
  const bool has_account = !owner.home.empty();
  const int groups = has_account ? ::initgroups(owner.name.c_str(), owner.group) : ::setgroups(1, &owner.group);
  if (groups != 0 || ::setgid(owner.group) != 0 || ::setuid(owner.user) != 0) return errno;
  ::prctl(PR_SET_DUMPABLE, 1);  // else it could not read its own /proc, unlike other processes of that user
  if (!has_account) return 0;
  ::setenv("HOME", owner.home.c_str(), 1);  // libpq looks there for passwords and certificates
  ::setenv("USER", owner.name.c_str(), 1);
  ::setenv("LOGNAME", owner.name.c_str(), 1);
  return 0;
}

}  // namespace

DataDir::DataDir(const fs::path& path) : path_(fs::absolute(path).lexically_normal()) {}

Result<std::string> DataDir::become_owner() const {
  struct stat status {};
  if (::geteuid() != 0 || ::stat(path_.c_str(), &status) != 0 || status.st_uid == 0) return std::string();
  const Owner owner = owner_of(status);
  if (const int wrong = become(owner); wrong != 0) {
    return Error{.status = Status::kUnavailable,
                 .detail = path_.string() + " belongs to the user " + owner.name +
                           ", and root cannot become that user here (" + std::generic_category().message(wrong) +
                           "); run this command as that user, or what it makes could not be opened by the hub"};
  }
  return owner.name;
}

Result<void> DataDir::take() {
  std::error_code wrong;
  if (fs::create_directories(path_, wrong)) fs::permissions(path_, fs::perms::owner_all, wrong);
  if (wrong) {
    return Error{.status = Status::kUnavailable,
                 .detail = "cannot make " + path_.string() + ": " + wrong.message() +
                           "; `gatetorio-hub doctor` tells what to do"};
  }
  was_empty_ = fs::is_empty(path_, wrong) && !wrong;
  auto lock = FileLock::take((path_ / "hub.lock").string(), "the folder " + path_.string());
  if (!lock) return lock.error();
  give_to_owner(lock->descriptor(), path_);
  lock_.emplace(*std::move(lock));
  return {};
}

Result<std::string> DataDir::hub_id() const {
  const fs::path file = path_ / "hub.id";
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (is_hub_id(text)) return text;
  if (!text.empty()) {
    return Error{.status = Status::kInvalid,
                 .detail = file.string() + " does not hold the id of a hub; remove it, then this hub gets a new one"};
  }
  text = to_hex(random_bytes(kIdBytes));
  const Result<void> written = durable::write(file, text + "\n");
  if (!written) return Error{.status = Status::kUnavailable, .detail = written.error().detail};
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor >= 0) give_to_owner(descriptor, path_);
  if (descriptor >= 0) ::close(descriptor);
  return text;
}

}  // namespace gatetorio::core
