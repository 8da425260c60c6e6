#include "broker_client.hpp"

#include <mqtt/async_client.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gatetorio::transport_mqtt {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kFirstPause{20};
constexpr milliseconds kLongestPause{2000};
constexpr std::chrono::seconds kConnectDeadline{5};
constexpr int kKeepAliveS = 20;
constexpr std::uint32_t kMostPacketBytes = 262'144;
constexpr int kUnknownVersion3 = 1;  // in a CONNACK of MQTT 3.1.1: it does not know the version
constexpr int kMostInFlight = 65'535;
constexpr int kMostBuffered = 1'000'000;
// The library's sender can miss its wake-up and then rests for a second; any further command wakes it.
constexpr milliseconds kNudgeAfter{20};
constexpr milliseconds kTick{25};
// A broker that takes longer to acknowledge is not worth waiting for.
constexpr milliseconds kLongestAnswer{3000};

mqtt::create_options create_options(bool speaks_mqtt5) {
  mqtt::create_options options(speaks_mqtt5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1);
  options.set_max_buffered_messages(kMostBuffered);
  return options;
}

PublishOutcome outcome_of(const mqtt::token& token) {
  const int reason = token.get_reason_code();
  if (token.get_return_code() != MQTTASYNC_SUCCESS || reason >= 0x80) {
    return reason >= 0x80 ? PublishOutcome::kRefused : PublishOutcome::kUnknown;
  }
  return reason == mqtt::ReasonCode::NO_MATCHING_SUBSCRIBERS ? PublishOutcome::kNoReceiver : PublishOutcome::kDelivered;
}

std::optional<std::chrono::seconds> expiry_of(const mqtt::message& message) {
  const mqtt::properties& properties = message.get_properties();
  if (!properties.contains(mqtt::property::MESSAGE_EXPIRY_INTERVAL)) return std::nullopt;
  return std::chrono::seconds(mqtt::get<std::uint32_t>(properties, mqtt::property::MESSAGE_EXPIRY_INTERVAL));
}

}  // namespace

struct BrokerClient::Impl final : mqtt::iaction_listener {
  enum class Attempt {
    kConnected,
    kFailed,
    kNotUnderstood,  // as a broker answers that does not know this version of MQTT; or it is not there
  };

  Impl(ClientSettings s, Callbacks c)
      : settings(std::move(s)),
        callbacks(std::move(c)),
        is_mqtt5(settings.speaks_mqtt5),
        client(make_client(is_mqtt5)) {}

  std::shared_ptr<mqtt::async_client> make_client(bool with_mqtt5);
  void run();
  bool connect();
  bool connect_with(bool with_mqtt5, Attempt& attempt);
  Attempt try_to_connect();
  bool await(mqtt::token& token);
  mqtt::connect_options connect_options() const;
  void stay_connected();
  std::vector<Done> take_late();
  bool forget(std::uint64_t id, Done& done);
  void finish(std::uint64_t id, PublishOutcome outcome);
  void finish_all();
  static std::uint64_t id_of(const mqtt::token& token) {
    return reinterpret_cast<std::uintptr_t>(token.get_user_context());
  }
  void on_success(const mqtt::token& token) override { finish(id_of(token), outcome_of(token)); }
  void on_failure(const mqtt::token& token) override { finish(id_of(token), outcome_of(token)); }

  struct Pending {
    Done done;
    Clock::time_point deadline;
    Clock::time_point begun;
  };

  ClientSettings settings;
  Callbacks callbacks;

  mutable std::mutex mutex;  // guards what follows; never held while the library is called
  std::condition_variable changed;
  bool stopping = false;
  bool connected = false;
  bool lost = false;
  std::uint64_t last_id = 0;
  std::unordered_map<std::uint64_t, Pending> pending;
  std::set<std::pair<Clock::time_point, std::uint64_t>> deadlines;

  bool is_mqtt5 = true;
  std::shared_ptr<mqtt::async_client> client;  // ends before what its callbacks use
  std::thread thread;
};

