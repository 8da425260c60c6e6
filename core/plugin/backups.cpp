#include "core/plugin/backups.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "gatetorio/json.hpp"

namespace gatetorio::core {

namespace fs = std::filesystem;

// One step on its way through the parts. Destroys itself when it has answered.
struct Backups::Round {
  Round(std::vector<Part> list, std::uint32_t which, std::string_view path, gtr_completion completion)
      : parts(std::move(list)), step(which), folder(path), done(completion) {}

  void next() {
    if (at == parts.size()) return finish(GTR_OK, {nullptr, 0});
    const Part& part = parts[at++];
    current = folder + "/" + part.plugin->id;
    part.plugin->lane->post([this, &part] { part.run(part.context, step, to_bytes(current), {&Round::ended, this}); });
  }
  static void ended(void* context, gtr_status status, gtr_bytes result) {
    auto* self = static_cast<Round*>(context);
    status < GTR_FIRST_ERROR ? self->next() : self->finish(status, result);
  }
  void finish(gtr_status status, gtr_bytes result) {
    done.done(done.context, status, result);
    delete this;
  }

  const std::vector<Part> parts;
  const std::uint32_t step;
  const std::string folder;
  const gtr_completion done;
  std::string current;
  std::size_t at = 0;
};

gtr_status Backups::declare(Plugin& plugin, gtr_backup_fn part, void* context) {
  const auto is_same = [&plugin](const Part& known) { return known.plugin == &plugin; };
  if (std::any_of(parts_.begin(), parts_.end(), is_same)) return GTR_CONFLICT;
  parts_.push_back({&plugin, part, context});
  return GTR_OK;
}

// What a backup holds and nobody here takes would be missing after the restore, and nobody would know.
Result<void> Backups::check_names(const Plugin& caller, const std::string& folder) const {
  std::error_code wrong;
  for (const auto& entry : fs::directory_iterator(folder, wrong)) {
    const std::string name = entry.path().filename().string();
    const auto is_of = [&name](const Part& part) { return part.plugin->id == name; };
    if (!entry.is_directory() || name == caller.id || std::any_of(parts_.begin(), parts_.end(), is_of)) continue;
    return Error{.status = Status::kInvalid,
                 .detail = "the backup holds data of the plugin '" + name +
                           "', which the configuration does not name, or which takes no part in backups here"};
  }
  if (wrong) return Error{.status = Status::kUnavailable, .detail = "cannot read " + folder + ": " + wrong.message()};
  return {};
}

void Backups::run(Plugin& caller, std::uint32_t step, std::string_view folder, gtr_completion done) const {
  const Result<void> known = step == GTR_BACKUP_RESTORE ? check_names(caller, std::string(folder)) : Result<void>();
  if (!known) {
    return caller.lane->post([done, error = known.error()] {
      const std::string text = to_json(error);
      done.done(done.context, static_cast<gtr_status>(error.status), to_bytes(text));
    });
  }
  auto* round = new Round(parts_, step, folder, done);
  caller.lane->post([round] { round->next(); });
}

}  // namespace gatetorio::core
