// How hardware becomes a device, once and only once, and which credentials hold, when things happen at once, late, or
// not at all. Registration alone, on real storage; the broker is the test's.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "gatetorio/credentials.hpp"
#include "gatetorio/device_link.hpp"
#include "gatetorio/identity.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::registration {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Ask;
using testing::Moments;
using testing::Outcome;

const Principal kAdmin{.kind = "admin", .id = 1, .role = "admin"};
const boost::json::object kApproval{{"enrolment", "approval"}};
constexpr int kHoursOfPending = 72;

struct RegistrationRules : testing::PluginRules {
  explicit RegistrationRules(const boost::json::object& options = {}, const std::string& data_dir = "")
      : PluginRules(data_dir) {
    host.load("registration", options);
    host.start();
  }
  ~RegistrationRules() { host.stop(); }  // until then it asks members of this

  std::string key(std::int64_t uses) {
    return host.invoke("registration.make-key", {.principal = kAdmin, .body = {{"max_uses", uses}}})
        .word("enrolment_key");
  }
  static Ask enrolling(const std::string& hardware, const std::string& name, const std::string& key) {
    return {.body = {{"hardware_id", hardware}, {"controller_id", name}, {"enrolment_key", key}}};
  }
  static Ask importing(const std::string& lines) {
    return {.principal = kAdmin, .stream = testing::AskedBody{.bytes = "hardware_id\n" + lines}};
  }
  Outcome enrol(const std::string& hardware, const std::string& name) {
    return host.invoke("registration.register", enrolling(hardware, name, key(1)));
  }
  static Ask claiming(const std::string& hardware, const std::string& name, const std::string& claim = "") {
    Ask ask{.body = {{"hardware_id", hardware}, {"controller_id", name}}};
    if (!claim.empty()) ask.body["claim_token"] = claim;
    return ask;
  }
  std::string claim(const std::string& hardware, const std::string& name) {
    return host.invoke("registration.register", claiming(hardware, name)).word("claim_token");
  }
  Ask booting(const std::string& token, const std::string& hardware, const std::string& name) {
    return {.principal = *who(token), .body = {{"hardware_id", hardware}, {"controller_id", name}}};
  }
  std::optional<Principal> who(const std::string& token) {
    const auto found = host.call<Authenticator::Authenticate>(Authenticator::kId, {"bearer", "", token}, "bearer:gtd_");
    return found ? std::optional(*found) : std::nullopt;
  }
  // Whether the broker would let in who was answered this.
  bool opens_broker(const Outcome& answer) {
    const auto found = host.call<Authenticator::Authenticate>(
        Authenticator::kId, {"password", answer.word("mqtt_username"), answer.word("mqtt_password")},
        "password:device-");
    return static_cast<bool>(found);
  }
  Ask about(std::int64_t device_id, const Principal& by = kAdmin) {
    return {.principal = by, .body = {{"controller_id", "gate"}}, .access = {.resource_id = device_id}};
  }
  Outcome pending(const std::string& what, std::int64_t id) {
    return host.invoke("registration." + what, {.principal = kAdmin, .body = {{"pending_id", id}}});
  }
  std::vector<std::int64_t> waiting() {
    std::vector<std::int64_t> ids;
    const Outcome listed = host.invoke("registration.pending", {.principal = kAdmin});
    for (const auto& each : listed.body.at("pending").as_array()) {
      ids.push_back(each.as_object().at("pending_id").as_int64());
    }
    return ids;
  }
  std::optional<Device> device(std::int64_t id) {
    const auto found = host.call<DeviceRegistry::FindByIds>(DeviceRegistry::kId, {{id}});
    return found->devices.empty() ? std::nullopt : std::optional(found->devices.front());
  }
  bool is_online(std::int64_t id) { return device(id)->is_online; }
  std::int64_t devices() { return count("SELECT COUNT(*) FROM devices"); }
  std::int64_t uses() { return count("SELECT SUM(uses) FROM enrolment_keys"); }

  bool is_connected = true;
};

}  // namespace

