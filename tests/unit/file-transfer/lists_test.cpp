// What admins see of the files of all devices. On real storage; rights, registry and address are the test's.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "gatetorio/devices.hpp"
#include "gatetorio/http_endpoint.hpp"
#include "gatetorio/identity.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::file_transfer {
namespace {

using boost::json::object;
using testing::Outcome;
using Words = std::vector<std::string>;

const Principal kAdmin{.kind = "admin", .id = 1, .role = "admin"};

struct FileListRules : testing::PluginRules {
  FileListRules() {
    host.provide<AccessControl::Check>(AccessControl::kId, [](AccessQuery query) -> Result<Decision> {
      return Decision{true, {.resource_id = query.resource_id}};
    });
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId, [](DeviceIds asked) -> Result<DeviceList> {
      DeviceList found;
      for (const std::int64_t id : asked.ids) {
        found.devices.push_back({.id = id, .controller_id = "gate-" + std::to_string(id)});
      }
      return found;
    });
    host.provide<DeviceRegistry::FindByName>(DeviceRegistry::kId, [](DeviceName name) -> Result<Device> {
      if (name.controller_id == "gate-7") return Device{.id = 7, .controller_id = "gate-7"};
      return Error{.status = Status::kNotFound, .detail = "There is no such device."};
    });
    host.provide<HttpEndpoint::Endpoint>(
        HttpEndpoint::kId, [](HttpEndpointQuery) -> Result<HttpAddress> { return HttpAddress{"https://hub"}; });
    host.load("file-transfer");
    host.start();
  }
  ~FileListRules() { host.stop(); }

  std::int64_t announce(std::int64_t device, const std::string& name, std::int64_t size = 5,
                        const char* kind = "other") {
    return host
        .invoke("file-transfer.create",
                {.principal = kAdmin,
                 .body = {{"controller_id", "gate"}, {"name", name}, {"kind", kind}, {"size", size}},
                 .access = {.resource_id = device, .resource = "gate", .level = "admin"}})
        .number("file_id");
  }
  Outcome list(object input = {}) {
    return host.invoke("file-transfer.all-files", {.principal = kAdmin, .body = std::move(input)});
  }
  Words names(object input = {}) {
    Words words;
    const Outcome answer = list(std::move(input));
    for (const auto& each : answer.body.at("files").as_array()) {
      words.emplace_back(each.at("name").as_string());
    }
    return words;
  }
};

}  // namespace

TEST_CASE_METHOD(FileListRules, "files of all devices are listed by device, kind and state, in each order") {
  announce(7, "c", 1, "log");
  announce(8, "a", 3);
  announce(7, "b", 2);
  query("UPDATE files SET state = 'complete', sha256 = 'ab' WHERE name = 'b'");
  CHECK(names() == Words{"b", "a", "c"});
  CHECK(names({{"sort", "name"}}) == Words{"a", "b", "c"});
  CHECK(names({{"sort", "-size"}}) == Words{"a", "b", "c"});
  CHECK(names({{"controller_id", "gate-7"}}) == Words{"b", "c"});
  CHECK(names({{"controller_id", "nobody"}}).empty());
  CHECK(names({{"kind", "log"}}) == Words{"c"});
  CHECK(names({{"state", "complete"}}) == Words{"b"});
  CHECK(names({{"state", "uploading"}, {"kind", "other"}}) == Words{"a"});
  const auto files = list().body.at("files").as_array();
  CHECK(files.at(0).at("controller_id") == "gate-7");
  CHECK(files.at(0).at("created_by") == "admin:1");
  CHECK(files.at(0).at("sha256") == "ab");
  CHECK(files.at(1).at("sha256").is_null());
  CHECK(list({{"kind", "x"}}).error().fields.at(0).pointer == "/kind");
  CHECK(list({{"sort", "blob"}}).error().fields.at(0).pointer == "/sort");
}

TEST_CASE_METHOD(FileListRules, "pages of files in every order show each once, while others are announced") {
  std::set<std::string> all;
  for (int i = 0; i < 9; ++i) {
    const std::string name = "m" + std::to_string(i);
    announce(7, name, 10 + i % 3);
    all.insert(name);
  }
  int next_new = 0;
  for (const std::string sort : {"created_at", "-created_at", "name", "-name", "size", "-size"}) {
    CAPTURE(sort);
    std::multiset<std::string> seen;
    object input{{"limit", 4}, {"sort", sort}};
    while (true) {
      const Outcome page = list(input);
      for (const auto& each : page.body.at("files").as_array()) seen.emplace(each.at("name").as_string());
      if (page.body.at("next_cursor").is_null()) break;
      input["cursor"] = page.body.at("next_cursor");
      announce(8, (next_new % 2 == 0 ? "a" : "z") + std::to_string(next_new), 9 + next_new % 5);
      if (++next_new > 60) break;
    }
    for (const std::string& name : seen) CHECK(seen.count(name) == 1);
    for (const std::string& name : all) CHECK(seen.count(name) == 1);
  }
}

}  // namespace gatetorio::file_transfer
