// Sites: whoever belongs to one has access to its devices, and what is put in, taken out, given and ended counts at
// once.
#include <catch2/catch_test_macros.hpp>

#include "auth_rules.hpp"
#include "gatetorio/resource_kinds.hpp"

namespace gatetorio::auth {
namespace {

using boost::json::object;
using testing::Moments;

// Gates 7, 8 and 9, called "gate-7" and so on. Anna owns 7 and 8, and the site.
struct SiteRules : AuthRules {
  SiteRules() : AuthRules("", {7, 8, 9}) {
    host.provide<DeviceRegistry::FindByName>(DeviceRegistry::kId, [this](DeviceName asked) -> Result<Device> {
      for (const std::int64_t id : devices) {
        if (asked.controller_id == "gate-" + std::to_string(id))
          return Device{.id = id, .controller_id = asked.controller_id};
      }
      return Error{.status = Status::kNotFound};
    });
    own(7, kAnna);
    own(8, kAnna);
    own(9, kBert);
    pair(kCora, {{"access_level", "readonly"}});
    site = host.invoke("auth.make-site", {.principal = user(kAnna), .body = {{"name", "Elm Road"}}}).number("site_id");
  }
  void own(std::int64_t device, const std::string& token) {
    const object body{{"user_token", token}, {"access_level", "owner"}};
    CHECK(
        host.invoke("auth.authorize", {.principal = Principal{.kind = "device", .id = device}, .body = body}).is_ok());
  }
  testing::Ask on_site(const std::string& token, object body = {}, const std::string& level = "owner") {
    body["site_id"] = site;
    return {.principal = user(token), .body = std::move(body), .access = {.resource_id = site, .level = level}};
  }
  Outcome add(std::int64_t device) {
    return host.invoke("auth.add-site-device", on_site(kAnna, {{"controller_id", "gate-" + std::to_string(device)}}));
  }
  Outcome take(std::int64_t device) {
    return host.invoke("auth.remove-site-device",
                       on_site(kAnna, {{"controller_id", "gate-" + std::to_string(device)}}));
  }
  Outcome put(const std::string& token, object body = {}) {
    body["user_token"] = token;
    return host.invoke("auth.put-site-user", on_site(kAnna, std::move(body)));
  }
  Outcome drop(const std::string& token, const std::string& by = kAnna, const std::string& level = "owner") {
    return host.invoke("auth.remove-site-user", on_site(by, {{"user_id", user(token).id}}, level));
  }
  std::string level_at(const std::string& token, std::int64_t device) {
    const auto decided = host.call<AccessControl::Check>(AccessControl::kId, {user(token), "", "readonly", device});
    return decided ? decided->access.level : "?";
  }
  std::string site_level(const std::string& token) {
    const std::string name = "site:" + std::to_string(site);
    return host.call<AccessControl::Check>(AccessControl::kId, {user(token), name, "readonly"})->access.level;
  }

