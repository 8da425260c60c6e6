// What this plugin offers to the outside.
#pragma once

#include "explain.hpp"
#include "gatetorio/operations.hpp"
#include "service.hpp"
#include "sites.hpp"

namespace gatetorio::auth {

void declare(OperationSet<Service>& operations);
void declare(OperationSet<Sites>& operations);
void declare(OperationSet<Explainer>& operations);

}  // namespace gatetorio::auth
