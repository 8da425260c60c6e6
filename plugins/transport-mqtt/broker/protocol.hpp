// What the guard (inside the broker) and the hub say to each other over a local stream socket.
//
// A frame is u32 size of what follows, u8 type, then one struct in the encoding of gatetorio/wire.hpp; all numbers are
// little-endian. Structs may grow at their end, unknown types are skipped, so that a guard and a hub of different
// versions get along.
//
//   guard                                        hub
//   Hello, Sessions (all that live), AbsentHolders  ->
//                                        <-      SetPolicy (each confirmed principal), Synced
//   ConnectRequest                       ->
//                                        <-      ConnectReply
//   SessionOpened, SessionClosed         ->
//   CommandPassed, DeviceStatus          ->
//   Counters, OverBudget                 ->
//                                        <-      SetPolicy (whenever what a principal may do changed), Relayed
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/policy.hpp"
#include "gatetorio/wire.hpp"

namespace gatetorio::transport_mqtt {

inline constexpr std::uint32_t kMaxFrameBytes = 64 * 1024 * 1024;

struct Hello {
  static constexpr std::uint8_t kType = 1;
};
BOOST_DESCRIBE_STRUCT(Hello, (), ())

// May this client connect? The answer must come within a fifth of a second; a later one is kept for the next attempt.
struct ConnectRequest {
  static constexpr std::uint8_t kType = 2;
  std::uint64_t id = 0;
  std::string username;
  std::string password;
  std::string client_id;
  std::string peer;  // IP address
};
BOOST_DESCRIBE_STRUCT(ConnectRequest, (), (id, username, password, client_id, peer))

// A client was let in. `session` is never used twice, by later broker processes neither.
struct SessionOpened {
  static constexpr std::uint8_t kType = 3;
  std::uint64_t session = 0;
  std::string username;
  std::string client_id;
  std::string peer;
};
BOOST_DESCRIBE_STRUCT(SessionOpened, (), (session, username, client_id, peer))

struct SessionClosed {
  static constexpr std::uint8_t kType = 4;
  std::uint64_t session = 0;
  std::string username;
  std::string client_id;
  std::string reason;  // "closed", "taken over", "revoked"
};
BOOST_DESCRIBE_STRUCT(SessionClosed, (), (session, username, client_id, reason))

// Every session that lives now; what is not in it has ended.
struct Sessions {
  static constexpr std::uint8_t kType = 5;
  std::vector<SessionOpened> sessions;
  std::uint64_t statuses = 0;  // the number of the last DeviceStatus
};
BOOST_DESCRIBE_STRUCT(Sessions, (), (sessions, statuses))

// How often something was refused, since the broker's start.
struct Counters {
  static constexpr std::uint8_t kType = 6;
  std::uint64_t connects_refused = 0;
  std::uint64_t connects_unanswered = 0;  // of those: the hub did not answer in time
  std::uint64_t publishes_refused = 0;
  std::uint64_t statuses_malformed = 0;
  std::uint64_t commands_malformed = 0;
  std::uint64_t commands_retained = 0;
  std::uint64_t commands_undeliverable = 0;  // the device is not connected
  std::uint64_t commands_late = 0;           // deliveries of what the hub did not publish, or whose time was over
  std::uint64_t statuses_unheard = 0;        // the hub was away, or too slow
  std::vector<std::uint64_t> over_budget;    // by Budget
  friend bool operator==(const Counters&, const Counters&) = default;
};
BOOST_DESCRIBE_STRUCT(Counters, (),
                      (connects_refused, connects_unanswered, publishes_refused, statuses_malformed, commands_malformed,
                       commands_retained, commands_undeliverable, commands_late, statuses_unheard, over_budget))

// A command was handed to its device's connection.
struct CommandPassed {
  static constexpr std::uint8_t kType = 7;
  std::int64_t device_id = 0;
  std::string command_id;
  std::int64_t at_us = 0;  // UTC
  std::uint64_t session = 0;
};
BOOST_DESCRIBE_STRUCT(CommandPassed, (), (device_id, command_id, at_us, session))

// A device published a status: a JSON object, for the hub. It goes this way and not over MQTT because here it can be
// said who sent it, and because no limit for clients holds here.
struct DeviceStatus {
  static constexpr std::uint8_t kType = 8;
  std::int64_t device_id = 0;
  std::string payload;
  std::uint64_t session = 0;  // which sent it; 0: a last will, or the hub for the device
  std::uint64_t number = 0;   // counts from 1 since the broker's start
};
BOOST_DESCRIBE_STRUCT(DeviceStatus, (), (device_id, payload, session, number))

// User names for whose return the broker keeps sessions. Who of them has no rights any more, the hub says by SetPolicy.
struct AbsentHolders {
  static constexpr std::uint8_t kType = 9;
  std::vector<std::string> usernames;
};
BOOST_DESCRIBE_STRUCT(AbsentHolders, (), (usernames))

// Somebody took more than its share, so many times since this was last said of it. At most once a minute.
struct OverBudget {
  static constexpr std::uint8_t kType = 10;
  std::string who;     // user name, or address of one that is not known; empty: of too many to name
  std::string budget;  // as of Budget
  std::uint64_t times = 0;
};
BOOST_DESCRIBE_STRUCT(OverBudget, (), (who, budget, times))

// Where the guard sends the commands that apps publish: to the hub, which decides, writes them down and sends them as
// its own. Not a frame but an MQTT message, so that the publisher's acknowledgement tells whether the hub has it, and
// with the publisher's own message expiry. Nobody else can publish or subscribe here.
inline constexpr std::string_view kRequestTopic = "$gatetorio/requests";

// The payload there, as JSON.
struct CommandRequest {
  std::string username;
  std::string peer;                 // IP address
  std::int64_t device_id = 0;       // whom the publisher meant
  std::string controller_id;        // by this name
  std::int64_t received_at_us = 0;  // UTC; its time to live counts from here
  std::uint64_t statuses = 0;       // the number of the last DeviceStatus, which the publisher may have seen
  // and "command": the object that was published
};
BOOST_DESCRIBE_STRUCT(CommandRequest, (), (username, peer, device_id, controller_id, received_at_us, statuses))

struct ConnectReply {
  static constexpr std::uint8_t kType = 16;
  std::uint64_t id = 0;
  bool allow = false;
  Policy policy;  // where allowed; its passwords include the one that was asked about
};
BOOST_DESCRIBE_STRUCT(ConnectReply, (), (id, allow, policy))

// Replaces what the guard knows of policy.username. One that is not valid ends its sessions at once.
struct SetPolicy {
  static constexpr std::uint8_t kType = 17;
  Policy policy;
};
BOOST_DESCRIBE_STRUCT(SetPolicy, (), (policy))

// Whoever connects from `address`, one of 127.128.0.0/9, comes through the hub and is `peer`. Said before the first
// connection from there; an empty peer after the last one.
struct Relayed {
  static constexpr std::uint8_t kType = 19;
  std::string address;
  std::string peer;
};
BOOST_DESCRIBE_STRUCT(Relayed, (), (address, peer))

// The hub has said everything that it knew when the guard came.
struct Synced {
  static constexpr std::uint8_t kType = 18;
};
BOOST_DESCRIBE_STRUCT(Synced, (), ())

struct Frame {
  std::uint8_t type = 0;
  std::string body;
};

template <class T>
std::string to_frame(const T& message) {
  std::string out(5, '\0');
  wire::Writer(out).value(message);
  const auto size = static_cast<std::uint32_t>(out.size() - 4);
  std::memcpy(out.data(), &size, sizeof size);
  out[4] = static_cast<char>(T::kType);
  return out;
}

// Cuts a stream of bytes into frames.
class FrameReader {
 public:
  void append(std::string_view bytes) { buffer_.append(bytes); }
  // The next whole frame, or nothing yet. After `broken` there is never another one.
  std::optional<Frame> next() {
    std::uint32_t size = 0;
    if (broken_) return std::nullopt;
    if (buffer_.size() - at_ < sizeof size) return wait_for_more();
    std::memcpy(&size, buffer_.data() + at_, sizeof size);
    if (size == 0 || size > kMaxFrameBytes) {
      broken_ = true;
      return std::nullopt;
    }
    if (buffer_.size() - at_ < sizeof size + size) return wait_for_more();
    Frame frame{static_cast<std::uint8_t>(buffer_[at_ + 4]), buffer_.substr(at_ + 5, size - 1)};
    at_ += sizeof size + size;
    return frame;
  }
  bool broken() const { return broken_; }
  // Of memory, for bytes that are read or still to be read.
  std::size_t held_bytes() const { return buffer_.capacity(); }

 private:
  static constexpr std::size_t kKeptBytes = 256 * 1024;  // after a burst

  // Frames that were read go, also where nothing has come behind them.
  std::optional<Frame> wait_for_more() {
    buffer_.erase(0, std::exchange(at_, 0));
    if (buffer_.capacity() > kKeptBytes && buffer_.size() < kKeptBytes / 2) buffer_.shrink_to_fit();
    return std::nullopt;
  }

  std::string buffer_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

}  // namespace gatetorio::transport_mqtt
