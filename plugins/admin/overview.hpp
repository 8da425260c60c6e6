// What the hub is and does, in numbers: for the first page of the admin, and every five seconds for whoever watches.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/content.hpp"
#include "gatetorio/contributions.hpp"
#include "gatetorio/database.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/identifiers.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"

namespace gatetorio::admin {

struct OverviewDevices {
  std::int64_t total = 0;
  std::int64_t online = 0;
};
BOOST_DESCRIBE_STRUCT(OverviewDevices, (), (total, online))

// Metrics: those without labels by their name, those of an operation's or command's outcome summed up.
struct OverviewOutput {
  std::string status;  // "healthy", "degraded"
  bool healthy = false;
  bool ready = false;
  std::string version;
  Timestamp started_at;
  Timestamp at;
  ObjectText facts;                        // {name: bool}
  ObjectText plugins;                      // {id: state}
  std::optional<OverviewDevices> devices;  // null: no plugin knows devices
  ObjectText metrics;                      // {name: number}
};
BOOST_DESCRIBE_STRUCT(OverviewOutput, (),
                      (status, healthy, ready, version, started_at, at, facts, plugins, devices, metrics))

struct MenuOutput {
  std::vector<MenuEntry> entries;
};
BOOST_DESCRIBE_STRUCT(MenuOutput, (), (entries))

struct PluginRef {
  Label<64> id;
};
BOOST_DESCRIBE_STRUCT(PluginRef, (), (id))

struct PluginChosen {
  std::string message;
};
BOOST_DESCRIBE_STRUCT(PluginChosen, (), (message))

class Overview {
 public:
  Overview(Host& host, Database& database)
      : host_(host), database_(database), devices_(host, DeviceRegistry::kId), started_at_(now()) {}

  Task<Result<OverviewOutput>> read();
  Task<Result<OverviewOutput>> overview(Call call, Nothing input);
  Task<Result<MenuOutput>> menu(Call call, Nothing input);
  // {"plugins": [...]}.
  Task<Result<Bytes>> plugins(Call call, Nothing input);
  // From the next start on.
  Task<Result<Reply<PluginChosen>>> enable_plugin(Call call, PluginRef input);
  Task<Result<Reply<PluginChosen>>> disable_plugin(Call call, PluginRef input);
  Task<Result<Reply<PluginChosen>>> reload_plugin(Call call, PluginRef input);

 private:
  Task<Result<std::string>> report(std::string name);
  Task<Result<Reply<PluginChosen>>> choose(Call call, std::string id, bool is_enabled);

  Host& host_;
  Database& database_;
  ServiceClient devices_;
  const Timestamp started_at_;
};

// Sums of a Prometheus text by the name of the metric: {"process_resident_memory_bytes": 1.0, ...}; of labelled ones by
// "name{outcome}" where they have the label `outcome`, `reason` or `status`. Buckets are left out.
boost::json::object summed_metrics(std::string_view text);

}  // namespace gatetorio::admin
