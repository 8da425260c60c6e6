// Documentation out of the declarations: what `gatetorio-hub options` prints.
#pragma once

#include <string>
#include <vector>

#include "core/config/schema.hpp"

namespace gatetorio::core {

// One plugin's declared options.
struct DeclaredPlugin {
  std::string id;
  std::string summary;  // one line
  Schema options;
};

// A commented TOML file with every option at its default: [hub] first, with all of `plugins` enabled, then their
// tables in the given order. It loads as it is, but for required options, which are left for the operator to fill in.
std::string render_sample(const std::vector<DeclaredPlugin>& plugins);

// A Markdown page with a table of options for [hub] and each plugin.
std::string render_reference(const std::vector<DeclaredPlugin>& plugins);

// A JSON value as TOML would write it, on one line.
std::string to_toml(const boost::json::value& value);

}  // namespace gatetorio::core
