// Who has to start before whom.
#pragma once

#include <string>
#include <vector>

#include "gatetorio/result.hpp"

namespace gatetorio::core {

// What a plugin's descriptor says of itself.
struct Needs {
  std::string id;
  std::vector<std::string> provides;
  std::vector<std::string> requirements;
};

// The plugins' positions in an order in which providers come before those that require them, else in the order given.
// Errors (kInvalid): a requirement that nobody provides, a circle; the detail names the plugins and the service.
Result<std::vector<std::size_t>> start_order(const std::vector<Needs>& plugins);

}  // namespace gatetorio::core
