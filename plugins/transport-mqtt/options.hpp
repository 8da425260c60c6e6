// What an operator may set in [plugins.transport-mqtt].
#pragma once

#include <cstdint>
#include <string>

#include "broker_process.hpp"
#include "gatetorio/options.hpp"

namespace gatetorio::transport_mqtt {

struct Options : Limits {
  std::string broker = "managed";
  std::string listen = "127.0.0.1:1883";
  bool allow_plain_mqtt = false;
  std::string topic_prefix = "gatetorio";
  std::int64_t recheck_seconds = 60;
  std::string tls_listen;
  std::string tls_certificate;
  std::string tls_key;
  std::string websocket_listen;
  std::int64_t client_commands = 50;
  std::int64_t broker_connections = 20'000;
  std::int64_t broker_memory_mb = 512;
  std::string public_host;
  std::int64_t public_port = 0;
  std::string public_websocket_url;
  std::string mosquitto;
  std::string external_url;
  std::string external_username;
  Secret external_password;
  std::string external_ca_file;
  std::string external_mqtt_version = "auto";
  Secret broker_secret;
  std::string external_vhost = "/";
  std::string external_management_url;
  std::int64_t external_silence_seconds = 150;
  bool external_app_commands = false;

  bool managed() const { return broker == "managed"; }
};

// What broker_secret begins with, so that the hub knows it from the tokens of users.
inline constexpr std::string_view kBrokerSecretPrefix = "gtb_";

const OptionTable<Options>& option_table();

// The broker's settings, as far as the options say them. Throws OptionError for options that do not fit together.
BrokerSettings broker_settings(const Options& options);

}  // namespace gatetorio::transport_mqtt
