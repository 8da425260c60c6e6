// Which kinds of files somebody may have to do with, as clients, services and tables write them.
#pragma once

#include <boost/describe.hpp>
#include <string>

#include "gatetorio/identity.hpp"
#include "gatetorio/json.hpp"

namespace gatetorio {

enum class FileKind { config, log, firmware, other };
BOOST_DESCRIBE_ENUM(FileKind, config, log, firmware, other)

// For a column of a table: a JSON array; empty: all kinds.
inline std::string to_column(const FileKinds& kinds) { return kinds ? json::write(*kinds) : std::string(); }
// What to_column has written. Any other text is none of the kinds.
inline FileKinds file_kinds_from(const std::string& column) {
  if (column.empty()) return std::nullopt;
  const Result<std::vector<std::string>> kinds = json::parse<std::vector<std::string>>(column);
  return kinds ? *kinds : std::vector<std::string>();
}

}  // namespace gatetorio
