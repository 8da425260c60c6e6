// Commands: from an app to a gate, and what the gate says.
#include "gatetorio/plugin.hpp"

#include "event_feed.hpp"
#include "gatetorio/events.hpp"
#include "operations.hpp"
#include "service.hpp"
#include "status_board.hpp"

namespace gatetorio::commands {

class Commands : public PluginBase {
 public:
  using Settings = commands::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options();

  Commands(Host& host, Settings settings)
      : host_(host),
        settings_(settings),
        database_(host, kManifest.id),
        devices_(host, DeviceRegistry::kId),
        repository_(database_),
        board_(host, repository_, devices_),
        service_(host, repository_, board_, devices_, settings_),
        feed_(host),
        operations_(host, service_, feed_) {}

  void configure() {
    operations_.declare();
    constexpr std::uint32_t kMessages = 50'000, kChanges = 10'000;
    on<DeviceMessage>(WhenFull::kDropOldest, kMessages, [this](const DeviceMessage& message) {
      if (board_.take(message)) feed_.status(message);
    });
    on<CommandDelivered>(WhenFull::kDropOldest, kMessages, [this](const auto& event) { service_.delivered(event); });
    on<DevicePresence>(WhenFull::kCoalesceByKey, kMessages, [this](const auto& event) { feed_.presence(event); });
    on<DeviceRenamed>(WhenFull::kDropOldest, kChanges, [this](const DeviceRenamed& event) {
      board_.renamed(event);
      feed_.renamed(event);
    });
    on<DeviceDeleted>(WhenFull::kDropOldest, kChanges, [this](const auto& event) { feed_.deleted(event); });
    on<AccessChanged>(WhenFull::kCoalesceByKey, kChanges, [this](const auto& event) { feed_.access_changed(event); });
  }

  Task<Result<void>> start() {
    auto migrating = database_.migrate();
    const Result<void> migrated = co_await migrating;
    if (!migrated) co_return migrated.error();
    host_.run(board_.keep_writing());
    host_.run(service_.keep_writing());
    host_.run(feed_.keep_tidy());
    co_return Result<void>();
  }

  Task<Result<void>> drain() {
    auto flushing = board_.flush();
    co_await flushing;
    co_return Result<void>();
  }

 private:
  template <class Event, class Handler>
  void on(WhenFull policy, std::uint32_t capacity, Handler handler) {
    subscriptions_.push_back(Subscription::to<Event>(
        host_, policy, capacity, [handler](const Event& event, std::uint64_t) { handler(event); }));
  }

  Host& host_;
  const Settings settings_;
  Database database_;
  ServiceClient devices_;
  Repository repository_;
  StatusBoard board_;
  Service service_;
  EventFeed feed_;
  Operations operations_;
  std::vector<Subscription> subscriptions_;
};

const Manifest Commands::kManifest{.id = "commands",
                                   .version = "1.0.0",
                                   .summary = "Commands to devices and status from them.",
                                   .affinity = Affinity::kAnyThread,
                                   .provides = {},
                                   .requires_ = {"gatetorio.sql/1", "gatetorio.devices/1", "gatetorio.access/1",
                                                 "gatetorio.device-link/1"}};

const OptionTable<Settings>& Commands::options() {
  static const OptionTable<Settings> table = {
      option("ttl_seconds", &Settings::ttl_seconds,
             "Default time to live of a command. It is never delivered later; a gate that moves late is a danger.")
          .unit("seconds")
          .range(1, 300),
      option("idempotency_window_seconds", &Settings::idempotency_window_seconds,
             "A repeated idempotency_key within this time sends nothing again and gets the first answer.")
          .unit("seconds")
          .range(60, 86'400)};
  return table;
}

}  // namespace gatetorio::commands

GATETORIO_PLUGIN(gatetorio::commands::Commands)
