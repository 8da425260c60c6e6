// The parts that plugins have in a backup (abi/backup.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/plugin/plugin.hpp"
#include "gatetorio/abi/backup.h"
#include "gatetorio/result.hpp"

namespace gatetorio::core {

// Filled while plugins are configured, one after the other; read afterwards.
class Backups {
 public:
  // GTR_CONFLICT where the plugin has a part already.
  gtr_status declare(Plugin& plugin, gtr_backup_fn part, void* context);

  // Has each plugin do the step with <folder>/<its id>, one after the other. `done` comes once, on a lane of one of
  // them or of `caller`: after the first error, or after the last.
  void run(Plugin& caller, std::uint32_t step, std::string_view folder, gtr_completion done) const;

 private:
  struct Part {
    Plugin* plugin;
    gtr_backup_fn run;
    void* context;
  };
  struct Round;
  Result<void> check_names(const Plugin& caller, const std::string& folder) const;

  std::vector<Part> parts_;
};

}  // namespace gatetorio::core
