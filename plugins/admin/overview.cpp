#include "overview.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace gatetorio::admin {

namespace {

namespace json = boost::json;

// The value of the first label of these that the series has; empty: it has none.
std::string_view word_of(std::string_view labels) {
  for (const std::string_view name : {"outcome=\"", "reason=\"", "status=\"", "of=\""}) {
    const auto at = labels.find(name);
    if (at == std::string_view::npos) continue;
    const auto rest = labels.substr(at + name.size());
    return rest.substr(0, rest.find('"'));
  }
  return {};
}

}  // namespace

json::object summed_metrics(std::string_view text) {
  json::object sums;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const auto space = line.rfind(' ');
    if (line.empty() || line.front() == '#' || space == std::string_view::npos) continue;
    const auto series = line.substr(0, space);
    const auto name = series.substr(0, series.find('{'));
    if (name.ends_with("_bucket")) continue;
    double value = 0;
    std::from_chars(line.data() + space + 1, line.data() + line.size(), value);
    std::string key(name);
    const auto word = word_of(series.substr(name.size()));
    if (!word.empty()) key.append("{").append(word).append("}");
    auto& sum = sums[key];
    sum = (sum.is_double() ? sum.get_double() : 0) + value;
  }
  return sums;
}

Task<Result<std::string>> Overview::report(std::string name) {
  auto ask = [this, &name](gtr_completion done) { host_.inspect().report(host_.raw(), to_bytes(name), done); };
  const std::string text = co_await ok(host_.complete(ask));
  co_return text;
}

Task<Result<OverviewOutput>> Overview::overview(Call, Nothing) { return read(); }

Task<Result<OverviewOutput>> Overview::read() {
  const std::string text = co_await ok(report("health"));
  const std::string metrics = co_await ok(report("metrics"));
  const json::value health = json::parse(text);
  OverviewOutput out{.status = json::value_to<std::string>(health.at("status")),
                     .healthy = health.at("healthy").as_bool(),
                     .ready = health.at("ready").as_bool(),
                     .version = json::value_to<std::string>(health.at("version")),
                     .started_at = started_at_,
                     .at = now(),
                     .facts = ObjectText{json::serialize(health.at("facts"))},
                     .plugins = ObjectText{json::serialize(health.at("plugins"))},
                     .devices = {},
                     .metrics = ObjectText{json::serialize(summed_metrics(metrics))}};
  if (devices_.available()) {
    const DeviceCount count = co_await ok(devices_.call<DeviceRegistry::Count>());
    out.devices = OverviewDevices{count.total, count.online};
  }
  co_return out;
}

Task<Result<MenuOutput>> Overview::menu(Call, Nothing) {
  MenuOutput out;
  out.entries = co_await ok(contributions<MenuEntry>(host_));
  co_return out;
}

Task<Result<Bytes>> Overview::plugins(Call, Nothing) {
  const std::string text = co_await ok(report("plugins"));
  const std::string found = co_await ok(report("installed"));
  json::value list = json::parse(text);
  const json::value installed = json::parse(found);
  for (const json::value& entry : installed.as_array()) {
    json::array& all = list.as_array();
    const auto is_it = [&entry](const json::value& other) { return other.at("id") == entry.at("id"); };
    auto known = std::find_if(all.begin(), all.end(), is_it);
    if (known == all.end()) {
      all.push_back(json::object{{"id", entry.at("id")},
                                 {"version", ""},
                                 {"summary", ""},
                                 {"state", "off"},
                                 {"detail", ""},
                                 {"provides", json::array()},
                                 {"requires", json::array()},
                                 {"configuration", json::array()}});
      known = all.end() - 1;
    }
    known->as_object()["enabled"] = entry.at("enabled");
  }
  for (json::value& entry : list.as_array()) {
    json::object& plugin = entry.as_object();
    for (json::value& option : plugin["configuration"].as_array()) {
      option.as_object()["is_default"] = option.as_object()["source"].as_string().empty();
    }
  }
  json::object out{{"plugins", std::move(list)}};
  co_return Bytes{"application/json", json::serialize(out)};
}

Task<Result<Reply<PluginChosen>>> Overview::enable_plugin(Call call, PluginRef input) {
  auto choosing = choose(std::move(call), input.id.value, true);
  co_return co_await choosing;
}

Task<Result<Reply<PluginChosen>>> Overview::disable_plugin(Call call, PluginRef input) {
  if (input.id.value == "admin") {
    co_return Error{.status = Status::kConflict,
                    .detail = "Nobody could switch the admin on again from here; take it out of hub.plugins instead."};
  }
  auto choosing = choose(std::move(call), input.id.value, false);
  co_return co_await choosing;
}

Task<Result<Reply<PluginChosen>>> Overview::choose(Call call, std::string id, bool is_enabled) {
  auto ask = [this, &id, is_enabled](gtr_completion done) {
    host_.inspect().choose_plugin(host_.raw(), to_bytes(id), is_enabled ? 1 : 0, done);
  };
  co_await ok(host_.complete(ask));
  sql::Batch batch(sql::Mode::kWrite);
  audit(batch, call, is_enabled ? "admin.enable-plugin" : "admin.disable-plugin", "plugin:" + id);
  co_await ok(database_.run(std::move(batch)));
  const std::string what = is_enabled ? "on" : "off";
  PluginChosen out{"The plugin is " + what + " from the hub's next start on; restart the hub to have it so."};
  co_return Reply<PluginChosen>(Status::kAccepted, std::move(out));
}

Task<Result<Reply<PluginChosen>>> Overview::reload_plugin(Call, PluginRef) {
  co_return Error{.status = Status::kUnsupported, .detail = "A plugin is replaced by a restart of the hub."};
}

}  // namespace gatetorio::admin
