// Who is connected to the broker now, and whose a client id is. Sessions are counted by connection, so that a takeover
// - where the old connection's end is told after the new one's beginning - never looks like a departure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatetorio::transport_mqtt {

struct Session {
  std::uint64_t number = 0;
  std::string username;
  std::string client_id;
  std::string peer;
  bool clean_start = true;          // what it asked for
  bool may_persist = true;          // false: its session surely ends with its connection
  std::int64_t valid_until_us = 0;  // UTC; when its password ends. 0: never
  std::int64_t device_id = 0;       // of the device that it is; 0: a user's, or the hub's
  bool has_keep_alive = true;       // false: off or long, so that the broker does not notice when it is gone
  std::chrono::steady_clock::time_point heard_at{};  // when it last sent something that we saw
  // The filter by which it has subscribed to its commands; nothing: it has not. Unknown after a crash of the broker:
  // `may_listen`.
  std::string listens_by = {};
  bool may_listen = false;
  std::vector<std::string> wildcards = {};  // filters with + or # that it has subscribed to
  bool superseded = false;                  // another connection has taken its client id; its end is near
  bool revoked = false;
};

class SessionTable {
 public:
  using Client = const void*;  // the broker's handle of a connection

  // Notes a new connection and gives it a number. Older ones of the same client id become superseded. The reference
  // lives until `close`.
  const Session& open(Client client, Session session);
  // The session of a connection that ended, or nothing where it never was let in.
  std::optional<Session> close(Client client);
  // The broker publishes a last will as the client whose connection has just ended (or is being taken over): true where
  // this can be one. Once for each connection that `will_sent` confirms.
  bool may_send_will(Client client, std::string_view username) const;
  void will_sent(Client client) { departed_.erase(client); }
  void mark_revoked(std::string_view username);

  std::vector<Session> all() const;
  const Session* find(Client client) const;
  Session* find(Client client);
  // Client ids of those whose password has ended, each told once.
  std::vector<std::string> outlived(std::int64_t now_us);
  // Client ids of those without a keep-alive that have sent nothing since then, each told once.
  std::vector<std::string> silent_since(std::chrono::steady_clock::time_point since);
  // Connections of a principal that nobody has superseded.
  std::vector<Client> live(std::string_view username) const;
  // Numbers of a principal's sessions, those that began first in front, but for a client id's and those that end
  // already.
  std::vector<std::uint64_t> oldest_first(std::string_view username, std::string_view but_for) const;
  // The client id of a session that is connected and has not been superseded, or null. The broker must not be asked to
  // end any other: it would put a session that waits for its client on the list of those that expire once more.
  const std::string* connected(std::uint64_t number) const;
  // The principal whose live connection has this client id, or null.
  const std::string* live_owner(std::string_view client_id) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  // No earlier broker process has counted from here. Fits a positive signed integer.
  static std::uint64_t first_number() { return std::uint64_t{std::random_device()()} << 31; }
  template <class T>
  using ByText = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

  std::unordered_map<Client, Session> sessions_;
  std::unordered_map<Client, std::string> departed_;  // user names of handles that nobody has now
  ByText<std::vector<Client>> by_username_;
  ByText<Client> by_client_id_;  // the connection that is not superseded
  std::uint64_t last_number_ = first_number();
};

}  // namespace gatetorio::transport_mqtt
