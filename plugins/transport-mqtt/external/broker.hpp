// A broker of the operator's, as far as the hub deals with it beside being its client: answers its questions, ends the
// connections of whoever lost a right, tells who is there, and turns the names in its topics into devices.
#pragma once

#include <functional>
#include <thread>

#include "external/connection_book.hpp"
#include "external/device_names.hpp"
#include "external/evictions.hpp"
#include "external/presence.hpp"
#include "external/questions.hpp"
#include "external/revocation.hpp"
#include "gatetorio/device_link.hpp"

namespace gatetorio::transport_mqtt {

class ExternalBroker {
 public:
  // `on_status`: a device published a JSON object as its status.
  using OnStatus = std::function<void(DeviceMessage message)>;
  ExternalBroker(Host& host, const Options& options, OnStatus on_status);
  ~ExternalBroker() { stop(); }

  // In configure(). The questions are declared in managed mode, too; then nobody can ask them.
  void configure();
  // `folder`: the plugin's own.
  void start(const std::string& folder);
  // What the management has not answered is given up.
  void stop();

  // A status that came on the topic of a name: found out whose it is, then told to on_status. Any thread.
  void incoming(std::string controller_id, std::string payload);
  // The topic of a device by its present name, looked up anew. Errors: kNotFound, kUnavailable.
  Task<Result<std::string>> topic_for(std::int64_t device_id, TopicKind kind);
  bool is_connected(std::int64_t device_id) const { return presence_.is_connected(device_id); }

 private:
  void heard(std::int64_t device_id, std::string payload);
  Task<Result<void>> keep_limits();
  Task<void> end_management();
  Task<Result<std::vector<BrokerConnection>>> connections_of(std::string username);

  Host& host_;
  const Options& options_;
  const OnStatus on_status_;
  const Management management_;
  ManagementHealth health_;
  Decisions decisions_;
  ConnectionBook book_;
  ManagementThread thread_;
  Evictions evictions_;
  Revocation revocation_;
  Questions questions_;
  ExternalPresence presence_;
  DeviceNames names_;
  std::thread closer_;  // ends the management's thread
};

}  // namespace gatetorio::transport_mqtt
