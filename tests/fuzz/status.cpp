// Status messages of devices.
#include "broker/payload.hpp"
#include "gatetorio/json.hpp"
#include "json_pieces.hpp"
#include "status_payload.hpp"

using namespace gatetorio;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exact input(fuzz::text_of(data, size));
  const std::string_view text = input.view();
  const auto value = fuzz::parsed(text);
  const bool is_object = value && value->is_object();
  const auto status = commands::read_status(text);
  FUZZ_HOLDS(status.has_value() == is_object);
  // What the guard lets pass, the hub can read.
  FUZZ_HOLDS(!transport_mqtt::is_json_object(text) || is_object);
  error_from_json(GTR_INVALID, text);
  if (!status) return 0;
  const auto& object = value->get_object();
  fuzz::check_pieces(text, *value);
  if (status->boot_nonce) {
    const auto nonce = fuzz::parsed(*status->boot_nonce);  // it is put into a command as it is
    FUZZ_HOLDS(nonce && fuzz::is_same(*nonce, object.at("boot_nonce")));
  }
  if (status->answer) {
    FUZZ_HOLDS(object.at("command_id") == boost::json::string_view(status->answer->command_id));
    FUZZ_HOLDS(status->answer->is_success == (object.at("result") == "success"));
    for (const char c : status->answer->command_id) FUZZ_HOLDS(c > ' ' && c < '\x7f');
  }
  return 0;
}
