// What plugins bring to the command line (abi/tool.h). One that is named "check <plugin id>" is no command of its own:
// `gatetorio-hub check` and `doctor` run it (gatetorio/checks.hpp).
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/schema.hpp"
#include "gatetorio/abi/tool.h"
#include "gatetorio/result.hpp"

namespace gatetorio::core {

struct Plugin;

struct Tool {
  std::string name;  // "storage copy"
  std::string help;
  Schema arguments;
  bool starts = true;
  bool exclusive = true;
  Plugin* plugin = nullptr;
  gtr_tool_fn run = nullptr;
  void* context = nullptr;
};

// Filled while plugins are configured, one after the other; read afterwards.
class Tools {
 public:
  // GTR_INVALID, GTR_CONFLICT, as abi/tool.h says; then `problem` tells why.
  gtr_status declare(Plugin& plugin, std::string_view declaration, gtr_tool_fn run, void* context,
                     std::string& problem);

  // NULL where there is none of this name.
  const Tool* find(std::string_view name) const;
  // The plugin's check, or NULL.
  const Tool* find_check(std::string_view plugin_id) const;
  // Commands, without checks.
  const std::vector<Tool>& all() const { return tools_; }

 private:
  std::vector<Tool> tools_, checks_;
};

// Reads "--dry-run", "--from x", "--from=x" into a JSON object with every declared argument. Errors (kInvalid): one
// that is not declared, misses its value or does not fit; the detail names it as it is typed.
Result<boost::json::object> read_tool_arguments(const Tool& tool, const std::vector<std::string>& typed);

// For --help: a line for the tool and one for each argument.
std::string tool_help(const Tool& tool);

}  // namespace gatetorio::core
