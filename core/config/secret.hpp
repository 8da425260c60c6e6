// Secrets stand in a file or in the environment, never in the configuration itself.
#pragma once

#include <optional>
#include <string>

#include "core/config/node.hpp"
#include "core/config/problem.hpp"

namespace gatetorio::core {

// Resolves { file = "path" } or { env = "NAME" } to its text, without white space at either end. A relative path
// counts from the current directory. Adds an error and returns nothing where the node has another form (a text in
// place of one included), or where the source is missing, empty, not UTF-8 or above 64 KiB; warns where other users
// may read the file. No message ever shows the secret. Blocks on the disk.
std::optional<std::string> resolve_secret(const Node& node, const std::string& key, Problems& problems);

}  // namespace gatetorio::core
