// A broker of the operator's, as far as the hub deals with it beside being its client: answers its questions, ends the
// connections of whoever lost a right, and tells who is there.
#pragma once

#include "external/management.hpp"
#include "external/presence.hpp"
#include "external/questions.hpp"
#include "external/revocation.hpp"

namespace gatetorio::transport_mqtt {

class ExternalBroker {
 public:
  ExternalBroker(Host& host, const Options& options)
      : host_(host),
        options_(options),
        management_(host, {options.external_management_url, options.external_username,
                           options.external_password.reveal(), options.external_ca_file}),
        decisions_(host, options),
        revocation_(host, decisions_, [this](const std::string& username) { management_.close(username); }),
        questions_(host, options, decisions_, revocation_),
        presence_(host, std::chrono::seconds(options.external_silence_seconds)) {}

  // In configure(). The questions are declared in managed mode, too; then nobody can ask them.
  void configure() {
    questions_.declare();
    if (options_.managed()) return;
    revocation_.subscribe();
    presence_.subscribe();
  }
  void start() {
    management_.start();
    host_.run(revocation_.watch_ends());
    host_.run(presence_.watch());
  }
  // Blocks for up to 5 s.
  void stop() { management_.stop(); }

 private:
  Host& host_;
  const Options& options_;
  Management management_;
  Decisions decisions_;
  Revocation revocation_;
  Questions questions_;
  ExternalPresence presence_;
};

}  // namespace gatetorio::transport_mqtt
