// What this plugin offers to the outside, in terms of its service.
#pragma once

#include "fleet.hpp"
#include "gatetorio/operations.hpp"
#include "service.hpp"

namespace gatetorio::registration {

// Announces all operations. In configure().
void declare(OperationSet<Service>& operations, Presence& presence, Fleet& fleet);

}  // namespace gatetorio::registration
