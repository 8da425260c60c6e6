#include "status_payload.hpp"

#include <boost/json/parse.hpp>

#include "gatetorio/file_kinds.hpp"
#include "gatetorio/json_text.hpp"
#include "types.hpp"

namespace gatetorio::commands {

namespace {

constexpr std::size_t kMaxNonce = 128;

// What can be one of the hub's: others answer nothing.
bool can_be_command_id(std::string_view text) {
  return text.size() >= KeyRule::kMin && text.size() <= KeyRule::kMax && KeyRule::valid(text);
}

std::optional<std::string> text_of(const boost::json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  return std::string(member->get_string());
}

std::optional<std::string> nonce_of(const boost::json::object& status, std::string_view payload) {
  const auto* nonce = status.if_contains("boot_nonce");
  if (nonce == nullptr || !(nonce->is_string() || nonce->is_number())) return std::nullopt;
  const std::string_view text = *json::find_member(json::members(payload), "boot_nonce");
  return text.size() > kMaxNonce ? std::nullopt : std::optional(std::string(text));
}

}  // namespace

std::optional<StatusPayload> read_status(std::string_view payload) {
  boost::system::error_code wrong;
  const auto parsed = boost::json::parse(payload, wrong);
  if (wrong || !parsed.is_object()) return std::nullopt;
  const auto& status = parsed.get_object();
  StatusPayload out{.announced_kind = announced_kind(status),
                    .boot_nonce = nonce_of(status, payload),
                    .answer = {},
                    .state = text_of(status, "state")};
  auto command_id = text_of(status, "command_id");
  const auto result = text_of(status, "result");
  if (command_id && result && can_be_command_id(*command_id)) {
    out.answer = Answer{*std::move(command_id), *result == "success"};
  }
  return out;
}

}  // namespace gatetorio::commands
