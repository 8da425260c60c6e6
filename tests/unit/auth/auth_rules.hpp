// Auth alone in the fake host, with a gate whose registry is the test's.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "gatetorio/grants.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::auth {

using testing::Outcome;

inline const std::string kAnna(40, 'a'), kBert(40, 'b'), kCora(40, 'c');
inline const Principal kGate{.kind = "device", .id = 7};

struct AuthRules : testing::PluginRules {
  explicit AuthRules(const std::string& data_dir = "", std::vector<std::int64_t> there = {7})
      : PluginRules(data_dir), devices(std::move(there)) {
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId, [this](DeviceIds asked) -> Result<DeviceList> {
      DeviceList found;
      for (const std::int64_t id : asked.ids) {
        if (std::count(devices.begin(), devices.end(), id) > 0) found.devices.push_back({.id = id});
      }
      return found;
    });
    host.load("auth");
    host.start();
  }
  ~AuthRules() { host.stop(); }  // until then it asks members of this

  static testing::Ask pairing(const std::string& token, boost::json::object more = {}) {
    more["user_token"] = token;
    return {.principal = kGate, .body = std::move(more)};
  }
  Outcome pair(const std::string& token, boost::json::object more = {}) {
    return host.invoke("auth.authorize", pairing(token, std::move(more)));
  }
  Principal user(const std::string& token) {
    return *host.call<Authenticator::Authenticate>(Authenticator::kId, {"bearer", "", token}, "bearer:");
  }
  // "": none. "?": the device is not there.
  std::string level(const std::string& token) {
    const auto decided = host.call<AccessControl::Check>(AccessControl::kId, {user(token), "", "readonly", 7});
    if (!decided && decided.error().status == Status::kNotFound) return "?";
    return decided->access.level;
  }
  Result<GrantHeld> share(const std::string& token, std::string level, std::int64_t expires_at_us = 0) {
    return host.call<GrantStore::Give>(GrantStore::kId, {.to = user(token),
                                                         .device_id = 7,
                                                         .level = std::move(level),
                                                         .expires_at_us = expires_at_us,
                                                         .source = "sharing:1"});
  }
  testing::Ask removal(const Principal& by, std::int64_t whom) {
    return {.principal = by,
            .body = {{"controller_id", "gate"}, {"user_id", whom}},
            .access = {.resource_id = 7, .resource = "gate", .level = "owner"}};
  }
  std::string password_user(const Outcome& credentials) {
    const auto found = host.call<Authenticator::Authenticate>(
        Authenticator::kId, {"password", credentials.word("mqtt_username"), credentials.word("mqtt_password")},
        "password:user-");
    return found ? name_of(found->who()) : "";
  }
  std::size_t told_of(std::int64_t user_id) {
    const auto told = host.published<AccessChanged>();
    return static_cast<std::size_t>(
        std::count_if(told.begin(), told.end(), [&](const AccessChanged& event) { return event.id == user_id; }));
  }
  void delete_device(std::int64_t id) {
    std::erase(devices, id);
    host.publish(DeviceDeleted{.device_id = id, .controller_id = "gate"}, std::to_string(id));
  }
  std::int64_t grants() { return count("SELECT COUNT(*) FROM grants"); }

  std::vector<std::int64_t> devices;
};

}  // namespace gatetorio::auth
