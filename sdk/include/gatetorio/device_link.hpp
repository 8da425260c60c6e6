// gatetorio.device-link/1: the way to devices that are connected now, and what comes back from them.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatetorio {

// Members of a command that the hub fills in; what a client wrote there means nothing.
inline constexpr std::string_view kReservedCommandMembers[] = {"command_id", "issued_at", "expires_at", "boot_nonce"};

// For a device, whatever it is called when the message reaches the broker.
struct Publish {
  std::int64_t device_id = 0;
  std::string payload;             // a JSON object, delivered as it is
  std::int64_t expires_at_us = 0;  // never delivered later than this
};
BOOST_DESCRIBE_STRUCT(Publish, (), (device_id, payload, expires_at_us))

struct Published {
  bool has_receiver = true;  // false: the broker said that nobody is subscribed
};
BOOST_DESCRIBE_STRUCT(Published, (), (has_receiver))

struct LinkQuery {
  std::int64_t device_id = 0;
};
BOOST_DESCRIBE_STRUCT(LinkQuery, (), (device_id))

struct LinkState {
  bool is_connected = false;  // a command published now would find it
};
BOOST_DESCRIBE_STRUCT(LinkState, (), (is_connected))

// Where devices and apps find the broker.
struct LinkEndpoint {
  std::string host;
  std::int64_t port = 0;
  bool tls = false;
  std::string websocket_url;  // empty: none
  std::string topic_prefix;
};
BOOST_DESCRIBE_STRUCT(LinkEndpoint, (), (host, port, tls, websocket_url, topic_prefix))

struct EndpointQuery {};
BOOST_DESCRIBE_STRUCT(EndpointQuery, (), ())

struct DeviceLink {
  static constexpr std::string_view kId = "gatetorio.device-link/1";
  // Answers when the broker has taken it. Errors: kUnavailable where the broker cannot be reached, kTimeout where it
  // did not acknowledge in time.
  struct PublishCommand {
    static constexpr std::uint32_t kMethod = 1;
    using Request = Publish;
    using Reply = Published;
  };
  struct Endpoint {
    static constexpr std::uint32_t kMethod = 2;
    using Request = EndpointQuery;
    using Reply = LinkEndpoint;
  };
  // The same for the device's status topic, where the hub tells its watchers of something. No command, so it needs no
  // command_id; `has_receiver` is not known for it.
  struct PublishStatus {
    static constexpr std::uint32_t kMethod = 3;
    using Request = Publish;
    using Reply = Published;
  };
  // Is the device connected now? From memory; what storage says of presence is for lists.
  struct State {
    static constexpr std::uint32_t kMethod = 4;
    using Request = LinkQuery;
    using Reply = LinkState;
  };
};

// A principal's session with the broker began or ended. Key: "<kind>:<id>".
struct LinkSession {
  static constexpr std::string_view kTopic = "link.session";
  std::string kind;
  std::int64_t id = 0;
  bool connected = false;  // false: it has no session left
  std::string peer;
  std::optional<std::string> via = {};     // how it is known: "mqtt", which is meant where nothing is said, or "status"
  std::optional<std::string> reason = {};  // of one that ended: "closed" or "timeout", where that is known
};
BOOST_DESCRIBE_STRUCT(LinkSession, (), (kind, id, connected, peer, via, reason))

// A device published on its status topic. Key: the device's id in decimal.
struct DeviceMessage {
  static constexpr std::string_view kTopic = "device.message";
  std::int64_t device_id = 0;  // who sent it
  std::string payload;         // a JSON object of at most 64 KiB, as the device sent it
  std::uint64_t session = 0;   // which sent it; never used twice. 0: not known, a last will, or the hub for the device
};
BOOST_DESCRIBE_STRUCT(DeviceMessage, (), (device_id, payload, session))

// The broker handed a command to the device's connection. A connection that hangs swallows it: what the device says
// after this in the same session tells that it lives. Comes before those messages. Key: the device's id in decimal.
struct CommandHandedOver {
  static constexpr std::string_view kTopic = "command.handed-over";
  std::int64_t device_id = 0;
  std::string command_id;
  std::int64_t at_us = 0;
  std::uint64_t session = 0;  // as of DeviceMessage; 0: it has ended
};
BOOST_DESCRIBE_STRUCT(CommandHandedOver, (), (device_id, command_id, at_us, session))

// What became of a command is written down. Key: the device's id in decimal.
struct CommandOutcome {
  static constexpr std::string_view kTopic = "command.outcome";
  std::int64_t device_id = 0;
  std::string command_id;
  std::string state;  // sent, delivered, acknowledged, failed, moving, completed, reversed
  std::int64_t at_us = 0;
};
BOOST_DESCRIBE_STRUCT(CommandOutcome, (), (device_id, command_id, state, at_us))

// The broker lost all its sessions (it was restarted): until it says otherwise nobody is connected. Key: empty.
struct LinkReset {
  static constexpr std::string_view kTopic = "link.reset";
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(LinkReset, (), (reason))

}  // namespace gatetorio
