#include "external/broker.hpp"

#include "external/inventory.hpp"
#include "external/queue_limits.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::chrono::milliseconds kTryAgain(2'000);
constexpr std::string_view kLimitsFact = "broker_queues_limited";

}  // namespace

ExternalBroker::ExternalBroker(Host& host, const Options& options, OnStatus on_status)
    : host_(host),
      options_(options),
      on_status_(std::move(on_status)),
      management_({.url = options.external_management_url,
                   .username = options.external_username,
                   .password = options.external_password.reveal(),
                   .ca_file = options.external_ca_file,
                   .vhost = options.external_vhost}),
      health_(host, management_.settings()),
      decisions_(host, options),
      evictions_(management_, thread_, health_,
                 [this](const std::string& username) { return revocation_.is_known(username); }),
      revocation_(
          host, options, decisions_, evictions_, book_,
          [this] { return thread_.run<Inventory>(host_, take_inventory(management_, health_)); },
          [this](std::string username) { return connections_of(std::move(username)); }),
      questions_(host, options, decisions_, revocation_),
      presence_(host, std::chrono::seconds(options.external_silence_seconds)),
      names_(host,
             {.heard = [this](std::int64_t device_id, std::string payload) { heard(device_id, std::move(payload)); },
              .is_held = [this](std::string_view name) { return evictions_.is_held(name); }}) {}

void ExternalBroker::configure() {
  questions_.declare();
  if (options_.managed()) return;
  revocation_.subscribe();
  presence_.subscribe();
  names_.subscribe();
}

void ExternalBroker::start(const std::string& folder) {
  if (management_.is_known()) thread_.start();
  for (const auto& [client_id, entry] : book_.open(folder + "/connections")) {
    if (const auto username = owner_of_client(client_id)) revocation_.password_ends(*username, entry.password_ends_us);
  }
  revocation_.watch_ends();
  presence_.begin();
  if (!management_.is_known()) return;
  revocation_.begin_comparing();
  host_.every(std::chrono::seconds(options_.recheck_seconds), [this] { return keep_limits(); },
              {.what = "the limits of the broker's queues", .first = std::chrono::milliseconds(0), .retry = kTryAgain});
  // The last to be put in is called first: what waits for the management ends.
  host_.at_stop([this] { return end_management(); });
}

void ExternalBroker::stop() {
  thread_.stop();
  if (closer_.joinable()) closer_.join();
}

// No thread of the hub may wait for that.
Task<void> ExternalBroker::end_management() {
  auto begin = [this](gtr_completion done) {
    closer_ = std::thread([this, done] {
      thread_.stop();
      done.done(done.context, GTR_OK, {nullptr, 0});
    });
  };
  const Result<std::string> ended = co_await host_.complete(begin);
  static_cast<void>(ended);
}

void ExternalBroker::incoming(std::string controller_id, std::string payload) {
  names_.incoming(std::move(controller_id), std::move(payload));
}

void ExternalBroker::heard(std::int64_t device_id, std::string payload) {
  presence_.heard(device_id, payload);
  on_status_({.device_id = device_id, .payload = std::move(payload)});
}

Task<Result<std::string>> ExternalBroker::topic_for(std::int64_t device_id, TopicKind kind) {
  // Before that, somebody who lost this name while the hub was away may still listen.
  if (management_.is_known() && !revocation_.has_compared()) {
    co_return Error{.status = Status::kUnavailable,
                    .detail = "The hub has not yet seen who is connected to the broker.",
                    .retry_after_s = 1};
  }
  const std::string name = co_await ok(names_.name_of(device_id));
  co_return topic_of(options_.topic_prefix, name, kind);
}

Task<Result<std::vector<BrokerConnection>>> ExternalBroker::connections_of(std::string username) {
  if (!management_.is_known()) co_return Error{.status = Status::kUnsupported, .detail = "No management is known."};
  auto listing =
      thread_.run<std::vector<BrokerConnection>>(host_, list_connections(management_, health_, std::move(username)));
  co_return co_await std::move(listing);
}

// Somebody may take the policy away; a broker that was set up anew has none.
Task<Result<void>> ExternalBroker::keep_limits() {
  const Result<bool> is_limited = co_await thread_.run<bool>(host_, limit_queues(host_, management_, health_));
  host_.set_fact(kLimitsFact, static_cast<bool>(is_limited));
  if (!is_limited && !host_.is_ending()) co_return is_limited.error();
  co_return Result<void>();
}

}  // namespace gatetorio::transport_mqtt
