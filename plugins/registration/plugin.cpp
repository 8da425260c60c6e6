// Registration: the registry of devices, their credentials and their presence.
#include "gatetorio/plugin.hpp"

#include "gatetorio/devices.hpp"
#include "gatetorio/retention.hpp"
#include "gatetorio/services.hpp"
#include "operations.hpp"
#include "presence.hpp"
#include "service.hpp"

namespace gatetorio::registration {

class Registration : public PluginBase {
 public:
  using Settings = registration::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options();

  Registration(Host& host, Settings settings)
      : host_(host),
        settings_(std::move(settings)),
        database_(host, kManifest.id),
        repository_(database_),
        presence_(host, repository_, std::chrono::seconds(settings_.heartbeat_timeout_seconds)),
        fleet_(host, repository_),
        service_(host, repository_, presence_, settings_),
        operations_(host, &service_),
        devices_(host, this),
        authenticator_(host, &service_),
        retention_(host, database_, settings_.retention_grace_minutes),
        devices_known_(host.gauge("gatetorio_devices", "Devices in the database.")),
        devices_online_(host.gauge("gatetorio_devices_online", "Of them online, by what the database says.")) {
    for (const char* table : {"pending_claims", "enrolment_keys"}) {
      retention_.add(
          {.what = table, .table = table, .key = "id", .time = "expires_at", .keep_days = settings_.ended_keep_days});
    }
    retention_.add({.what = "presence_periods",
                    .table = "presence_periods",
                    .key = "device_id, begun_at",
                    .time = "ended_at",
                    .keep_days = settings_.presence_keep_days,
                    .keep_rows = settings_.presence_keep_rows});
  }

  void configure() {
    declare(operations_, presence_, fleet_);
    devices_.on<DeviceRegistry::FindByName>(&Registration::find_by_name)
        .on<DeviceRegistry::FindByIds>(&Registration::find_by_ids)
        .on<DeviceRegistry::Count>(&Registration::count)
        .on<DeviceRegistry::Import>(&Registration::import)
        .on<DeviceRegistry::KeepConnected>(&Registration::keep_connected)
        .provide(DeviceRegistry::kId);
    authenticator_.on<Authenticator::Authenticate>(&Service::authenticate).on<FindPasswords>(&Service::find_passwords);
    authenticator_.provide(Authenticator::kId, "bearer:gtd_");
    authenticator_.provide(Authenticator::kId, "password:device-");
    presence_.subscribe();
  }

  Task<Result<void>> start() {
    co_await ok(database_.migrate());
    if (settings_.enrolment == "open") host_.warn("anyone may register devices: enrolment is \"open\"");
    retention_.begin();
    hub_ = host_.setting("hub_id");
    if (hub_.empty()) co_return Result<void>();  // a command, which holds nobody online
    repository_.set_hub(hub_);
    presence_.begin(hub_);
    constexpr std::chrono::seconds kCount(60);
    host_.every(kCount, [this] { return count_devices(); },
                {.what = "the number of devices", .first = std::chrono::milliseconds(0)});
    co_return Result<void>();
  }

  Task<Result<void>> drain() {
    if (hub_.empty()) co_return Result<void>();
    co_await presence_.flush();
    co_await presence_.flush_history();
    co_return Result<void>();
  }

 private:
  Task<Result<Device>> find_by_name(DeviceName name) { return service_.find_by_name(std::move(name.controller_id)); }
  Task<Result<DeviceImported>> import(DeviceImport device) { return service_.import(std::move(device)); }
  Task<Result<DeviceIds>> keep_connected(DevicesAfter page) {
    std::vector<std::int64_t> ids = co_await ok(presence_.keep_connected(page.after));
    co_return DeviceIds{std::move(ids)};
  }
  Task<Result<void>> count_devices() {
    const DeviceCount counted = co_await ok(repository_.count());
    devices_known_.set(static_cast<double>(counted.total));
    devices_online_.set(static_cast<double>(counted.online));
    co_return Result<void>();
  }
  Task<Result<DeviceCount>> count(DeviceCountQuery) {
    auto counting = repository_.count();
    co_return co_await counting;
  }
  Task<Result<DeviceList>> find_by_ids(DeviceIds wanted) {
    constexpr std::size_t kMost = 1000;
    if (wanted.ids.size() > kMost) co_return Error{.status = Status::kInvalid, .detail = "At most 1,000 ids a call."};
    std::vector<Device> devices = co_await ok(service_.find_by_ids(std::move(wanted.ids)));
    co_return DeviceList{std::move(devices)};
  }

  Host& host_;
  const Settings settings_;
  std::string hub_;  // which this is, once it has started
  Database database_;
  Repository repository_;
  Presence presence_;
  Fleet fleet_;
  Service service_;
  OperationSet<Service> operations_;
  ServiceProvider<Registration> devices_;
  ServiceProvider<Service> authenticator_;
  Retention retention_;
  const Metric devices_known_, devices_online_;
};

const Manifest Registration::kManifest{.id = "registration",
                                       .version = "1.0.0",
                                       .summary = "Registers gate controllers and knows which are there.",
                                       .affinity = Affinity::kAnyThread,
                                       .provides = {"gatetorio.devices/1", "gatetorio.authenticator/1"},
                                       .requires_ = {"gatetorio.sql/1"}};

const OptionTable<Settings>& Registration::options() {
  static const OptionTable<Settings> table = {
      option("enrolment", &Settings::enrolment,
             "Who may register new hardware: \"key\" who has an enrolment key, \"approval\" whom an admin lets in, "
             "\"open\" anybody who reaches the hub (for a first try, not for a hub that others can reach).")
          .choices({"key", "open", "approval"}),
      option("enrolment_key", &Settings::enrolment_key,
             "A standing enrolment key, beside those that an admin makes. Give it to your image builder only."),
      option("heartbeat_timeout_seconds", &Settings::heartbeat_timeout_seconds,
             "A device without a broker connection counts as online for so long after a heartbeat.")
          .unit("seconds")
          .range(5, 86'400),
      option("release_hours", &Settings::release_hours,
             "How long the key of an admin's release of known hardware is valid.")
          .unit("hours")
          .range(1, 720),
      option("max_pending", &Settings::max_pending,
             "Devices that may wait for approval at a time, 20 of them from one network (IPv4 /24, IPv6 /56).")
          .range(1, 10'000),
      option("pending_hours", &Settings::pending_hours,
             "How long a device may wait for approval, and after its approval until it registers.")
          .unit("hours")
          .range(1, 8'760),
      option("ended_keep_days", &Settings::ended_keep_days,
             "Enrolment keys, and devices that waited for approval in vain, are forgotten so long after their end; 0: "
             "never.")
          .unit("days")
          .range(0, 36'500),
      option("presence_keep_days", &Settings::presence_keep_days,
             "When a device was online is forgotten so long after that ended; 0: never.")
          .unit("days")
          .range(0, 36'500),
      option("presence_keep_rows", &Settings::presence_keep_rows,
             "So many times of presence are kept of all devices together, the newest; 0: any number.")
          .unit("rows")
          .range(0, 1'000'000'000),
      retention_grace_minutes<Settings>()};
  return table;
}

}  // namespace gatetorio::registration

GATETORIO_PLUGIN(gatetorio::registration::Registration)