TEST_CASE("of two devices that take one controller_id at once one gets it, and the other's key is not used") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules;
    const std::string key = rules.key(2);
    auto first = moments.begin(rules.host, "registration.register", rules.enrolling("hw-1", "gate", key));
    const Outcome second = rules.host.invoke("registration.register", rules.enrolling("hw-2", "gate", key));
    rules.host.release();
    const Outcome outcome = first.take();
    CHECK(outcome.is_ok() != second.is_ok());
    CHECK((outcome.is_ok() ? second : outcome).status == Status::kConflict);
    CHECK(rules.devices() == 1);
    CHECK(rules.uses() == 1);
    CHECK(rules.host.published<DeviceRegistered>().size() == 1);
  }
}

TEST_CASE("of two imports of one device at once one is done, and the other leaves nothing") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules;
    auto first = moments.begin(rules.host, "registration.import-fleet", rules.importing("hw-1\nhw-2"));
    const Outcome second = rules.host.invoke("registration.import-fleet", rules.importing("hw-3\nhw-1"));
    rules.host.release();
    const Outcome outcome = first.take();
    CHECK(outcome.is_ok() != second.is_ok());
    CHECK(rules.count("SELECT COUNT(*) FROM enrolment_keys") == 2);
    CHECK(rules.audited("enrolment_key.import") == 1);
  }
}

TEST_CASE("a device that registers while it is imported is no hindrance to it, and has no open key then") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules;
    const std::string key = rules.key(1);
    auto import = moments.begin(rules.host, "registration.import-fleet", rules.importing("hw-1"));
    CHECK(rules.host.invoke("registration.register", rules.enrolling("hw-1", "gate", key)).is_ok());
    rules.host.release();
    const Outcome outcome = import.take();
    CHECK(rules.devices() == 1);
    CHECK(rules.count("SELECT COUNT(*) FROM enrolment_keys WHERE uses < max_uses") == 0);
    const bool was_refused = outcome.status == Status::kConflict || outcome.status == Status::kInvalid;
    CHECK((outcome.is_ok() || was_refused));
  }
}

TEST_CASE("a device that is taken over from another hub has no open key of a fleet any more") {
  RegistrationRules rules;
  REQUIRE(rules.host.invoke("registration.import-fleet", rules.importing("hw-1")).is_ok());
  const DeviceImport device{.hardware_id = "hw-1", .controller_id = "gate", .device_name = "", .firmware_version = ""};
  REQUIRE(rules.host.call<DeviceRegistry::Import>(DeviceRegistry::kId, device));
  CHECK(rules.count("SELECT COUNT(*) FROM enrolment_keys") == 0);
}

TEST_CASE("a key for one device lets in one of two that use it at once") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules;
    const std::string key = rules.key(1);
    auto first = moments.begin(rules.host, "registration.register", rules.enrolling("hw-1", "gate-1", key));
    const Outcome second = rules.host.invoke("registration.register", rules.enrolling("hw-2", "gate-2", key));
    rules.host.release();
    const Outcome outcome = first.take();
    CHECK(outcome.is_ok() != second.is_ok());
    CHECK((outcome.is_ok() ? second : outcome).status == Status::kForbidden);
    CHECK(rules.devices() == 1);
  }
}

TEST_CASE("the same hardware that registers twice at once is one device with one token") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules;
    const std::string key = rules.key(2);
    auto first = moments.begin(rules.host, "registration.register", rules.enrolling("hw-1", "gate-1", key));
    const Outcome second = rules.host.invoke("registration.register", rules.enrolling("hw-1", "gate-2", key));
    rules.host.release();
    const Outcome outcome = first.take();
    CHECK(outcome.is_ok() != second.is_ok());
    CHECK((outcome.is_ok() ? second : outcome).status == Status::kUnauthenticated);
    CHECK(rules.who((outcome.is_ok() ? outcome : second).word("device_token")));
    CHECK(rules.devices() == 1);
    CHECK(rules.uses() == 1);
  }
}

