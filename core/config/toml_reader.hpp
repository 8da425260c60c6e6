// TOML text to a Node tree. The only place that knows the TOML library.
#pragma once

#include <string>
#include <string_view>

#include "core/config/node.hpp"
#include "core/config/problem.hpp"

namespace gatetorio::core {

// Reads one file. `label` is how messages name it. Adds one error and returns an empty table where the file cannot be
// read ("cannot be read: No such file or directory"), is larger than 4 MiB, nests deeper than kMaxTomlDepth or is not
// TOML; and an error for each text with a NUL. Blocks on the disk.
NodeTable read_toml_file(const std::string& path, const std::string& label, Problems& problems);

// Same, from memory.
NodeTable parse_toml(std::string_view text, const std::string& label, Problems& problems);

// One `--set` argument, "a.b.c=VALUE", as the tree that it lays on top. VALUE is a TOML value where it reads as one,
// else a string. Adds an error where there is no `=` or a part of the key is empty or the key has too many.
NodeTable parse_set(std::string_view argument, Problems& problems);

}  // namespace gatetorio::core
