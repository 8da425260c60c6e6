// boot-counter: counts how often each device has booted. A plugin of a third party: a table, an event, operations, an
// option and a page for admins, with nothing but the installed SDK.
#include "gatetorio/plugin.hpp"

#include "gatetorio/contributions.hpp"
#include "gatetorio/database.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/identifiers.hpp"
#include "gatetorio/lists.hpp"

namespace gatetorio::boot_counter {

struct Settings {
  std::int64_t many = 3;
};

struct BootsInput {
  ControllerId controller_id;
};
BOOST_DESCRIBE_STRUCT(BootsInput, (), (controller_id))

struct BootsOutput {
  std::int64_t boots = 0;
  bool is_many = false;
};
BOOST_DESCRIBE_STRUCT(BootsOutput, (), (boots, is_many))

struct ListInput {
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(ListInput, (), (limit, cursor))

struct DeviceBoots {
  std::int64_t device_id = 0;
  std::int64_t boots = 0;
};
BOOST_DESCRIBE_STRUCT(DeviceBoots, (), (device_id, boots))

struct ListOutput {
  std::vector<DeviceBoots> devices;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(ListOutput, (), (devices, next_cursor, total))

const ListSource kBoots{.name = "boots",
                        .columns = "device_id, boots",
                        .from = "boot_counter_boots",
                        .default_sort = "-boots",
                        .sorts = {{"boots", {list_integer("boots"), list_integer("device_id")}}}};

class BootCounter : public PluginBase {
 public:
  using Settings = boot_counter::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options();

  BootCounter(Host& host, Settings settings)
      : host_(host), settings_(settings), database_(host, kManifest.id), operations_(host, this) {}

  void configure() {
    operations_.add({.id = "boot-counter.get",
                     .method = "GET",
                     .path = "/devices/{controller_id}/boots",
                     .summary = "How often a device has booted.",
                     .callers = {{"device", "self"}, {"user", "readonly"}},
                     .resource = "controller_id",
                     .denied_as = Status::kNotFound,
                     .errors = {Status::kNotFound}},
                    &BootCounter::get);
    operations_.add({.id = "boot-counter.list",
                     .method = "GET",
                     .path = "/admin/boots",
                     .summary = "How often the devices have booted.",
                     .callers = {{"admin", "viewer"}}},
                    &BootCounter::list);
    contribute(host_, StaticPages{.path = "/boot-counter",
                                  .folder = "boot-counter",
                                  .content_policy =
                                      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                                      "connect-src 'self'; frame-ancestors 'none'",
                                  .is_home = false});
    contribute(host_, MenuEntry{.title = "Boots", .path = "/boot-counter"});
    registered_.emplace(Subscription::to<DeviceRegistered>(
        host_, WhenFull::kDropOldest, 1024,
        [this](const DeviceRegistered& event) { host_.run(count(event.device_id)); }, kGapIsHarmless));
  }

  Task<Result<void>> start() { return database_.migrate(); }

 private:
  Task<void> count(std::int64_t device_id) {
    const Result<sql::Results> counted = co_await database_.write(
        "INSERT INTO boot_counter_boots (device_id, boots) VALUES ($1, 1)"
        " ON CONFLICT (device_id) DO UPDATE SET boots = boot_counter_boots.boots + 1",
        device_id);
    if (!counted) host_.warn("a boot was not counted", {{"why", counted.error().detail}});
  }

  Task<Result<Reply<BootsOutput>>> get(Call call, BootsInput) {
    const sql::Results found = co_await ok(
        database_.read("SELECT boots FROM boot_counter_boots WHERE device_id = $1", call.access.resource_id));
    const sql::Table& rows = found[0];
    const std::int64_t boots = rows.empty() ? 0 : rows.integer(0, 0);
    co_return Reply<BootsOutput>(BootsOutput{.boots = boots, .is_many = boots >= settings_.many});
  }

  Task<Result<ListOutput>> list(Call, ListInput page) {
    const ListRows rows = co_await ok(read_list(database_, ListQuery(kBoots, std::move(page))));
    ListOutput out{{}, rows.page.next_cursor, rows.page.total};
    for (std::size_t row = 0; row < rows.page.rows; ++row) {
      out.devices.push_back({rows.table().integer(row, 0), rows.table().integer(row, 1)});
    }
    co_return out;
  }

  Host& host_;
  const Settings settings_;
  Database database_;
  OperationSet<BootCounter> operations_;
  std::optional<Subscription> registered_;
};

const Manifest BootCounter::kManifest{.id = "boot-counter",
                                      .version = "1.0.0",
                                      .summary = "Counts how often devices boot.",
                                      .affinity = Affinity::kAnyThread,
                                      .requires_ = {"gatetorio.sql/1"}};

const OptionTable<Settings>& BootCounter::options() {
  static const OptionTable<Settings> table = {
      option("many", &Settings::many, "So many boots are many.").unit("boots").range(1, 1'000'000)};
  return table;
}

}  // namespace gatetorio::boot_counter

GATETORIO_PLUGIN(gatetorio::boot_counter::BootCounter)