TEST_CASE_METHOD(RegistrationRules, "a registration that the storage does not take uses nothing up") {
  const std::string once = key(1);
  host.fail(sql::kServiceId, {.status = Status::kFull}, "INSERT INTO devices");
  CHECK(host.invoke("registration.register", enrolling("hw-1", "gate", once)).status == Status::kFull);
  CHECK(host.published<DeviceRegistered>().empty());
  CHECK(uses() == 0);
  CHECK(host.invoke("registration.register", enrolling("hw-1", "gate", once)).status == Status::kCreated);
}

TEST_CASE_METHOD(RegistrationRules, "a registration whose answer was lost gives its token to nobody, until a release") {
  const std::string key = this->key(2);
  host.lose_answer(sql::kServiceId, "INSERT INTO devices");
  CHECK(host.invoke("registration.register", enrolling("hw-1", "gate", key)).status == Status::kTimeout);
  CHECK(devices() == 1);
  CHECK(host.invoke("registration.register", enrolling("hw-1", "gate", key)).status == Status::kUnauthenticated);
  CHECK(uses() == 1);
  const std::string released = host.invoke("registration.release", about(1)).word("enrolment_key");
  const Outcome again = host.invoke("registration.register", enrolling("hw-1", "gate", released));
  CHECK(again.number("device_id") == 1);
  CHECK(who(again.word("device_token"))->id == 1);
}

TEST_CASE("after a re-enrolment its credentials alone hold, whenever the device boots with the old token") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules;
    const std::string old = rules.enrol("hw-1", "gate").word("device_token");
    const std::string released = rules.host.invoke("registration.release", rules.about(1)).word("enrolment_key");
    auto booting = moments.begin(rules.host, "registration.register", rules.booting(old, "hw-1", "gate"));
    const Outcome again = rules.host.invoke("registration.register", rules.enrolling("hw-1", "gate", released));
    rules.host.release();
    const Outcome booted = booting.take();
    REQUIRE(again.is_ok());
    CHECK_FALSE(rules.who(old));
    CHECK(rules.who(again.word("device_token")));
    CHECK(rules.opens_broker(again));
    if (booted.is_ok()) CHECK_FALSE(rules.opens_broker(booted));
    CHECK(rules.host.published<CredentialsReplaced>().size() == 1);
  }
}

TEST_CASE("a released key is used once by its own hardware, and by no other, also at once") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules;
    rules.enrol("hw-1", "gate");
    const std::string released = rules.host.invoke("registration.release", rules.about(1)).word("enrolment_key");
    const Ask other = rules.enrolling("hw-2", "gate-2", released);
    CHECK(rules.host.invoke("registration.register", other).status == Status::kForbidden);
    const Ask own = rules.enrolling("hw-1", "gate", released);
    auto first = moments.begin(rules.host, "registration.register", own);
    const Outcome second = rules.host.invoke("registration.register", own);
    rules.host.release();
    const Outcome outcome = first.take();
    CHECK(outcome.is_ok() != second.is_ok());
    CHECK(rules.who((outcome.is_ok() ? outcome : second).word("device_token")));
    CHECK(rules.audited("device.reenrol") == 1);
  }
}

TEST_CASE("the key of a release lets no other hardware in, whatever the hub asks of newcomers") {
  for (const char* enrolment : {"key", "open", "approval"}) {
    RegistrationRules rules({{"enrolment", enrolment}, {"enrolment_key", "standing"}});
    rules.query(
        "INSERT INTO devices (hardware_id, controller_id, device_name, firmware_version, token_hash,"
        " mqtt_password_hash, reenrol_until, online_until, last_seen, created_at, updated_at)"
        " VALUES ('hw-1', 'gate', '', '', 'a', 'b', 0, 0, 1, 1, 1)");
    const std::string released = rules.host.invoke("registration.release", rules.about(1)).word("enrolment_key");
    const Ask other = rules.enrolling("hw-2", "gate-2", released);
    CHECK(rules.host.invoke("registration.register", other).status == Status::kForbidden);
    CHECK(rules.host.invoke("registration.register", rules.enrolling("hw-1", "gate", released)).is_ok());
  }
}

