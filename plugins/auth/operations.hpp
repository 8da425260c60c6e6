// What this plugin offers to the outside, in terms of its service.
#pragma once

#include "gatetorio/operations.hpp"
#include "service.hpp"

namespace gatetorio::auth {

// Announces all operations. In configure().
void declare(OperationSet<Service>& operations);

}  // namespace gatetorio::auth