  std::int64_t site = 0;
};

}  // namespace

TEST_CASE_METHOD(SiteRules, "a member of a site has access to its devices, whichever came first") {
  CHECK(add(7).is_ok());
  CHECK(put(kCora, {{"access_level", "engineer"}}).is_ok());
  CHECK(level_at(kCora, 7) == "engineer");
  CHECK(level_at(kCora, 8).empty());
  const std::size_t before = told_of(user(kCora).id);
  CHECK(add(8).is_ok());
  CHECK(level_at(kCora, 8) == "engineer");
  CHECK(told_of(user(kCora).id) == before + 1);
  CHECK(site_level(kCora) == "engineer");
  CHECK(add(8).is_ok());  // again changes nothing
  CHECK(told_of(user(kCora).id) == before + 1);
}

TEST_CASE_METHOD(SiteRules, "what a site gave ends with the device's place in it, with the member, and with the site") {
  add(7);
  add(8);
  put(kCora, {{"access_level", "engineer"}});
  CHECK(take(8).is_ok());
  CHECK(level_at(kCora, 8).empty());
  CHECK(level_at(kCora, 7) == "engineer");
  CHECK(take(8).status == Status::kNotFound);
  CHECK(drop(kCora).is_ok());
  CHECK(level_at(kCora, 7) == "readonly");  // its own grant by pairing
  CHECK(drop(kCora).status == Status::kNotFound);
  put(kCora, {{"access_level", "owner"}});
  CHECK(level_at(kCora, 7) == "owner");
  const std::size_t before = told_of(user(kCora).id);
  CHECK(host.invoke("auth.remove-site", on_site(kAnna, {})).is_ok());
  CHECK(level_at(kCora, 7) == "readonly");
  CHECK(told_of(user(kCora).id) == before + 1);
  CHECK(level_at(kAnna, 7) == "owner");
  CHECK(count("SELECT COUNT(*) FROM grants WHERE source LIKE 'site:%'") == 0);
  CHECK(count("SELECT (SELECT COUNT(*) FROM sites) + (SELECT COUNT(*) FROM site_devices) +"
              " (SELECT COUNT(*) FROM site_members)") == 0);
}

TEST_CASE_METHOD(SiteRules, "only who owns a device puts it into a site") {
  CHECK(add(9).status == Status::kNotFound);  // Bert's, of whom Anna is nothing
  own(9, kBert);
  const object readonly{{"user_token", kAnna}, {"access_level", "engineer"}};
  host.invoke("auth.authorize", {.principal = Principal{.kind = "device", .id = 9}, .body = readonly});
  CHECK(add(9).status == Status::kForbidden);
  CHECK(add(99).status == Status::kNotFound);
  CHECK(count("SELECT COUNT(*) FROM site_devices") == 0);
}

TEST_CASE_METHOD(SiteRules, "a site keeps an owner that is one at any time") {
  CHECK(drop(kAnna).status == Status::kConflict);
  CHECK(put(kAnna, {{"access_level", "engineer"}}).status == Status::kConflict);
  CHECK(put(kAnna, {{"access_level", "owner"}, {"expires_in_hours", 1}}).status == Status::kConflict);
  CHECK(put(kBert, {{"access_level", "owner"}, {"valid_from", "2099-01-01T00:00:00Z"}}).is_ok());
  CHECK(drop(kAnna).status == Status::kConflict);
  CHECK(put(kBert, {{"access_level", "owner"}}).is_ok());
  CHECK(drop(kAnna).is_ok());
  CHECK(site_level(kAnna).empty());
  CHECK(site_level(kBert) == "owner");
}

TEST_CASE("of two owners who leave a site at once one stays, whoever comes in between") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    SiteRules rules;
    rules.put(kBert, {{"access_level", "owner"}});
    auto leaving =
        moments.begin(rules.host, "auth.remove-site-user", rules.on_site(kAnna, {{"user_id", rules.user(kAnna).id}}));
    const bool bert_left = rules.drop(kBert, kBert).is_ok();
    rules.host.release();
    CHECK(leaving.take().is_ok() != bert_left);
    CHECK(rules.count("SELECT COUNT(*) FROM site_members WHERE level = 'owner'") == 1);
  }
}

TEST_CASE("a device and a user that come to a site at once have each other in the end") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    SiteRules rules;
    auto adding =
        moments.begin(rules.host, "auth.add-site-device", rules.on_site(kAnna, {{"controller_id", "gate-8"}}));
    CHECK(rules.put(kCora, {{"access_level", "engineer"}}).is_ok());
    rules.host.release();
    CHECK(adding.take().is_ok());
    CHECK(rules.level_at(kCora, 8) == "engineer");
  }
}

TEST_CASE_METHOD(SiteRules, "members leave by themselves, and remove nobody else unless they own the site") {
  put(kBert, {{"access_level", "engineer"}});
  put(kCora, {{"access_level", "readonly"}});
  CHECK(drop(kCora, kBert, "engineer").status == Status::kForbidden);
  CHECK(drop(kBert, kBert, "engineer").is_ok());
  CHECK(site_level(kCora) == "readonly");
}

