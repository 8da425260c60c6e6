#include "restore.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "database_lock.hpp"
#include "gatetorio/durable.hpp"

namespace gatetorio::storage_sqlite {
namespace {

namespace fs = std::filesystem;

// The order of moving: a log without its database does no harm.
constexpr const char* kEnds[] = {"-wal", "-shm", ""};

std::string note_of(const std::string& path) { return path + ".restore"; }
std::string draft_of(const std::string& path) { return path + ".restoring"; }

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_taken(const std::string& name) {
  for (const char* end : kEnds) {
    if (exists(name + end)) return true;
  }
  return false;
}

std::string free_name(const std::string& path) {
  std::string name = path + ".replaced";
  for (int number = 2; is_taken(name); ++number) name = path + ".replaced-" + std::to_string(number);
  return name;
}

}  // namespace

bool is_restore_open(const std::string& path) { return exists(note_of(path)); }

Result<void> finish_open_restore(const std::string& path) {
  if (!is_restore_open(path)) return {};
  std::ifstream note(note_of(path));
  const std::string replaced(std::istreambuf_iterator<char>(note), {});
  // While the draft is there, what lies at `path` is the old database.
  if (exists(draft_of(path))) {
    for (const char* end : kEnds) {
      if (!exists(path + end)) continue;
      if (const auto moved = durable::rename(path + end, replaced + end); !moved) return moved;
    }
    if (const auto moved = durable::rename(draft_of(path), path); !moved) return moved;
  } else if (!exists(path)) {
    return Error{.status = Status::kUnavailable,
                 .detail = "a restore was interrupted and its file " + draft_of(path) +
                           " is gone; the old database is " + replaced +
                           ": rename it back, with its -wal, and remove " + note_of(path)};
  }
  return durable::remove(note_of(path));
}

Result<std::unique_ptr<Restore>> Restore::prepare(const std::string& from, const std::string& path) {
  auto lock = lock_database(path);
  if (!lock) return lock.error();
  std::unique_ptr<Restore> made(new Restore(*std::move(lock), path));
  if (const auto copied = made->draft_.copy_of(from); !copied) return copied.error();
  return made;
}

Result<std::string> Restore::finish() {
  const std::string replaced = free_name(path_);
  const bool is_there = is_taken(path_);
  // From here on it counts: what fails now is finished later.
  draft_.keep();
  if (const auto noted = durable::write(note_of(path_), replaced); !noted) return noted.error();
  if (const auto done = finish_open_restore(path_); !done) return done.error();
  return is_there ? replaced : std::string();
}

Result<std::string> restore(const std::string& from, const std::string& path) {
  auto ready = Restore::prepare(from, path);
  if (!ready) return ready.error();
  return (*ready)->finish();
}

}  // namespace gatetorio::storage_sqlite
