// Commands: from an app to a gate, and what the gate says.
#include "gatetorio/plugin.hpp"

#include "event_feed.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/retention.hpp"
#include "operations.hpp"
#include "outcomes.hpp"
#include "service.hpp"
#include "status_board.hpp"
#include "status_payload.hpp"

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
        repository_(database_),
        malformed_(host.counter("gatetorio_commands_malformed_status_total", "Status messages that were dropped.")),
        board_(host, repository_),
        outcomes_(host, repository_, motions_),
        rules_(database_, [this](std::int64_t device_id) { under_way_.halt(device_id); }),
        service_(host, repository_, board_, motions_, under_way_, rules_, settings_),
        history_(host, repository_, board_),
        feed_(host),
        site_holds_(host, rules_),
        operations_(host, service_, history_, rules_, site_holds_, feed_),
        judgement_(host, &rules_),
        retention_(host, database_, settings_.retention_grace_minutes) {
    // Two days: longer than any window of an idempotency_key and any time to live.
    retention_.add({.what = "commands",
                    .table = "commands",
                    .key = "id",
                    .time = "expires_at",
                    .keep_days = settings_.commands_keep_days,
                    .keep_rows = settings_.commands_keep_rows,
                    .least_days = 2});
  }

  void configure() {
    repository_.on_outcome([this](const std::string& verb, std::string_view outcome) {
      host_
          .counter("gatetorio_commands_total",
                   "Commands, by verb and what became of them; each step of one is counted.",
                   {{"verb", verb.empty() ? std::string_view("other") : std::string_view(verb)}, {"outcome", outcome}})
          .add();
    });
    operations_.declare();
    judgement_.on<GateRulesService::Judge>(&RuleBook::judge);
    judgement_.provide(GateRulesService::kId);
    constexpr std::uint32_t kMessages = 50'000, kChanges = 10'000;
    on<DeviceMessage>(
        kMessages, [this](const auto& message, std::uint64_t sequence) { take(message, sequence); },
        [this] { feed_.events_were_missed(); });
    on<DevicePresence>(
        kMessages, [this](const auto& event, std::uint64_t) { feed_.presence(event); },
        [this] { feed_.events_were_missed(); });
    // A lost one leaves its command "sent", which says less and nothing wrong.
    on<CommandHandedOver>(
        kMessages, [this](const auto& event, std::uint64_t sequence) { outcomes_.handed_over(event, sequence); },
        kGapIsHarmless);
    on<CommandOutcome>(
        kMessages, [this](const auto& event, std::uint64_t) { feed_.command(event); },
        [this] { feed_.events_were_missed(); });
    on<DeviceDeleted>(
        kChanges, [this](const auto& event, std::uint64_t) { forget(event); },
        [this] {
          feed_.changes_were_missed();
          board_.deletions_were_missed();
        });
    on<AccessChanged>(
        kChanges, [this](const auto& event, std::uint64_t) { feed_.access_changed(event); },
        [this] { feed_.changes_were_missed(); });
  }

  Task<Result<void>> start() {
    co_await ok(database_.migrate());
    constexpr std::chrono::seconds kWrite(1);
    host_.every(kWrite, [this] { return board_.write(); }, {.what = "device statuses"});
    host_.every(kWrite, [this] { return outcomes_.try_again(); }, {.what = "what became of commands"});
    host_.every(EventFeed::kTidy, [this] { feed_.tidy(); }, {.what = "event streams"});
    retention_.begin();
    co_return Result<void>();
  }

  Task<Result<void>> drain() {
    co_await board_.finish();
    co_return Result<void>();
  }

  // Devices may have spoken until now.
  Task<Result<void>> stop() {
    feed_.end_all();
    co_await board_.flush();
    co_await outcomes_.flush();
    const std::size_t lost = board_.waiting();
    if (lost > 0) {
      host_.error("the last statuses of devices could not be written and are lost",
                  {{"devices", std::to_string(lost)}});
    }
    co_return Result<void>();
  }

 private:
  template <class Event>
  void on(std::uint32_t capacity, std::function<void(const Event&, std::uint64_t)> handler, OnGap on_gap) {
    subscriptions_.push_back(
        Subscription::to_ordered<Event>(host_, WhenFull::kDropOldest, capacity, std::move(handler), std::move(on_gap)));
  }

  void take(const DeviceMessage& message, std::uint64_t sequence) {
    const std::optional<StatusPayload> said = read_status(message.payload);
    if (!said) return malformed_.add();
    if (!said->announced_kind) {
      board_.take(message.device_id, message.payload, said->boot_nonce);
      outcomes_.heard(message, *said, sequence);
    }
    feed_.status(message, said->announced_kind);
  }

  void forget(const DeviceDeleted& event) {
    board_.deleted(event.device_id);
    outcomes_.deleted(event.device_id);
    rules_.forget(event.device_id);
    feed_.deleted(event);
  }

  Host& host_;
  const Settings settings_;
  Database database_;
  Repository repository_;
  const Metric malformed_;
  StatusBoard board_;
  MotionWatch motions_;
  Outcomes outcomes_;
  UnderWay under_way_;
  RuleBook rules_;
  Service service_;
  History history_;
  EventFeed feed_;
  SiteHolds site_holds_;
  Operations operations_;
  ServiceProvider<RuleBook> judgement_;
  Retention retention_;
  std::vector<Subscription> subscriptions_;
};

const Manifest Commands::kManifest{
    .id = "commands",
    .version = "1.0.0",
    .summary = "Commands to devices and status from them.",
    .affinity = Affinity::kAnyThread,
    .provides = {"gatetorio.gate-rules/1"},
    .requires_ = {"gatetorio.sql/1", "gatetorio.devices/1", "gatetorio.access/1", "gatetorio.device-link/1"}};

const OptionTable<Settings>& Commands::options() {
  static const OptionTable<Settings> table = {
      option("ttl_seconds", &Settings::ttl_seconds,
             "Default time to live of a command. It is never delivered later; a gate that moves late is a danger.")
          .unit("seconds")
          .range(1, 300),
      option("idempotency_window_seconds", &Settings::idempotency_window_seconds,
             "A repeated idempotency_key within this time sends nothing again and gets the first answer.")
          .unit("seconds")
          .range(60, 86'400),
      option("motion_seconds", &Settings::motion_seconds,
             "While a motion is outstanding an equal one for the same gate is not sent, whoever wants it: until the "
             "device "
             "answers the first, and no longer than this; 0: each is sent.")
          .unit("seconds")
          .range(0, 60),
      option("verbs", &Settings::verbs,
             "How commands are understood: a verb (open, close, stop, partial, toggle) and members that a command has "
             "with "
             "these values; * at the end of a value stands for any rest. Others are sent as they are."),
      option("gate_member", &Settings::gate_member,
             "The member of a command with the number of the gate, where a device has several. Commands without it "
             "mean gate 1."),
      option("commands_keep_days", &Settings::commands_keep_days,
             "A command is forgotten so long after its end; 0: never. The audit log knows of it longer.")
          .unit("days")
          .range(0, 36'500),
      option("commands_keep_rows", &Settings::commands_keep_rows,
             "So many commands are kept, the newest, and those of the last two days; 0: any number.")
          .unit("rows")
          .range(0, 1'000'000'000),
      retention_grace_minutes<Settings>()};
  return table;
}

}  // namespace gatetorio::commands

GATETORIO_PLUGIN(gatetorio::commands::Commands)
