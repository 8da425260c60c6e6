// The guard's mind: everything that the broker asks, answered from memory. It knows no broker type, so that it is
// tested without one; mosquitto_entry.cpp translates. All functions are called on the broker's one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker/budgets.hpp"
#include "broker/client_ids.hpp"
#include "broker/clock_watch.hpp"
#include "broker/ledger.hpp"
#include "broker/link.hpp"
#include "broker/name_changes.hpp"
#include "broker/policy.hpp"
#include "broker/protocol.hpp"
#include "broker/retained_owners.hpp"
#include "broker/sessions.hpp"
#include "broker/socket_watch.hpp"

namespace gatetorio::transport_mqtt {

struct GuardSettings {
  std::string hub_socket;
  std::string hub_username;  // the hub's own client ...
  std::string hub_password;  // ... and its secret of this run
  std::string topic_prefix;
  std::chrono::milliseconds connect_deadline{200};
  std::string client_ids_file;  // empty: client ids of absent clients are forgotten when the broker stops
  std::string retained_file;    // empty: so are retained statuses
  Limits limits;
};

// What the guard asks of the broker.
struct BrokerHooks {
  std::function<void(const std::string& username)> kick;
  std::function<void(const std::string& client_id)> kick_session;
  std::function<bool(const std::string& client_id)> session_exists;  // of a client that is not connected
  // Has the subscriptions of an absent client judged again by may_subscribe; those that are refused end.
  std::function<void(const std::string& client_id)> judge_subscriptions;
  std::function<void(const std::string& topic)> clear_retained;
  std::function<void()> restart;
  std::function<int(SessionTable::Client)> subscription_count;
  // Ends connections that never log in or do not read, of all that the broker has open.
  std::function<SocketWatch::Found(const std::unordered_map<std::string, std::int64_t>& let_in)> watch_sockets;
};

enum class Admission {
  kYes,
  kNo,
  kLater,  // nothing is wrong with it: it may try again
};

struct ConnectAttempt {
  SessionTable::Client client = nullptr;
  std::string_view username;
  std::string_view password;
  std::string_view client_id;
  std::string_view peer;
  bool clean_start = true;
  bool may_persist = true;  // false: its session surely ends with its connection
  int keep_alive_s = 60;    // 0: none
};

struct Message {
  std::string_view topic;
  std::string_view payload;
  bool retained = false;
};

// What becomes of a message that may_publish has let pass.
struct Verdict {
  enum class Kind {
    kPass,
    kMove,    // to `topic`, with `payload` where that is not empty
    kNobody,  // as if nobody were subscribed
    kRefuse,
    kLater,  // not now: its sender must not be told that it has arrived
  };
  Kind kind = Kind::kPass;
  std::string topic = {};
  std::string payload = {};
};

class Guard {
 public:
  Guard(GuardSettings settings, BrokerHooks hooks);
  ~Guard();

  // Waits, at most so long, until the hub has told what it knows; called before the broker takes connections.
  void wait_until_synced(std::chrono::milliseconds longest);

  // May this client connect? Waits at most connect_deadline, and a fifth of all time at most.
  Admission may_connect(ConnectAttempt attempt);
  void disconnected(SessionTable::Client client);

  // Counts what a client sends against its principal's budgets; asked before may_publish. kRefuse: this message is too
  // much. kClose: so is all that comes after it.
  enum class Spending { kYes, kRefuse, kClose };
  Spending spend(SessionTable::Client client, std::string_view username, const Message& message);
  // Also asked about last wills when they are sent, and about the sender of a retained message when that is delivered.
  bool may_publish(SessionTable::Client client, std::string_view username, const Message& message);
  bool may_receive(SessionTable::Client client, std::string_view username, const Message& message);
  bool may_subscribe(SessionTable::Client client, std::string_view username, std::string_view filter);
  void unsubscribed(SessionTable::Client client, std::string_view filter);
  // `client` published it (no will), and may_publish let it pass.
  Verdict judge(SessionTable::Client client, std::string_view username, const Message& message);

  // Many times a second: takes the hub's news and ends revoked sessions.
  void tick();
  // When the broker stops.
  void save();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class T>
  using ByText = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  using Steady = std::chrono::steady_clock;

