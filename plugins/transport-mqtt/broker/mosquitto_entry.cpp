// The guard as a Mosquitto plugin (API v5): translates the broker's events into the guard's questions.
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <boost/mp11.hpp>
#include <charconv>
#include <csignal>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>

#include "broker/guard.hpp"
#include "broker/mosquitto_codes.hpp"

namespace gatetorio::transport_mqtt {
namespace {

// A topic that nobody can subscribe to: a message moved here is answered with "no matching subscribers".
constexpr char kNowhere[] = "$gatetorio/nowhere";
constexpr std::chrono::seconds kLongestSync{2};

std::string_view view(const char* text) { return text == nullptr ? std::string_view() : std::string_view(text); }
std::string_view view(const void* data, std::uint32_t size) {
  return size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

// No exception may reach the broker; where one does, the answer is no.
template <class Work>
int guarded(int if_thrown, Work work) {
  try {
    return work();
  } catch (const std::exception& e) {
    mosquitto_log_printf(mosq::kLogError, "gatetorio guard: %s", e.what());
    return if_thrown;
  }
}

struct Plugin {
  mosquitto_plugin_id_t* id;
  std::unique_ptr<Guard> guard;
};

bool parse_number(std::string_view text, std::int64_t& out) {
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out);
  return wrong == std::errc() && end == text.data() + text.size() && out >= 0;
}

int on_connect(int, void* event_data, void* userdata) {
  auto& guard = *static_cast<Plugin*>(userdata)->guard;
  const auto& event = *static_cast<mosquitto_evt_basic_auth*>(event_data);
  return guarded(mosq::kAuth, [&] {
    ConnectAttempt attempt;
    attempt.client = event.client;
    attempt.username = view(event.username);
    attempt.password = view(event.password);
    attempt.client_id = view(mosquitto_client_id(event.client));
    attempt.peer = view(mosquitto_client_address(event.client));
    attempt.clean_start = mosquitto_client_clean_session(event.client);
    attempt.may_persist = !attempt.clean_start || mosquitto_client_protocol_version(event.client) == 5;
    attempt.keep_alive_s = mosquitto_client_keepalive(event.client);
    const Admission answer = guard.may_connect(attempt);
    if (answer == Admission::kLater) return mosq::kUnknown;
    return answer == Admission::kYes ? mosq::kSuccess : mosq::kAuth;
  });
}

int on_disconnect(int, void* event_data, void* userdata) {
  auto& guard = *static_cast<Plugin*>(userdata)->guard;
  const auto& event = *static_cast<mosquitto_evt_disconnect*>(event_data);
  return guarded(mosq::kSuccess, [&] {
    guard.disconnected(event.client);
    return mosq::kSuccess;
  });
}

// A message that does not count. MQTT 5 can say so, and with QoS 0 nobody has been promised anything; otherwise the
// sender would be told that it has arrived, so that its connection ends instead.
int drop(const struct mosquitto* client, int qos) {
  const bool can_tell = mosquitto_client_protocol_version(client) == 5 || qos == 0;
  return can_tell ? mosq::kAclDenied : mosq::kUnknown;
}

int on_acl_check(int, void* event_data, void* userdata) {
  auto& guard = *static_cast<Plugin*>(userdata)->guard;
  const auto& event = *static_cast<mosquitto_evt_acl_check*>(event_data);
  return guarded(mosq::kAclDenied, [&] {
    const std::string_view username = view(mosquitto_client_username(event.client));
    const Message message{view(event.topic), view(event.payload, event.payloadlen), event.retain};
    bool allowed = false;
    if (event.access == MOSQ_ACL_WRITE) {
      const Guard::Spending spending = guard.spend(event.client, username, message);
      if (spending == Guard::Spending::kClose) return mosq::kUnknown;
      if (spending == Guard::Spending::kRefuse) return drop(event.client, event.qos);
    }
    if (event.access == MOSQ_ACL_READ) allowed = guard.may_receive(event.client, username, message);
    if (event.access == MOSQ_ACL_WRITE) allowed = guard.may_publish(event.client, username, message);
    if (event.access == MOSQ_ACL_SUBSCRIBE) allowed = guard.may_subscribe(event.client, username, message.topic);
    if (event.access == MOSQ_ACL_UNSUBSCRIBE) {
      guard.unsubscribed(event.client, message.topic);
      allowed = true;
    }
    return allowed ? mosq::kSuccess : mosq::kAclDenied;
  });
}

int replace_payload(mosquitto_evt_message& event, std::string_view text) {
  // One byte more: the broker counts on a zero behind every payload.
  auto* payload = static_cast<char*>(mosquitto_calloc(text.size() + 1, 1));
  if (payload == nullptr) return mosq::kAclDenied;
  std::memcpy(payload, text.data(), text.size());
  event.payload = payload;
  event.payloadlen = static_cast<std::uint32_t>(text.size());
  return mosq::kSuccess;
}

int on_message(int, void* event_data, void* userdata) {
  auto& guard = *static_cast<Plugin*>(userdata)->guard;
  auto& event = *static_cast<mosquitto_evt_message*>(event_data);
  return guarded(mosq::kAclDenied, [&] {
    const Message message{view(event.topic), view(event.payload, event.payloadlen), event.retain};
    // All but the expiry, which the broker keeps elsewhere: nobody here has a use for them, and no limit of the
    // broker's counts them.
    event.properties = nullptr;  // the broker frees them
    const Verdict verdict = guard.judge(event.client, view(mosquitto_client_username(event.client)), message);
    if (verdict.kind == Verdict::Kind::kRefuse) return mosq::kAclDenied;
    if (verdict.kind == Verdict::Kind::kLater) return drop(event.client, event.qos);
    if (verdict.kind == Verdict::Kind::kPass) return mosq::kSuccess;
    const bool is_moved = verdict.kind == Verdict::Kind::kMove;
    char* topic = mosquitto_strdup(is_moved ? verdict.topic.c_str() : kNowhere);
    if (topic == nullptr) return mosq::kAclDenied;
    event.topic = topic;  // the broker frees it, and the payload
    return verdict.payload.empty() ? mosq::kSuccess : replace_payload(event, verdict.payload);
  });
}

int on_tick(int, void*, void* userdata) {
  auto& guard = *static_cast<Plugin*>(userdata)->guard;
  return guarded(mosq::kSuccess, [&] {
    guard.tick();
    return mosq::kSuccess;
  });
}

BrokerHooks broker_hooks() {
  BrokerHooks hooks;
  hooks.kick = [](const std::string& username) { mosquitto_kick_client_by_username(username.c_str(), false); };
  hooks.kick_session = [](const std::string& client_id) {
    mosquitto_kick_client_by_clientid(client_id.c_str(), false);
  };
  // For a client that is not connected this changes nothing and says whether the broker knows it; the broker has no
  // other way to ask.
  hooks.session_exists = [](const std::string& client_id) {
    return mosquitto_kick_client_by_clientid(client_id.c_str(), true) == mosq::kSuccess;
  };
  // With `true`, for an absent client: `false` would have the broker put its session on the list of those that expire
  // once more, and use it after its end.
  hooks.judge_subscriptions = [](const std::string& client_id) {
    mosquitto_kick_client_by_clientid(client_id.c_str(), true);
  };
  hooks.clear_retained = [](const std::string& topic) {
    if (mosquitto_broker_publish(nullptr, topic.c_str(), 0, nullptr, 0, true, nullptr) != mosq::kSuccess) {
      mosquitto_log_printf(mosq::kLogError, "gatetorio guard: a retained status cannot be cleared");
    }
  };
  hooks.restart = [] {
    mosquitto_log_printf(mosq::kLogError, "gatetorio guard: the clock was set back; the broker starts anew");
    ::raise(SIGTERM);  // the hub starts it again
  };
  hooks.subscription_count = [](SessionTable::Client client) {
    return mosquitto_client_sub_count(static_cast<const struct mosquitto*>(client));
  };
  const auto sockets = std::make_shared<SocketWatch>();
  hooks.watch_sockets = [sockets](const auto& let_in) { return sockets->look(let_in); };
  return hooks;
}

bool read_limit(std::string_view key, std::string_view value, Limits& limits) {
  bool is_good = true;
  boost::mp11::mp_for_each<boost::describe::describe_members<Limits, boost::describe::mod_any_access>>(
      [&](auto member) {
        if (key == member.name) is_good = parse_number(value, limits.*member.pointer);
      });
  return is_good;
}

// False where an option is missing or wrong: a guard without its settings must not let the broker start.
bool read_settings(const mosquitto_opt* options, int count, GuardSettings& settings) {
  for (const auto* option = options; option != options + count; ++option) {
    const std::string_view key = view(option->key), value = view(option->value);
    if (key == "hub_socket") settings.hub_socket = value;
    if (key == "hub_username") settings.hub_username = value;
    if (key == "topic_prefix") settings.topic_prefix = value;
    if (key == "client_ids_file") settings.client_ids_file = value;
    if (key == "retained_file") settings.retained_file = value;
    if (!read_limit(key, value, settings.limits)) return false;
    if (key == "hub_password_file") {
      std::ifstream file{std::string(value)};
      settings.hub_password.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  return !settings.hub_socket.empty() && !settings.hub_username.empty() && !settings.hub_password.empty() &&
         !settings.topic_prefix.empty();
}

}  // namespace
}  // namespace gatetorio::transport_mqtt

using namespace gatetorio::transport_mqtt;

extern "C" __attribute__((visibility("default"))) int mosquitto_plugin_version(int count, const int* versions) {
  for (int i = 0; i < count; ++i) {
    if (versions[i] == MOSQ_PLUGIN_VERSION) return MOSQ_PLUGIN_VERSION;
  }
  return -1;
}

extern "C" __attribute__((visibility("default"))) int mosquitto_plugin_init(mosquitto_plugin_id_t* id, void** userdata,
                                                                            mosquitto_opt* options, int count) {
  return guarded(mosq::kUnknown, [&] {
    GuardSettings settings;
    if (!read_settings(options, count, settings)) {
      mosquitto_log_printf(mosq::kLogError, "gatetorio guard: an option is missing or wrong");
      return mosq::kInvalid;
    }
    auto plugin = std::make_unique<Plugin>();
    plugin->id = id;
    plugin->guard = std::make_unique<Guard>(std::move(settings), broker_hooks());
    plugin->guard->wait_until_synced(kLongestSync);
    int failed = mosquitto_callback_register(id, MOSQ_EVT_BASIC_AUTH, on_connect, nullptr, plugin.get());
    failed |= mosquitto_callback_register(id, MOSQ_EVT_DISCONNECT, on_disconnect, nullptr, plugin.get());
    failed |= mosquitto_callback_register(id, MOSQ_EVT_ACL_CHECK, on_acl_check, nullptr, plugin.get());
    failed |= mosquitto_callback_register(id, MOSQ_EVT_MESSAGE, on_message, nullptr, plugin.get());
    failed |= mosquitto_callback_register(id, MOSQ_EVT_TICK, on_tick, nullptr, plugin.get());
    *userdata = plugin.release();
    return failed;
  });
}

extern "C" __attribute__((visibility("default"))) int mosquitto_plugin_cleanup(void* userdata, mosquitto_opt*, int) {
  const std::unique_ptr<Plugin> plugin(static_cast<Plugin*>(userdata));
  return guarded(mosq::kSuccess, [&] {
    if (plugin) plugin->guard->save();
    return mosq::kSuccess;
  });
}