mqtt::connect_options BrokerClient::Impl::connect_options() const {
  mqtt::connect_options options(settings.username, settings.password);
  options.set_mqtt_version(is_mqtt5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1);
  // A clean start: what was under way when the connection broke is forgotten and never sent again.
  if (is_mqtt5) {
    options.set_clean_start(true);
    // The library keeps each packet whole in memory while it reads it.
    options.set_properties({{mqtt::property::MAXIMUM_PACKET_SIZE, kMostPacketBytes}});
  } else {
    options.set_clean_session(true);
  }
  options.set_keep_alive_interval(kKeepAliveS);
  options.set_connect_timeout(kConnectDeadline);
  options.set_max_inflight(kMostInFlight);
  if (settings.uri.starts_with("ssl:")) {
    mqtt::ssl_options tls;
    if (!settings.ca_file.empty()) tls.set_trust_store(settings.ca_file);
    tls.set_verify(true);
    options.set_ssl(tls);
  }
  return options;
}

// Like wait_for, but gives up when `stop` is called. Throws where the request failed.
bool BrokerClient::Impl::await(mqtt::token& token) {
  const auto deadline = Clock::now() + kConnectDeadline;
  while (!token.wait_for(kTick)) {
    const std::lock_guard lock(mutex);
    if (stopping || Clock::now() > deadline) return false;
  }
  return true;
}

std::shared_ptr<mqtt::async_client> BrokerClient::Impl::make_client(bool with_mqtt5) {
  auto made = std::make_shared<mqtt::async_client>(settings.uri, settings.client_id, create_options(with_mqtt5));
  made->set_message_callback([this](const mqtt::const_message_ptr& message) {
    if (!message) return;
    callbacks.message(message->get_topic(), message->to_string(), message->is_retained(), expiry_of(*message));
  });
  made->set_connection_lost_handler([this](const std::string&) {
    const std::lock_guard lock(mutex);
    lost = true;
    changed.notify_all();
  });
  return made;
}

BrokerClient::Impl::Attempt BrokerClient::Impl::try_to_connect() {
  try {
    const mqtt::token_ptr connecting = client->connect(connect_options());
    if (!await(*connecting)) return Attempt::kFailed;
    for (const std::string& topic : settings.subscriptions) {
      if (!await(*client->subscribe(topic, 1))) return Attempt::kFailed;
    }
    return client->is_connected() ? Attempt::kConnected : Attempt::kFailed;
  } catch (const mqtt::exception& refused) {
    const bool is_closed = refused.get_return_code() == MQTTASYNC_FAILURE && refused.get_reason_code() < 0x80;
    const bool is_named = refused.get_return_code() == kUnknownVersion3 ||
                          refused.get_reason_code() == mqtt::ReasonCode::UNSUPPORTED_PROTOCOL_VERSION;
    return is_closed || is_named ? Attempt::kNotUnderstood : Attempt::kFailed;
  }
}

// The library's client has one version for life.
bool BrokerClient::Impl::connect_with(bool with_mqtt5, Attempt& attempt) {
  if (is_mqtt5 != with_mqtt5) {
    std::shared_ptr<mqtt::async_client> other = make_client(with_mqtt5);
    const std::lock_guard lock(mutex);
    std::swap(client, other);
    is_mqtt5 = with_mqtt5;
  }
  attempt = try_to_connect();
  return attempt == Attempt::kConnected;
}

// MQTT 5 twice, because RabbitMQ before 3.13 only ends the connection, as any broker may do now and then.
bool BrokerClient::Impl::connect() {
  Attempt attempt = Attempt::kFailed;
  if (connect_with(settings.speaks_mqtt5, attempt)) return true;
  if (!settings.speaks_mqtt5 || !settings.may_speak_mqtt3 || attempt != Attempt::kNotUnderstood) return false;
  if (connect_with(true, attempt)) return true;
  return attempt == Attempt::kNotUnderstood && connect_with(false, attempt);
}

void BrokerClient::Impl::run() {
  auto wait = kFirstPause;
  std::unique_lock lock(mutex);
  while (!stopping) {
    lost = false;
    lock.unlock();
    const bool is_connected = connect();
    lock.lock();
    if (is_connected && !lost && !stopping) {
      wait = kFirstPause;
      connected = true;
      lock.unlock();
      callbacks.connection(true);
      stay_connected();
      callbacks.connection(false);
      lock.lock();
    } else {
      changed.wait_for(lock, wait, [this] { return stopping; });
      wait = std::min(2 * wait, kLongestPause);
    }
  }
}

