// The files of the managed broker: its configuration and the hub's password for it.
#pragma once

#include <string>

#include "broker_process.hpp"

namespace gatetorio::transport_mqtt {

// The text of mosquitto.conf.
std::string broker_config_text(const BrokerSettings& settings, const BrokerPorts& ports,
                               const std::string& hub_username);

// Writes mosquitto.conf and the password file (0600) below settings.folder, which it makes (0700). Returns an error's
// text or nothing.
std::string write_broker_files(const BrokerSettings& settings, const BrokerPorts& ports,
                               const std::string& hub_username, const std::string& hub_password);

// Copies the two files into `folder`, 0600. Returns an error's text or nothing.
std::string copy_certificate(const TlsFiles& files, const std::string& folder);

// Can this address be bound now? Sets a free port where it is 0. Returns an error's text or nothing.
std::string reserve_port(ListenAddress& address);

}  // namespace gatetorio::transport_mqtt
