// Changes of files that last: on the disk when the call returns, whatever happens to the power afterwards.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "gatetorio/result.hpp"

namespace gatetorio::durable {

// What errno says about it: kNotFound, kConflict (it exists), kFull, else kUnavailable.
inline Error failure(const std::string& what) {
  const int wrong = errno;
  const Status status = wrong == ENOENT                      ? Status::kNotFound
                        : wrong == EEXIST                    ? Status::kConflict
                        : wrong == ENOSPC || wrong == EDQUOT ? Status::kFull
                                                             : Status::kUnavailable;
  return {.status = status, .detail = what + ": " + std::generic_category().message(wrong)};
}

// A file's content, or a folder's names. Blocks.
inline Result<void> flush(const std::filesystem::path& path) {
  const std::string name = path.empty() ? "." : path.string();
  const int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failure("cannot open " + name);
  const bool is_done = ::fsync(descriptor) == 0;
  const Error wrong = is_done ? Error{} : failure("cannot flush " + name);
  ::close(descriptor);
  if (!is_done) return wrong;
  return {};
}

// Replaces `to` at once; after a crash there is the one or the other. `from` must have been flushed. Blocks.
inline Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return failure("cannot rename " + from.string());
  return flush(to.parent_path());
}

// No error where there is nothing. Blocks.
inline Result<void> remove(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failure("cannot remove " + path.string());
  return flush(path.parent_path());
}

// A small file that is there whole (mode 0600) or not at all; replaces an older one. Blocks.
inline Result<void> write(const std::filesystem::path& path, std::string_view text) {
  const std::string draft = path.string() + ".draft";
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return failure("cannot make " + draft);
  const bool is_written =
      ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
  const Error wrong = is_written ? Error{} : failure("cannot write " + draft);
  ::close(descriptor);
  if (!is_written) return wrong;
  return durable::rename(draft, path);
}

}  // namespace gatetorio::durable
