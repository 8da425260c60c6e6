#include "checkup.hpp"

#include "gatetorio/tls_check.hpp"
#include "mosquitto_program.hpp"

namespace gatetorio::transport_mqtt {
namespace {

// "ssl://broker.example.org:8883" -> "broker.example.org"
std::string host_of(const std::string& url) {
  const auto begin = url.find("//");
  const std::string address = url.substr(begin == std::string::npos ? 0 : begin + 2);
  ListenAddress parsed;
  return parse_listen(address, parsed) ? parsed.host : address;
}

void look_over_managed(Checkup& checkup, const Options& options, const std::string& guard) {
  const MosquittoProgram program = find_mosquitto(options.mosquitto);
  if (program.wrong.empty()) {
    checkup.good("mosquitto", program.path + " is Mosquitto " + program.version);
  } else {
    checkup.error("mosquitto", program.wrong, program.mend);
  }
  checkup.can_read("", guard);
  const BrokerSettings settings = broker_settings(options);
  if (!settings.tls_listen.host.empty()) {
    check_tls_files(checkup, TlsFiles(options.tls_certificate, options.tls_key));
    checkup.listens("tls_listen", settings.tls_listen.host, settings.tls_listen.port);
  }
  checkup.listens("listen", settings.listen.host, settings.listen.port);
  if (!settings.websocket_listen.host.empty()) {
    checkup.listens("websocket_listen", settings.websocket_listen.host, settings.websocket_listen.port);
  }
}

}  // namespace

void look_over(Checkup& checkup, const Options& options, const std::string& guard) {
  if (options.managed()) {
    look_over_managed(checkup, options, guard);
  } else if (!options.external_ca_file.empty()) {
    checkup.can_read("external_ca_file", options.external_ca_file);
  }
  if (!checkup.is_of_machine()) return;
  if (!options.managed()) checkup.resolves("external_url", host_of(options.external_url));
  if (!options.public_host.empty()) checkup.resolves("public_host", options.public_host);
}

}  // namespace gatetorio::transport_mqtt
