// What the hub is and does, in numbers: for the first page of the admin, and every five seconds for whoever watches.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/content.hpp"
#include "gatetorio/contributions.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"

namespace gatetorio::admin {

struct MenuOutput {
  std::vector<MenuEntry> entries;
};
BOOST_DESCRIBE_STRUCT(MenuOutput, (), (entries))

class Overview {
 public:
  explicit Overview(Host& host) : host_(host), started_at_(now()) {}

  // {"version", "started_at", "at", "status", "ready", "facts": {name: bool}, "plugins": {id: state}, "metrics": {name:
  // number}}. Metrics: those without labels by their name, those of an operation's or command's outcome summed up.
  Task<Result<std::string>> read();
  Task<Result<Bytes>> overview(Call call, Nothing input);
  Task<Result<MenuOutput>> menu(Call call, Nothing input);
  // {"plugins": [...]}.
  Task<Result<Bytes>> plugins(Call call, Nothing input);

 private:
  Task<Result<std::string>> report(std::string name);

  Host& host_;
  const Timestamp started_at_;
};

// Sums of a Prometheus text by the name of the metric: {"process_resident_memory_bytes": 1.0, ...}; of labelled ones by
// "name{outcome}" where they have the label `outcome`, `reason` or `status`. Buckets are left out.
boost::json::object summed_metrics(std::string_view text);

}  // namespace gatetorio::admin