TEST_CASE_METHOD(SiteRules,
                 "a changed membership changes what the member has on each device, with its windows and end") {
  add(7);
  add(8);
  put(kCora, {{"access_level", "engineer"}});
  put(kCora, {{"access_level", "readonly"}, {"expires_in_hours", 1}});
  CHECK(level_at(kCora, 8) == "readonly");
  host.leap(std::chrono::hours(2));
  CHECK(level_at(kCora, 8).empty());
  CHECK(site_level(kCora).empty());
  const Outcome listed = host.invoke("auth.site-users", on_site(kAnna, {}));
  CHECK(listed.body.at("users").as_array().size() == 2);
  CHECK_FALSE(listed.body.at("users").at(1).at("is_open").as_bool());
}

TEST_CASE_METHOD(SiteRules, "a deleted device leaves its sites, and a deleted user, too") {
  add(7);
  put(kCora, {{"access_level", "engineer"}});
  delete_device(7);
  host.run();
  CHECK(count("SELECT COUNT(*) FROM site_devices") == 0);
  const Principal admin{.kind = "admin", .id = 1, .role = "admin"};
  CHECK(host.invoke("auth.remove-user", {.principal = admin, .body = {{"user_id", user(kCora).id}}}).is_ok());
  CHECK(count("SELECT COUNT(*) FROM site_members") == 1);
}

TEST_CASE_METHOD(SiteRules, "a user sees its sites, an admin all, and what is wrong is refused by field") {
  const auto names = [&](const Principal& by) {
    std::vector<std::string> list;
    const Outcome found = host.invoke("auth.sites", {.principal = by});
    for (const auto& each : found.body.at("sites").as_array()) list.emplace_back(each.at("name").as_string());
    return list;
  };
  CHECK(names(user(kAnna)) == std::vector<std::string>{"Elm Road"});
  CHECK(names(user(kCora)).empty());
  CHECK(names({.kind = "admin", .id = 1, .role = "viewer"}) == std::vector<std::string>{"Elm Road"});
  const object both{{"user_id", 1}, {"access_level", "engineer"}};
  CHECK(put(kCora, both).error().fields.at(0).pointer == "/user_id");
  CHECK(put("a token that nobody has been paired with").status == Status::kInvalid);
  CHECK(put(std::string(40, 'z')).status == Status::kNotFound);
  CHECK(host.invoke("auth.make-site", {.principal = user(std::string(40, 'z')), .body = {{"name", "x"}}}).status ==
        Status::kForbidden);
  CHECK(host.invoke("auth.make-site", {.principal = user(kAnna), .body = {{"name", ""}}}).status == Status::kInvalid);
}

TEST_CASE_METHOD(SiteRules, "what somebody has on a resource of another plugin's kind says that plugin") {
  host.provide<ResourceKind::Find>(
      ResourceKind::kId,
      [&](ResourceQuery asked) -> Result<Access> {
        if (asked.id == "broken") return Error{.status = Status::kUnavailable};
        const bool is_annas = asked.id == "3:1" && asked.principal.id == user(kAnna).id;
        return Access{.resource_id = 31, .level = is_annas ? "engineer" : ""};
      },
      "camera");
  const auto decide = [&](const std::string& token, const std::string& resource, const std::string& need) {
    return host.call<AccessControl::Check>(AccessControl::kId, {user(token), resource, need});
  };
  const auto engineer = decide(kAnna, "camera:3:1", "readonly");
  REQUIRE(engineer);
  CHECK(engineer->is_allowed);
  CHECK(engineer->access.resource_id == 31);
  CHECK(engineer->access.resource == "camera:3:1");
  CHECK_FALSE(decide(kAnna, "camera:3:1", "owner")->is_allowed);
  CHECK_FALSE(decide(kBert, "camera:3:1", "readonly")->is_allowed);
  CHECK_FALSE(decide(kAnna, "camera:", "readonly")->is_allowed);
  CHECK(decide(kAnna, "camera:broken", "readonly").error().status == Status::kUnavailable);
  CHECK(decide(kAnna, "door:3", "readonly").error().status == Status::kUnavailable);    // nobody's kind
  CHECK(decide(kAnna, ":camera:3:1", "readonly").error().status == Status::kNotFound);  // the name of a device
}

}  // namespace gatetorio::auth
