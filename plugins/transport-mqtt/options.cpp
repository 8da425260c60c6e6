#include "options.hpp"

#include <algorithm>
#include <cctype>
#include <gatetorio/plugin.hpp>

#include "external/decisions.hpp"
#include "external/management.hpp"

namespace gatetorio::transport_mqtt {
namespace {

ListenAddress address(const char* option, const std::string& text) {
  ListenAddress parsed;
  if (!text.empty() && !parse_listen(text, parsed)) {
    throw OptionError(option, "must be an address and a port, as in \"127.0.0.1:1883\"");
  }
  return parsed;
}

void check_plain(const char* option, const ListenAddress& where, bool allowed) {
  const bool loopback =
      where.host.empty() || where.host.starts_with("127.") || where.host == "::1" || where.host == "localhost";
  if (loopback || allowed) return;
  throw OptionError(option,
                    "would serve MQTT without TLS beyond this machine: set tls_listen, tls_certificate and tls_key and "
                    "keep this one on 127.0.0.1, or allow_plain_mqtt = true to send credentials in the clear");
}

void check_topic_prefix(const std::string& prefix) {
  const bool wrong = prefix.empty() || prefix.front() == '/' || prefix.front() == '$' || prefix.back() == '/' ||
                     prefix.find_first_of("+#\"\\ \t\r\n") != std::string::npos || prefix.size() > 128;
  if (wrong) throw OptionError("topic_prefix", "must be a topic of at most 128 characters, without + # $ or spaces");
}

void check_external(const Options& options) {
  if (options.external_url.empty()) throw OptionError("external_url", "is needed for an external broker");
  if (parse_principal_name(options.external_username)) {
    throw OptionError("external_username", "must not look like that of a device or user");
  }
  const std::string& url = options.external_management_url;
  if (!url.empty() && !ManagementAddress::parse(url)) {
    throw OptionError("external_management_url", "must be a scheme, host and port, as in \"http://127.0.0.1:15672\"");
  }
  const std::string_view secret = options.broker_secret.reveal();
  if (secret.empty()) return;
  const bool is_plain = std::all_of(secret.begin(), secret.end(),
                                    [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
  if (!secret.starts_with(kBrokerSecretPrefix) || secret.size() < kBrokerSecretPrefix.size() + 32 || !is_plain) {
    throw OptionError("broker_secret", "must be \"gtb_\" and at least 32 of A-Z a-z 0-9 _ -");
  }
  if (options.topic_prefix.find('.') != std::string::npos) {
    throw OptionError("topic_prefix", "must have no dot with broker_secret: to RabbitMQ a dot is a slash");
  }
}

}  // namespace

// A limit of the managed broker's guard.
Option<Options> limit(std::string_view name, std::int64_t Limits::*field, std::string_view help) {
  constexpr std::int64_t kMost = 1'000'000;
  return Option<Options>(name, static_cast<std::int64_t Options::*>(field), help).range(0, kMost);
}

const OptionTable<Options>& option_table() {
  using O = Options;
  static const OptionTable<Options> table = {
      option("broker", &O::broker,
             "\"managed\": the hub starts, configures and supervises its own Mosquitto. \"external\": it connects to a "
             "broker that you run.")
          .choices({"managed", "external"}),
      option("listen", &O::listen, "Address and port of the managed broker; port 0 takes a free one."),
      option("allow_plain_mqtt", &O::allow_plain_mqtt,
             "Serve MQTT without TLS on an address that others can reach. Credentials then travel in the clear."),
      option("topic_prefix", &O::topic_prefix, "What topics begin with: <topic_prefix>/<controller_id>/commands."),
      option(
          "recheck_seconds", &O::recheck_seconds,
          "How often the hub compares what its broker believes about who may do what with what is stored. Changes made "
          "through this hub bite at once; this is for those that another program made.")
          .unit("seconds")
          .range(1, 3'600),
      option("tls_listen", &O::tls_listen, "Address and port for MQTT over TLS, as in \"0.0.0.0:8883\"; empty: none."),
      option("tls_certificate", &O::tls_certificate, "PEM file with the certificate chain for tls_listen."),
      option("tls_key", &O::tls_key, "PEM file with the private key of tls_certificate."),
      option("websocket_listen", &O::websocket_listen,
             "Address and port for MQTT over WebSocket, without TLS: for a proxy in front. A proxy on this machine "
             "tells the "
             "client's address by X-Forwarded-For. Empty: none."),
      option("public_host", &O::public_host, "Host name of the broker that devices and apps are told."),
      option("public_port", &O::public_port, "Port that they are told; 0: the one of the listener.").range(0, 65535),
      option("public_websocket_url", &O::public_websocket_url,
             "WebSocket URL that apps are told, as in \"wss://...\"."),
      option("mosquitto", &O::mosquitto, "Path of the mosquitto program; empty: looked for."),
      limit("client_connections", &Limits::client_connections,
            "Connections that one device or user may have; a newer one ends the oldest. 0, as in the options below: no "
            "limit."),
      limit("client_sessions", &Limits::client_sessions,
            "Sessions that may wait in the broker for absent clients of one device or user."),
      limit("client_subscriptions", &Limits::client_subscriptions,
            "Subscriptions of one connection; two for each device that its user may see where that is more."),
      limit("client_wildcards", &Limits::client_wildcards, "Subscriptions with + or # of one connection."),
      limit("client_messages", &Limits::client_messages,
            "Messages a second that one device or user may publish for long; 20 seconds' worth at once.")
          .unit("per second"),
      limit("client_kilobytes", &Limits::client_kilobytes, "The same in KiB a second.").unit("KiB per second"),
      option("client_commands", &O::client_commands,
             "Commands a second that the apps of one user may publish for long, and ten times as many at once; the "
             "rest is not sent, but for stops. Over HTTP its own limits hold. 0: no limit.")
          .unit("per second")
          .range(0, 1'000'000),
      limit("address_connections", &Limits::address_connections,
            "Clients that may be connected from one IPv4 address or IPv6 /64; loopback is not counted."),
      option("broker_connections", &O::broker_connections,
             "Connections that each listener of the managed broker takes.")
          .range(0, 1'000'000),
      option("broker_memory_mb", &O::broker_memory_mb,
             "Memory that the managed broker may use; above it whoever wants more is refused. 0: no limit.")
          .unit("MiB")
          .range(0, 1'000'000),
      option("external_url", &O::external_url,
             "URL of the external broker: \"tcp://host:1883\" or \"ssl://host:8883\"."),
      option("external_username", &O::external_username, "User name of the hub at the external broker."),
      option("external_password", &O::external_password, "Password of the hub at the external broker."),
      option("external_ca_file", &O::external_ca_file,
             "PEM file of the authority of an ssl:// broker and its management; empty: the system's."),
      option("external_mqtt_version", &O::external_mqtt_version,
             "What the hub speaks with the external broker. \"auto\": MQTT 5 where the broker speaks it, else 3.1.1, "
             "which has no "
             "message expiry.")
          .choices({"auto", "5", "3.1.1"}),
      option(
          "broker_secret", &O::broker_secret,
          "With this the external broker asks the hub who may connect, publish and subscribe: \"gtb_\" and at least 32 "
          "of A-Z a-z 0-9 _ -. Empty: it cannot ask."),
      option("external_vhost", &O::external_vhost, "RabbitMQ's virtual host for MQTT."),
      option("external_management_url", &O::external_management_url,
             "RabbitMQ's management, as in \"http://127.0.0.1:15672\": the hub removes connections and sessions there "
             "when "
             "access ends, as external_username. Empty: they live on."),
      option("external_silence_seconds", &O::external_silence_seconds,
             "A device counts as away when it has published no status for so long.")
          .unit("seconds")
          .range(2, 86'400),
      option("external_app_commands", &O::external_app_commands,
             "Let apps publish commands to the external broker themselves. Nothing stamps such a command with an end: "
             "it may "
             "reach a gate late. Without, apps send commands over HTTP.")};
  return table;
}

BrokerSettings broker_settings(const Options& options) {
  check_topic_prefix(options.topic_prefix);
  if (!options.managed()) check_external(options);
  BrokerSettings settings;
  settings.mosquitto = options.mosquitto;
  settings.topic_prefix = options.topic_prefix;
  settings.listen = address("listen", options.listen);
  settings.tls_listen = address("tls_listen", options.tls_listen);
  settings.websocket_listen = address("websocket_listen", options.websocket_listen);
  settings.tls_certificate = options.tls_certificate;
  settings.tls_key = options.tls_key;
  settings.limits = options;
  settings.connections = options.broker_connections;
  settings.memory_mb = options.broker_memory_mb;
  if (settings.listen.host.empty()) throw OptionError("listen", "must be an address and a port");
  check_plain("listen", settings.listen, options.allow_plain_mqtt || !options.managed());
  check_plain("websocket_listen", settings.websocket_listen, options.allow_plain_mqtt || !options.managed());
  if (!options.tls_listen.empty() && (options.tls_certificate.empty() || options.tls_key.empty())) {
    throw OptionError("tls_listen", "needs tls_certificate and tls_key");
  }
  return settings;
}

}  // namespace gatetorio::transport_mqtt