// Until the connection is lost or `stop` is called; everything under way has ended when it returns. Looks around at
// every tick while it is connected, so that a publish need not wake this thread.
void BrokerClient::Impl::stay_connected() {
  std::unique_lock lock(mutex);
  while (!changed.wait_for(lock, kTick, [this] { return stopping || lost; })) {
    std::vector<Done> late = take_late();
    const bool nudge = !deadlines.empty() && pending.at(deadlines.begin()->second).begun + kNudgeAfter < Clock::now();
    lock.unlock();
    for (const Done& done : late) done(PublishOutcome::kUnknown);
    try {
      if (nudge) client->unsubscribe(settings.subscriptions.front() + "/nudge");
    } catch (const mqtt::exception&) {  // it is being lost
    }
    lock.lock();
  }
  connected = false;
  lock.unlock();
  finish_all();
}

// Those whose deadline is over. With the mutex held.
std::vector<BrokerClient::Done> BrokerClient::Impl::take_late() {
  std::vector<Done> late;
  const auto now = Clock::now();
  while (!deadlines.empty() && deadlines.begin()->first <= now) {
    const auto found = pending.find(deadlines.begin()->second);
    late.push_back(std::move(found->second.done));
    pending.erase(found);
    deadlines.erase(deadlines.begin());
  }
  return late;
}

// False where it has ended already: its time was over, or the connection broke.
bool BrokerClient::Impl::forget(std::uint64_t id, Done& done) {
  const std::lock_guard lock(mutex);
  const auto found = pending.find(id);
  if (found == pending.end()) return false;
  done = std::move(found->second.done);
  deadlines.erase({found->second.deadline, id});
  pending.erase(found);
  return true;
}

void BrokerClient::Impl::finish(std::uint64_t id, PublishOutcome outcome) {
  Done done;
  if (forget(id, done)) done(outcome);
}

void BrokerClient::Impl::finish_all() {
  std::unordered_map<std::uint64_t, Pending> ended;
  {
    const std::lock_guard lock(mutex);
    ended = std::exchange(pending, {});
    deadlines.clear();
  }
  for (auto& [id, publish] : ended) publish.done(PublishOutcome::kUnknown);
}

BrokerClient::BrokerClient(ClientSettings settings, Callbacks callbacks)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(callbacks))) {}

BrokerClient::~BrokerClient() { stop(); }

void BrokerClient::start() {
  impl_->thread = std::thread([this] { impl_->run(); });
}

void BrokerClient::stop() {
  if (!impl_->thread.joinable()) return;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    impl_->changed.notify_all();
  }
  impl_->thread.join();
  try {
    if (impl_->client->is_connected()) impl_->client->disconnect(0)->wait_for(milliseconds(1000));
  } catch (const mqtt::exception&) {  // it is gone already
  }
  try {
    impl_->client->disable_callbacks();
  } catch (const mqtt::exception&) {  // refused while it connects
  }
}

bool BrokerClient::publish(std::string topic, std::string payload, milliseconds expiry, Done done) {
  std::uint64_t id = 0;
  std::shared_ptr<mqtt::async_client> client;
  bool is_mqtt5 = false;
  {
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->connected) return false;
    client = impl_->client;
    is_mqtt5 = impl_->is_mqtt5;
    id = ++impl_->last_id;
    const auto now = Clock::now();
    const auto deadline = now + std::min(expiry, kLongestAnswer);
    impl_->pending[id] = {std::move(done), deadline, now};
    impl_->deadlines.emplace(deadline, id);
  }
  try {
    const auto message = mqtt::make_message(std::move(topic), std::move(payload), 1, false);
    if (is_mqtt5) {
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(expiry).count();
      mqtt::properties properties;
      properties.add({mqtt::property::MESSAGE_EXPIRY_INTERVAL, static_cast<int>(std::max<long long>(seconds, 1))});
      message->set_properties(std::move(properties));
    }
    client->publish(message, reinterpret_cast<void*>(static_cast<std::uintptr_t>(id)), *impl_);
    return true;
  } catch (const mqtt::exception&) {
    return !impl_->forget(id, done);
  }
}

bool BrokerClient::connected() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->connected;
}

bool BrokerClient::speaks_mqtt5() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->is_mqtt5;
}

}  // namespace gatetorio::transport_mqtt
