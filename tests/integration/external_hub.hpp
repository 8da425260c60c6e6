// A hub with a broker that is not its own, and the secrets that the two share.
#pragma once

#include "support/people.hpp"

namespace gatetorio::testing {

inline constexpr const char* kBrokerSecret = "gtb_of-the-tests-0123456789abcdefghijklmnop";
inline constexpr const char* kHubName = "gatetorio-hub";
inline constexpr const char* kHubPassword = "password-of-the-hub-at-the-broker";

// What it needs beside the broker's address. `folder` must live as long as the hub.
inline HubSetup external_setup(const TempDir& folder, std::uint16_t mqtt_port, std::vector<std::string> more = {}) {
  write_file(folder / "secret", kBrokerSecret);
  write_file(folder / "password", kHubPassword);
  HubSetup setup;
  setup.more_toml = "[plugins.transport-mqtt.broker_secret]\nfile = \"" + (folder / "secret").string() +
                    "\"\n[plugins.transport-mqtt.external_password]\nfile = \"" + (folder / "password").string() +
                    "\"\n";
  setup.sets = {"plugins.transport-mqtt.broker=external",
                std::string("plugins.transport-mqtt.external_username=") + kHubName,
                "plugins.transport-mqtt.external_url=tcp://127.0.0.1:" + std::to_string(mqtt_port)};
  for (const std::string& set : more) setup.sets.push_back("plugins." + set);
  return setup;
}

}  // namespace gatetorio::testing
