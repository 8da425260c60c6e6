#include "content_backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "gatetorio/content.hpp"
#include "gatetorio/durable.hpp"

namespace gatetorio::file_transfer {

namespace fs = std::filesystem;

namespace {

constexpr const char* kDraft = ".copying";

bool is_part(const fs::path& path) { return path.extension() == ".part"; }
bool is_draft(const fs::path& path) { return path.extension() == kDraft; }

Result<void> make_folder(const fs::path& folder) {
  std::error_code wrong;
  fs::create_directories(folder, wrong);
  if (!wrong) fs::permissions(folder, fs::perms::owner_all, wrong);
  if (!wrong) return {};
  return Error{.status = Status::kUnavailable, .detail = "cannot make " + folder.string() + ": " + wrong.message()};
}

// The size of a regular file; -1 where there is none.
std::int64_t size_of(const fs::path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : -1;
}

Result<void> copy_bytes(int from, int to, const std::string& name) {
  std::vector<char> buffer(1 << 20);
  ssize_t size = 0;
  while ((size = ::read(from, buffer.data(), buffer.size())) > 0) {
    for (ssize_t done = 0; done < size;) {
      const ssize_t written = ::write(to, buffer.data() + done, static_cast<std::size_t>(size - done));
      if (written < 0) return durable::failure("cannot write " + name);
      done += written;
    }
  }
  if (size < 0) return durable::failure("cannot read " + name);
  if (::fsync(to) != 0) return durable::failure("cannot flush " + name);
  return {};
}

// `to` appears when it is whole. Where `from` has gone meanwhile nothing happens.
Result<void> bring(const fs::path& from, const fs::path& to, bool may_link) {
  const std::string draft = to.string() + kDraft;
  ::unlink(draft.c_str());
  if (!may_link || ::link(from.c_str(), draft.c_str()) != 0) {
    const Descriptor source(::open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!source && errno == ENOENT) return {};
    if (!source) return durable::failure("cannot open " + from.string());
    const Descriptor target(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!target) return durable::failure("cannot make " + draft);
    const auto copied = copy_bytes(source.get(), target.get(), draft);
    if (!copied) {
      ::unlink(draft.c_str());
      return copied;
    }
  }
  if (::rename(draft.c_str(), to.c_str()) != 0) return durable::failure("cannot rename " + draft);
  ::unlink(draft.c_str());  // a link to what `to` is already stays beside it
  return {};
}

// Calls `bring` for each file of `from` for which `is_wanted` says so, and flushes the folder.
template <class Wanted>
Result<void> bring_all(const fs::path& from, const fs::path& to, Wanted is_wanted) {
  if (const auto made = make_folder(to); !made) return made;
  std::error_code wrong;
  for (const auto& entry : fs::directory_iterator(from, wrong)) {
    const fs::path& path = entry.path();
    if (is_draft(path) || size_of(path) < 0 || !is_wanted(path)) continue;
    if (const auto brought = bring(path, to / path.filename(), !is_part(path)); !brought) return brought;
  }
  if (wrong)
    return Error{.status = Status::kUnavailable, .detail = "cannot read " + from.string() + ": " + wrong.message()};
  return durable::flush(to);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

}  // namespace

Result<void> copy_content(const fs::path& blobs, const fs::path& to, bool parts) {
  if (!is_folder(blobs)) return {};  // no file yet
  return bring_all(blobs, to,
                   [&](const fs::path& path) { return is_part(path) ? parts : size_of(to / path.filename()) < 0; });
}

Result<void> bring_content_back(const fs::path& from, const fs::path& blobs) {
  if (!is_folder(from)) return {};
  return bring_all(from, blobs, [&](const fs::path& path) {
    const std::int64_t there = size_of(blobs / path.filename());
    // Of an upload that went on meanwhile there is more here, or all of it.
    if (is_part(path)) return there < 0 && size_of(blobs / path.stem()) < 0;
    return there != size_of(path);
  });
}

}  // namespace gatetorio::file_transfer
