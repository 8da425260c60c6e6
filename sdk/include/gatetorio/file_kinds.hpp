// Which kinds of files somebody may have to do with, and which file a message is about.
#pragma once

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "gatetorio/identity.hpp"
#include "gatetorio/json.hpp"

namespace gatetorio {

// As clients, services and tables write them.
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

// The kinds of files that access to a device opens.
inline FileKinds file_kinds_of(const Access& access) {
  const bool opens_files =
      access.level == "owner" || access.level == "engineer" || access.level == "admin" || access.level == "self";
  return opens_files ? access.file_kinds : std::vector<std::string>();
}

// `type` of the hub's messages that announce a file, with its `kind` and a `url` to its content: for those who may have
// files of that kind, and nobody else.
inline constexpr std::string_view kFileAvailable = "file_available";

// The kind of the file that a message announces; nothing where it announces none.
inline std::optional<std::string> announced_kind(const boost::json::object& message) {
  const auto* type = message.if_contains("type");
  if (type == nullptr || !type->is_string() || std::string_view(type->get_string()) != kFileAvailable) {
    return std::nullopt;
  }
  const auto* kind = message.if_contains("kind");
  return kind != nullptr && kind->is_string() ? std::string(kind->get_string()) : std::string();
}
inline std::optional<std::string> announced_kind(std::string_view message) {
  if (message.find(kFileAvailable) == std::string_view::npos) return std::nullopt;
  boost::system::error_code wrong;
  const auto parsed = boost::json::parse(message, wrong);
  return wrong || !parsed.is_object() ? std::nullopt : announced_kind(parsed.get_object());
}

}  // namespace gatetorio
