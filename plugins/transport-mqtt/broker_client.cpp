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
constexpr int kMostInFlight = 65'535;
constexpr int kMostBuffered = 1'000'000;
// The library's sender can miss its wake-up and then rests for a second; any further command wakes it.
constexpr milliseconds kNudgeAfter{20};
constexpr milliseconds kTick{25};
// A broker that takes longer to acknowledge is not worth waiting for.
constexpr milliseconds kLongestAnswer{3000};

mqtt::create_options create_options(const ClientSettings& settings) {
  mqtt::create_options options(settings.speaks_mqtt5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1);
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

}  // namespace

struct BrokerClient::Impl final : mqtt::iaction_listener {
  Impl(ClientSettings s, Callbacks c)
      : settings(std::move(s)), callbacks(std::move(c)), client(settings.uri, settings.client_id, create_options(settings)) {}

  void run();
  bool connect();
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

  mqtt::async_client client;  // ends before what its callbacks use
  std::thread thread;
};

mqtt::connect_options BrokerClient::Impl::connect_options() const {
  mqtt::connect_options options(settings.username, settings.password);
  options.set_mqtt_version(settings.speaks_mqtt5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1);
  // A clean start: what was under way when the connection broke is forgotten and never sent again.
  if (settings.speaks_mqtt5) options.set_clean_start(true);
  else options.set_clean_session(true);
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

bool BrokerClient::Impl::connect() {
  try {
    if (!await(*client.connect(connect_options()))) return false;
    for (const std::string& topic : settings.subscriptions) {
      if (!await(*client.subscribe(topic, 1))) return false;
    }
    return client.is_connected();
  } catch (const mqtt::exception&) {
    return false;
  }
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
      if (nudge) client.unsubscribe(settings.subscriptions.front() + "/nudge");
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
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(callbacks))) {
  impl_->client.set_message_callback([impl = impl_.get()](const mqtt::const_message_ptr& message) {
    if (message) impl->callbacks.message(message->get_topic(), message->to_string(), message->is_retained());
  });
  impl_->client.set_connection_lost_handler([impl = impl_.get()](const std::string&) {
    const std::lock_guard lock(impl->mutex);
    impl->lost = true;
    impl->changed.notify_all();
  });
}

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
    if (impl_->client.is_connected()) impl_->client.disconnect(0)->wait_for(milliseconds(1000));
  } catch (const mqtt::exception&) {  // it is gone already
  }
  try {
    impl_->client.disable_callbacks();
  } catch (const mqtt::exception&) {  // refused while it connects
  }
}

bool BrokerClient::publish(std::string topic, std::string payload, milliseconds expiry, Done done) {
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->connected) return false;
    id = ++impl_->last_id;
    const auto now = Clock::now();
    const auto deadline = now + std::min(expiry, kLongestAnswer);
    impl_->pending[id] = {std::move(done), deadline, now};
    impl_->deadlines.emplace(deadline, id);
  }
  try {
    const auto message = mqtt::make_message(std::move(topic), std::move(payload), 1, false);
    if (impl_->settings.speaks_mqtt5) {
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(expiry).count();
      mqtt::properties properties;
      properties.add({mqtt::property::MESSAGE_EXPIRY_INTERVAL, static_cast<int>(std::max<long long>(seconds, 1))});
      message->set_properties(std::move(properties));
    }
    impl_->client.publish(message, reinterpret_cast<void*>(static_cast<std::uintptr_t>(id)), *impl_);
    return true;
  } catch (const mqtt::exception&) {
    return !impl_->forget(id, done);
  }
}

bool BrokerClient::connected() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->connected;
}

}  // namespace gatetorio::transport_mqtt
