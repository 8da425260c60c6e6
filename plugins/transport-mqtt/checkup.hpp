// What the plugin looks at before anything starts: for `gatetorio-hub check` and `doctor`.
#pragma once

#include "gatetorio/checks.hpp"
#include "options.hpp"

namespace gatetorio::transport_mqtt {

// `guard`: the path of the broker's own plugin.
void look_over(Checkup& checkup, const Options& options, const std::string& guard);

}  // namespace gatetorio::transport_mqtt
