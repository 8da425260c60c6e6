// One table of the configuration against its declared options.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "core/config/node.hpp"
#include "core/config/problem.hpp"
#include "core/config/schema.hpp"

namespace gatetorio::core {

// Returns an object with every declared option: what the operator wrote, else the default, else null; secrets
// resolved. Adds every error and warning found, in the order of the file, with keys below `prefix`
// ("plugins.storage"). `at` is where the table stands: there a missing required option is reported.
boost::json::object validate(const NodeTable& table, const Schema& schema, const std::string& prefix,
                             const Position& at, Problems& problems);

}  // namespace gatetorio::core