  bool is_hub(std::string_view username) const { return username == settings_.hub_username; }
  const Policy* policy_of(std::string_view username);
  const Policy* policy_of(std::int64_t device_id);
  std::int64_t holder_of(std::string_view controller_id) const;
  Topic as_known_to(const Policy& policy, const Topic& topic) const;
  bool may_hear(const Policy& policy, std::string_view filter) const;
  void hear();
  void hear_frame(const Frame& frame);
  void set_policy(Policy policy);
  void set_name(std::int64_t device_id, const std::string& username, std::string_view name);
  void tell_sessions();
  const Password* confirmed(std::string_view username, const std::string& hash) const;
  // Is the password right? Nothing where the hub gives no answer now.
  std::optional<bool> ask_hub(const ConnectAttempt& attempt);
  std::chrono::microseconds longest_wait();
  // False where it did not come in time, or the hub has gone. The broker stands meanwhile.
  bool wait_for_hub(std::chrono::microseconds longest, const std::function<bool()>& is_here);
  Admission admit(const ConnectAttempt& attempt, std::int64_t valid_until_us);
  bool is_free(const ConnectAttempt& attempt);
  Admission find_room(const ConnectAttempt& attempt);
  void ask_about(const std::string& username);
  bool has_room_for(Session& session, const Policy& policy, SessionTable::Client client, std::string_view filter);
  void watch_sockets(Steady::time_point now);
  void tell_excesses();
  void end_outlived_sessions();
  void settle_news();
  void tell_counters();
  Admission refuse_connect(Admission why = Admission::kNo);
  std::string command_topic(const Policy& device) const;
  void follow_name(const std::string& username);
  void end_strayed_sessions(Steady::time_point now);
  bool may_receive_command(SessionTable::Client client, const Policy& device, const Message& message);
  bool may_publish_status(SessionTable::Client client, const Rule& rule, const Message& message, bool is_packet);
  bool tell_status(DeviceStatus status);
  Verdict judge_status(SessionTable::Client client, const Message& message);
  Verdict judge_from_hub(const Message& message);
  Verdict judge_app_command(SessionTable::Client client, const Policy* policy, const Topic& topic,
                            const Message& message);

  GuardSettings settings_;
  BrokerHooks hooks_;
  ByText<Policy> policies_;
  ByText<std::int64_t> holders_;                         // devices by controller id
  std::unordered_map<std::int64_t, std::string> names_;  // the same the other way
  // Devices with another name, and until when their sessions may follow it.
  ByText<Steady::time_point> strayed_;  // by user name
  std::vector<std::string> to_kick_;    // user names
  std::vector<std::string> to_judge_;   // client ids of absent clients
  std::string judged_;                  // the one whose subscriptions the broker is asking about
  std::vector<std::string> to_clear_;   // topics
  std::vector<std::uint64_t> to_end_;   // numbers of sessions that are one too many
  SessionTable sessions_;
  ClientIds client_ids_;
  CommandLedger ledger_;
  RetainedOwners retained_;
  NameChanges name_changes_;
  ClockWatch clock_;
  Budgets budgets_;
  Counters counters_;
  std::uint64_t statuses_told_ = 0;  // to the hub
  Counters counters_told_;
  bool synced_ = false;
  bool probing_ = false;
  std::uint64_t last_request_ = 0;
  // Questions that are with the hub: who is asked about, by address and user name.
  std::unordered_map<std::uint64_t, std::pair<std::string, std::string>> unanswered_;
  std::uint64_t awaited_request_ = 0;  // the one that the broker waits for
  std::optional<bool> awaited_answer_;
  // Who comes through the hub, by the address that the broker sees.
  std::unordered_map<std::string, std::string> relayed_;
  std::chrono::microseconds wait_budget_;  // how long the broker may still stand waiting for the hub
  Steady::time_point budget_at_;
  Steady::time_point told_at_;
  Steady::time_point looked_at_;   // when sessions were last checked for outlived passwords and silence
  Steady::time_point saved_at_;    // when retained_ was last saved
  Steady::time_point watched_at_;  // when the broker's sockets were last looked at
  std::unique_ptr<Link> link_;
};

}  // namespace gatetorio::transport_mqtt
