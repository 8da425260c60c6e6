// Commands: the sender's text goes through the hub character by character, and says the same to every reader.
#include "broker/payload.hpp"
#include "broker/protocol.hpp"
#include "command_payload.hpp"
#include "gatetorio/json.hpp"
#include "json_pieces.hpp"

using namespace gatetorio;

namespace {

const commands::Stamp kStamp{"cmd_0123", {1'800'000'000'000'000}, {1'800'000'010'000'000}, "\"nonce\""};

// As the body of a request, and as the guard wraps what an app publishes.
void check_splice(std::string_view command) {
  std::string payload = json::write(transport_mqtt::CommandRequest{.username = "user-1", .controller_id = "gate"});
  payload.back() = ',';
  payload.append("\"command\":").append(command).push_back('}');
  const fuzz::Exact exact(payload);
  const auto value = fuzz::parsed(exact.view());
  if (!value) return;  // one level deeper than the command itself
  ObjectText out;
  json::Errors errors;
  json::read_member(value->at("command"), exact.view(), "command", out, errors);
  const auto first = command.find_first_not_of(" \t\r\n"), last = command.find_last_not_of(" \t\r\n");
  FUZZ_HOLDS(errors.empty() && out.text == command.substr(first, last - first + 1));
  FUZZ_HOLDS(json::parse<transport_mqtt::CommandRequest>(exact.view())->controller_id == "gate");
}

void check_stamp(std::string_view command, const boost::json::object& object) {
  const std::string text = commands::stamped(command, kStamp);
  const auto value = fuzz::parsed(text);
  FUZZ_HOLDS(value && value->is_object());
  const auto& stamped = value->get_object();
  FUZZ_HOLDS(stamped.size() == object.size() + 4);
  for (const auto& [name, member] : object) FUZZ_HOLDS(fuzz::is_same(stamped.at(name), member));
  FUZZ_HOLDS(stamped.at("command_id") == "cmd_0123" && stamped.at("boot_nonce") == "nonce");
  // The sender's own characters, up to its closing brace.
  const auto first = command.find('{'), last = command.rfind('}');
  FUZZ_HOLDS(text.starts_with(command.substr(first, last - first)));
  if (text.size() > transport_mqtt::kMaxPayloadBytes) return;
  const auto mark = transport_mqtt::read_mark(text);
  FUZZ_HOLDS(mark && mark->command_id == "cmd_0123" && mark->expires_at_us == kStamp.expires_at.us);
}

// Space between the pieces says nothing.
std::string spaced(std::string_view text) {
  std::string out;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (in_string && text[at] == '\\')
      out.push_back(text[at++]);
    else if (text[at] == '"')
      in_string = !in_string;
    out.push_back(text[at]);
    if (!in_string && std::string_view("{}[],:").find(text[at]) != std::string_view::npos) out.append(" \n");
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exact input(fuzz::text_of(data, size));
  const std::string_view text = input.view();
  transport_mqtt::read_mark(text);
  const auto value = fuzz::parsed(text);
  FUZZ_HOLDS(!transport_mqtt::is_json_object(text) || (value && value->is_object()));
  if (!value) return 0;
  fuzz::check_pieces(text, *value);
  if (!value->is_object()) return 0;
  FUZZ_HOLDS(transport_mqtt::is_json_object(text) || text.size() > transport_mqtt::kMaxPayloadBytes);
  check_splice(text);
  const auto checked = commands::check_command(text);
  FUZZ_HOLDS(commands::is_same_command(text, text));
  if (!checked) {
    FUZZ_HOLDS(checked.error().fields.size() <= 16);
    FUZZ_HOLDS(checked.error().status == Status::kTooLarge || !checked.error().fields.empty());
    for (const FieldError& field : checked.error().fields) FUZZ_HOLDS(field.pointer.starts_with("/command/"));
    return 0;
  }
  FUZZ_HOLDS(commands::is_same_command(text, spaced(text)));
  check_stamp(text, value->get_object());
  return 0;
}
