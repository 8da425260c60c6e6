#include "core/config/secret.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "gatetorio/utf8.hpp"

namespace gatetorio::core {
namespace {

constexpr std::size_t kMaxSecretBytes = 64 * 1024;
constexpr const char* kForms = "{ file = \"path\" } or { env = \"NAME\" }";

class Descriptor {
 public:
  // Non-blocking: a FIFO in place of the file must not hang the start.
  explicit Descriptor(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string trimmed(const std::string& text) {
  constexpr const char* kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Reads at most one byte above the limit. Returns false with errno set.
bool read_all(int fd, std::string& into) {
  std::array<char, 4096> buffer;
  while (into.size() <= kMaxSecretBytes) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;
    into.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return true;
}

std::optional<std::string> read_file(const std::string& path, const Position& at, const std::string& key,
                                     Problems& problems) {
  const Descriptor file(path);
  struct stat status = {};
  std::string text;
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    problems.error(at, key, "cannot read the secret file " + in_quotes(path) + ": " + std::strerror(errno));
    return std::nullopt;
  }
  if (!S_ISREG(status.st_mode)) {
    problems.error(at, key, "the secret file " + in_quotes(path) + " is not a regular file");
    return std::nullopt;
  }
  if (!read_all(file.get(), text)) {
    problems.error(at, key, "cannot read the secret file " + in_quotes(path) + ": " + std::strerror(errno));
    return std::nullopt;
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    problems.warn(at, key, "other users may read the secret file " + in_quotes(path) + "; use chmod 600");
  }
  return text;
}

std::optional<std::string> read_environment(const std::string& name, const Position& at, const std::string& key,
                                            Problems& problems) {
  const char* value = name.empty() ? nullptr : std::getenv(name.c_str());  // NOLINT: nobody sets it at this stage
  if (value == nullptr) {
    problems.error(at, key, "the environment variable " + in_quotes(name) + " is not set");
    return std::nullopt;
  }
  return std::string(value);
}

}  // namespace

std::optional<std::string> resolve_secret(const Node& node, const std::string& key, Problems& problems) {
  const NodeTable* table = node.table();
  if (table == nullptr) {
    const bool is_text = std::holds_alternative<std::string>(node.value);
    problems.error(node.at, key,
                   std::string("expected ") + kForms + ", got " +
                       (is_text ? "a text: a secret never stands in the configuration" : type_name(node).data()));
    return std::nullopt;
  }
  const Member* file = find_member(*table, "file");
  const Member* env = find_member(*table, "env");
  const Member* source = file != nullptr ? file : env;
  const std::string* name = source == nullptr ? nullptr : std::get_if<std::string>(&source->node.value);
  if (table->size() != 1 || name == nullptr) {
    problems.error(node.at, key, std::string("expected ") + kForms + " with nothing else in it");
    return std::nullopt;
  }
  const Position& at = source->node.at;
  const std::optional<std::string> raw =
      file != nullptr ? read_file(*name, at, key, problems) : read_environment(*name, at, key, problems);
  if (!raw) return std::nullopt;
  std::string text = trimmed(*raw);
  const std::string where = (file != nullptr ? "the secret file " : "the environment variable ") + in_quotes(*name);
  if (text.empty() || text.size() > kMaxSecretBytes || !utf8::is_text(text)) {
    problems.error(at, key, where + (text.empty() ? " is empty" : " must hold UTF-8 text of at most 64 KiB"));
    return std::nullopt;
  }
  return text;
}

}  // namespace gatetorio::core
