#include "command_payload.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace gatetorio::commands {

namespace {

constexpr std::string_view kReserved[] = {"command_id", "issued_at", "expires_at", "boot_nonce"};
constexpr std::size_t kMaxBytes = 32 * 1024;

}  // namespace

Result<void> check_command(const boost::json::object& command) {
  Error error{.status = Status::kInvalid, .detail = "Some fields are wrong."};
  for (const std::string_view name : kReserved) {
    if (command.contains(name)) error.fields.push_back({"/command/" + std::string(name), "is reserved for the hub"});
  }
  if (!error.fields.empty()) return error;
  if (boost::json::serialize(command).size() > kMaxBytes) {
    return Error{.status = Status::kTooLarge, .detail = "A command has at most 32 KiB."};
  }
  return {};
}

std::string stamped(boost::json::object command, const Stamp& stamp) {
  command["command_id"] = stamp.command_id;
  command["issued_at"] = to_rfc3339(stamp.issued_at);
  command["expires_at"] = to_rfc3339(stamp.expires_at);
  boost::system::error_code wrong;
  if (stamp.boot_nonce) command["boot_nonce"] = boost::json::parse(*stamp.boot_nonce, wrong);
  return boost::json::serialize(command);
}

}  // namespace gatetorio::commands
