// Loading a plugin's shared object and judging whether it is fit to run here.
#pragma once

#include <filesystem>
#include <string>

#include "gatetorio/abi/plugin.h"
#include "gatetorio/result.hpp"

namespace gatetorio::core {

// Loads `file` and returns its descriptor, which lives as long as the process: a library is never unmapped, because
// nobody can know that nothing of it is alive any more. Errors (kInvalid, the detail for the operator): no such file,
// not loadable, not a plugin, of another ABI, of another id than `id`, incomplete; with `sha256` (64 hexadecimal
// digits, or empty) also: not that file. Blocks on the disk and runs the library's static initialisers.
Result<const gtr_plugin*> load_library(const std::filesystem::path& file, const std::string& id,
                                       const std::string& sha256);

}  // namespace gatetorio::core