TEST_CASE_METHOD(RegistrationRules, "a release ends with its hours, and a newer one ends the older") {
  enrol("hw-1", "gate");
  const auto release = [this] { return host.invoke("registration.release", about(1)).word("enrolment_key"); };
  const auto status = [this](const std::string& key) {
    return host.invoke("registration.register", enrolling("hw-1", "gate", key)).status;
  };
  const std::string first = release(), second = release();
  CHECK(status(first) == Status::kUnauthenticated);
  host.leap(hours(24));
  CHECK(status(second) == Status::kUnauthenticated);
  const std::string third = release();
  host.leap(hours(24) - seconds(1));
  CHECK(status(third) == Status::kOk);
}

TEST_CASE("of two who wait with one hardware_id at most one gets in, whenever the other is approved") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules(kApproval);
    const std::string mine = rules.claim("hw-1", "gate"), theirs = rules.claim("hw-1", "gate-x");
    const auto waiting = rules.waiting();
    REQUIRE(waiting.size() == 2);
    CHECK(rules.pending("approve", waiting[0]).is_ok());
    auto registering = moments.begin(rules.host, "registration.register", rules.claiming("hw-1", "gate", mine));
    const bool is_late = rules.devices() == 1;
    CHECK(rules.pending("approve", waiting[1]).is_ok() != is_late);
    rules.host.release();
    const Outcome registered = registering.take();
    CHECK(registered.status == Status::kCreated);
    const Ask other = rules.claiming("hw-1", "gate-x", theirs);
    CHECK(rules.host.invoke("registration.register", other).status == Status::kUnauthenticated);
    CHECK(rules.devices() == 1);
    CHECK(rules.who(registered.word("device_token")));
  }
}

TEST_CASE("whoever waits gets in with its claim, as its hardware, and after its approval only") {
  RegistrationRules rules(kApproval);
  const auto status = [&](const std::string& hardware, const std::string& claim) {
    return rules.host.invoke("registration.register", rules.claiming(hardware, "gate", claim)).status;
  };
  const std::string claim = rules.claim("hw-1", "gate");
  CHECK(status("hw-1", claim) == Status::kAccepted);
  rules.pending("approve", rules.waiting().at(0));
  CHECK(status("hw-2", claim) == Status::kUnauthenticated);
  CHECK(status("hw-1", "gtc_guess") == Status::kUnauthenticated);
  CHECK(rules.devices() == 0);
  CHECK(status("hw-1", claim) == Status::kCreated);
}

TEST_CASE("an approval of who has been denied meanwhile says so, and lets nobody in") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules(kApproval);
    const Ask ask = rules.claiming("hw-1", "gate", rules.claim("hw-1", "gate"));
    const std::int64_t id = rules.waiting().at(0);
    auto approving =
        moments.begin(rules.host, "registration.approve", {.principal = kAdmin, .body = {{"pending_id", id}}});
    const std::int64_t before = rules.audited("device.approve");
    CHECK(rules.pending("deny", id).is_ok());
    rules.host.release();
    CHECK(approving.take().is_ok() == (before == 1));
    CHECK(rules.audited("device.approve") == before);
    CHECK_FALSE(rules.host.invoke("registration.register", ask).is_ok());
  }
}

TEST_CASE("a claim that is used twice at once makes one device") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules(kApproval);
    const Ask ask = rules.claiming("hw-1", "gate", rules.claim("hw-1", "gate"));
    rules.pending("approve", rules.waiting().at(0));
    auto first = moments.begin(rules.host, "registration.register", ask);
    const Outcome second = rules.host.invoke("registration.register", ask);
    rules.host.release();
    const Outcome outcome = first.take();
    CHECK((outcome.status == Status::kCreated) != (second.status == Status::kCreated));
    CHECK((outcome.is_ok() ? second : outcome).status == Status::kUnauthenticated);
    CHECK(rules.devices() == 1);
  }
}

TEST_CASE("an approval that is taken back before it is used lets nobody in, at whatever moment") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules(kApproval);
    const Ask ask = rules.claiming("hw-1", "gate", rules.claim("hw-1", "gate"));
    const std::int64_t id = rules.waiting().at(0);
    rules.pending("approve", id);
    auto registering = moments.begin(rules.host, "registration.register", ask);
    const bool is_denied = rules.pending("deny", id).is_ok();
    rules.host.release();
    CHECK((registering.take().status == Status::kCreated) != is_denied);
    CHECK(rules.devices() == (is_denied ? 0 : 1));
  }
}

TEST_CASE("a device that is deleted while it boots is gone, and its answer opens nothing") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules;
    const std::string token = rules.enrol("hw-1", "gate").word("device_token");
    auto booting = moments.begin(rules.host, "registration.register", rules.booting(token, "hw-1", "gate"));
    CHECK(rules.host.invoke("registration.delete", rules.about(1)).is_ok());
    rules.host.release();
    const Outcome booted = booting.take();
    if (booted.is_ok()) CHECK_FALSE(rules.opens_broker(booted));
    CHECK_FALSE(rules.who(token));
    CHECK_FALSE(rules.device(1));
    CHECK(rules.host.published<DeviceDeleted>().size() == 1);
  }
}

TEST_CASE("of two renamings to one name one is done, and each is told of by what it did") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules;
    rules.enrol("hw-1", "gate-1");
    rules.enrol("hw-2", "gate-2");
    const auto renaming = [](std::int64_t id) {
      return Ask{.principal = kAdmin, .body = {{"controller_id", "gate"}}, .access = {.resource_id = id}};
    };
    auto first = moments.begin(rules.host, "registration.update", renaming(1));
    const Outcome second = rules.host.invoke("registration.update", renaming(2));
    rules.host.release();
    CHECK(first.take().is_ok() != second.is_ok());
    const auto told = rules.host.published<DeviceRenamed>();
    REQUIRE(told.size() == 1);
    CHECK(rules.device(told[0].device_id)->controller_id == "gate");
  }
}

TEST_CASE_METHOD(RegistrationRules, "the number of a deleted device is never given again") {
  enrol("hw-1", "gate");
  host.invoke("registration.delete", about(1));
  CHECK(enrol("hw-1", "gate").number("device_id") == 2);
}

TEST_CASE("more devices of one network than may wait do not, also when they ask at once") {
  RegistrationRules rules(kApproval);
  std::vector<testing::Pending<Outcome>> asked;
  for (int i = 0; i < 25; ++i) {
    asked.push_back(rules.host.begin("registration.register", rules.claiming("hw-" + std::to_string(i), "gate")));
  }
  std::map<Status, int> statuses;
  for (auto& each : asked) ++statuses[each.take().status];
  CHECK(statuses == std::map<Status, int>{{Status::kAccepted, 20}, {Status::kRateLimited, 5}});
  Ask elsewhere = rules.claiming("hw-x", "gate");
  elsewhere.peer = "198.51.100.7";
  CHECK(rules.host.invoke("registration.register", elsewhere).status == Status::kAccepted);
  rules.host.leap(hours(kHoursOfPending));
  CHECK(rules.host.invoke("registration.register", rules.claiming("hw-y", "gate")).status == Status::kAccepted);
}

TEST_CASE("a clock that is wrong for a while deletes nobody who waits") {
  RegistrationRules rules(kApproval);
  const std::string claim = rules.claim("hw-1", "gate");
  rules.host.set_clock(hours(24 * 365));
  rules.host.leap(std::chrono::minutes(10));
  rules.host.leap(std::chrono::minutes(10));
  CHECK(rules.waiting().empty());
  rules.host.set_clock(-hours(24 * 365));
  rules.host.leap(std::chrono::minutes(10));
  CHECK(rules.waiting().size() == 1);
  const Outcome asked = rules.host.invoke("registration.register", rules.claiming("hw-1", "gate", claim));
  CHECK(asked.status == Status::kAccepted);
}

TEST_CASE_METHOD(RegistrationRules, "a heartbeat keeps a device online for its time, wherever the wall clock goes") {
  enrol("hw-1", "gate");
  const Principal gate{.kind = "device", .id = 1};
  for (const hours step : {hours(0), hours(-5), hours(5)}) {
    CHECK(host.invoke("registration.heartbeat", about(1, gate)).is_ok());
    host.set_clock(step);
    host.advance(seconds(89));
    CHECK(is_online(1));
    const std::size_t before = host.published<DevicePresence>().size();
    host.advance(seconds(2));
    CHECK_FALSE(is_online(1));
    const auto told = host.published<DevicePresence>();
    CHECK(told.size() == before + 1);
    CHECK_FALSE(told.back().is_online);
  }
}

TEST_CASE_METHOD(RegistrationRules,
                 "a heartbeat is answered when it is written, and presence holds while it cannot be") {
  enrol("hw-1", "gate");
  const Principal gate{.kind = "device", .id = 1};
  host.fail(sql::kServiceId, {.status = Status::kUnavailable}, "UPDATE devices SET online_until", 3);
  CHECK(host.invoke("registration.heartbeat", about(1, gate)).status == Status::kUnavailable);
  CHECK(is_online(1));
  CHECK(count("SELECT COUNT(*) FROM devices WHERE online_until > 0") == 0);
  host.advance(seconds(5));
  CHECK(host.faults_left() == 0);
  CHECK(count("SELECT COUNT(*) FROM devices WHERE online_until > 0") == 1);
  CHECK(host.has_logged("presence is written again"));
}

TEST_CASE("a device that is deleted while its heartbeat is written is not there, and comes online no more") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    RegistrationRules rules;
    rules.enrol("hw-1", "gate");
    const Principal gate{.kind = "device", .id = 1};
    auto beating = moments.begin(rules.host, "registration.heartbeat", rules.about(1, gate));
    CHECK(rules.host.invoke("registration.delete", rules.about(1)).is_ok());
    rules.host.release();
    const Outcome outcome = beating.take();
    CHECK((outcome.is_ok() || outcome.status == Status::kNotFound));
    rules.host.advance(seconds(100));
    CHECK_FALSE(rules.device(1));
  }
}

TEST_CASE_METHOD(RegistrationRules, "where news of a connection were lost the transport is asked who is there") {
  host.provide<DeviceLink::State>(DeviceLink::kId, [this](LinkQuery query) -> Result<LinkState> {
    return LinkState{query.device_id == 1 && is_connected};
  });
  host.provide<DeviceLink::Endpoint>(DeviceLink::kId,
                                     [](EndpointQuery) -> Result<LinkEndpoint> { return LinkEndpoint{}; });
  enrol("hw-1", "gate-1");
  enrol("hw-2", "gate-2");
  const auto session = [this](std::int64_t id, bool connected) {
    host.publish(LinkSession{"device", id, connected, ""}, "device:" + std::to_string(id));
    host.run();
  };
  host.lose_events(1);
  session(1, true);
  CHECK_FALSE(is_online(1));
  session(2, true);
  CHECK(is_online(1));
  CHECK_FALSE(is_online(2));
  is_connected = false;
  host.lose_events(1);
  session(1, false);
  session(2, false);
  CHECK_FALSE(is_online(1));
}

TEST_CASE("after a restart nobody is online for longer than the column can know") {
  const testing::TemporaryFolder folder;
  const Principal gate{.kind = "device", .id = 1};
  {
    RegistrationRules rules({}, folder.path());
    rules.enrol("hw-1", "gate");
    rules.host.set_clock(hours(10));  // wrong, while the heartbeat is written
    rules.host.invoke("registration.heartbeat", rules.about(1, gate));
  }
  RegistrationRules again({}, folder.path());
  CHECK_FALSE(again.is_online(1));
  CHECK(again.host.invoke("registration.heartbeat", again.about(1, gate)).is_ok());
  CHECK(again.is_online(1));
}

}  // namespace gatetorio::registration
