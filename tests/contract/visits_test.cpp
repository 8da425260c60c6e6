// A visit from outside: a token, what it gives and when it ends, made, listed and taken back as one.
#include "files_steps.hpp"
#include "support/event_reader.hpp"
#include "support/eventually.hpp"

namespace gatetorio::testing {
namespace {

using std::chrono::milliseconds;

const JsonObject kOpen{{"cmd", "pulse"}, {"key", "cmd_open"}};
const std::string kBegin = in_hours(24), kEnd = in_hours(48);

std::string visits_path(const TestDevice& device) { return "/devices/" + device.controller_id + "/visits"; }

// A gate, its owner, and a visit that was offered.
struct Offered {
  explicit Offered(JsonObject terms = {}) {
    if (!terms.contains("ends_at")) terms["ends_at"] = kEnd;
    made = client(owner.token).post(visits_path(gate), terms);
    REQUIRE(made.status == 201);
    path = visits_path(gate) + "/" + std::to_string(made.number("visit_id"));
  }
  HttpResponse redeem() const { return client(visitor).post("/sharing/redeem", {{"token", made.text("token")}}); }
  boost::json::value listed() const {
    const auto list = client(owner.token).get(visits_path(gate));
    REQUIRE(list.at("visits").as_array().size() == 1);
    return list.at("visits").as_array().at(0);
  }
  int send() const {
    return client(visitor).post("/commands/send", {{"controller_id", gate.controller_id}, {"command", kOpen}}).status;
  }
  int end() const { return client(owner.token).del(path).status; }

  const TestDevice gate = new_device();
  const TestUser owner = new_user(gate, "owner");
  const std::string visitor = unique("user-token-of-an-installer");
  HttpResponse made;
  std::string path;
};

std::string state_of(const Offered& visit) { return std::string(visit.listed().at("state").as_string()); }

}  // namespace

TEST_CASE("an installer's visit is offered, taken up, shown and taken back as one") {
  const Offered visit({{"notes", "for the service"}, {"files", {"log", "config", "log"}}, {"max_uses", 5}});
  CHECK(visit.made.text("share_url").ends_with("#" + visit.made.text("token")));
  CHECK(visit.made.text("ends_at") == kEnd);
  const auto offered = visit.listed();
  CHECK(offered.at("state") == "offered");
  CHECK(offered.at("notes") == "for the service");
  CHECK(offered.at("access_level") == "engineer");
  CHECK(offered.at("files") == boost::json::value({"config", "log"}));
  CHECK(offered.at("max_uses") == 5);
  CHECK(offered.at("visitor").is_null());
  CHECK(offered.at("created_by") == ("user:" + std::to_string(visit.owner.id)).c_str());
  const auto gate = go_online(shared_hub(), visit.gate);
  const auto got = visit.redeem();
  REQUIRE(got.status == 200);
  CHECK(got.text("expires_at") == kEnd);
  CHECK(state_of(visit) == "active");
  CHECK(visit.listed().at("visitor").is_int64());
  CHECK(visit.send() == 202);
  EventReader events(shared_hub().http(), "/devices/" + visit.gate.controller_id + "/events", visit.visitor);
  CHECK(events.status() == 200);
  CHECK(visit.end() == 204);
  CHECK(events.ends(milliseconds(1'000)));
  CHECK(visit.send() == 403);
  CHECK(state_of(visit) == "revoked");
  CHECK(visit.redeem().status == 410);
  CHECK(visit.end() == 204);  // again
}

TEST_CASE("a visit that nobody has taken up ends with its token") {
  const Offered visit;
  CHECK(visit.end() == 204);
  CHECK(visit.redeem().status == 410);
  const Offered other;
  // The token's own end is the visit's too.
  CHECK(client(other.owner.token).del("/sharing/tokens/" + std::to_string(other.made.number("visit_id"))).status ==
        204);
  CHECK(state_of(other) == "revoked");
}

TEST_CASE("ending a visit's token alone takes the access with it") {
  const Offered visit;
  const auto gate = go_online(shared_hub(), visit.gate);
  REQUIRE(visit.redeem().status == 200);
  CHECK(visit.send() == 202);
  CHECK(client(visit.owner.token).del("/sharing/tokens/" + std::to_string(visit.made.number("visit_id"))).status ==
        204);
  CHECK(visit.send() == 403);
}

TEST_CASE("a visit that begins later is planned, and its link may be opened again") {
  const Offered visit({{"valid_from", kBegin}});
  const auto got = visit.redeem();
  REQUIRE(got.status == 200);
  CHECK(got.text("opens_at") == kBegin);
  CHECK(state_of(visit) == "planned");
  CHECK(visit.send() == 403);
  CHECK(visit.redeem().status == 200);  // the first answer was lost
  CHECK(visit.end() == 204);
  CHECK(visit.redeem().status == 410);
}

TEST_CASE("a visitor sees files of the visit's kinds alone") {
  const Offered visit({{"files", {"config"}}});
  REQUIRE(visit.redeem().status == 200);
  const std::int64_t config = upload(visit.owner.token, visit.gate, "seen", {{"kind", "config"}, {"name", "c"}});
  const std::int64_t log = upload(visit.owner.token, visit.gate, "hidden", {{"kind", "log"}, {"name", "l"}});
  const auto all = client(visit.visitor).get(files_path(visit.gate));
  REQUIRE(all.at("files").as_array().size() == 1);
  CHECK(all.at("files").as_array().at(0).at("file_id") == config);
  CHECK(client(visit.visitor).get(files_path(visit.gate) + "?kind=log").at("files").as_array().empty());
  CHECK(show(visit.visitor, visit.gate, config).status == 200);
  CHECK(show(visit.visitor, visit.gate, log).status == 404);
  const std::string of_log = files_path(visit.gate) + "/" + std::to_string(log);
  const std::string of_config = files_path(visit.gate) + "/" + std::to_string(config);
  CHECK(client(visit.visitor).get(of_log + "/diff?with=" + std::to_string(config)).status == 404);
  CHECK(client(visit.visitor).get(of_config + "/diff?with=" + std::to_string(log)).status == 404);
  CHECK(client(visit.visitor).post(of_log + "/restore", {}).status == 404);
  CHECK(client(visit.visitor).post(files_path(visit.gate), {{"name", "x"}, {"kind", "log"}, {"size", 1}}).status ==
        403);
  CHECK(client(visit.visitor).post(files_path(visit.gate), {{"name", "x"}, {"kind", "config"}, {"size", 1}}).status ==
        201);
}

TEST_CASE("a URL to a file is worth what its holder may see when it is used") {
  const Offered none({{"files", boost::json::array()}});
  const std::int64_t id = upload(none.owner.token, none.gate, "bytes", {{"kind", "log"}});
  const auto wide = client(none.owner.token).post(visits_path(none.gate), {{"ends_at", kEnd}});
  REQUIRE(none.redeem().status == 200);
  CHECK(client(none.visitor).get(files_path(none.gate)).at("files").as_array().empty());
  REQUIRE(client(none.visitor).post("/sharing/redeem", {{"token", wide.text("token")}}).status == 200);
  const std::string url = download_url(none.visitor, none.gate, id);  // both visits together
  CHECK(fetch(url).body == "bytes");
  CHECK(client(none.owner.token).del(visits_path(none.gate) + "/" + std::to_string(wide.number("visit_id"))).status ==
        204);
  CHECK(fetch(url).status == 403);
}

TEST_CASE("what is no visit is refused by its field, and changes nothing") {
  const TestDevice gate = new_device();
  const TestUser owner = new_user(gate, "owner");
  const auto pointer = [&](const JsonObject& body) {
    const auto refused = client(owner.token).post(visits_path(gate), body);
    CHECK(refused.status == 422);
    return std::string(refused.at("errors").as_array().at(0).at("pointer").as_string());
  };
  CHECK(pointer({}) == "/ends_at");
  CHECK(pointer({{"ends_at", "2020-01-01T00:00:00Z"}}) == "/ends_at");
  CHECK(pointer({{"ends_at", in_hours(24 * 366 * 10)}}) == "/ends_at");
  CHECK(pointer({{"ends_at", kEnd}, {"valid_from", kEnd}}) == "/valid_from");
  CHECK(pointer({{"ends_at", kEnd}, {"access_level", "owner"}}) == "/access_level");
  CHECK(pointer({{"ends_at", kEnd}, {"files", {"secrets"}}}) == "/files/0");
  CHECK(pointer({{"ends_at", kEnd}, {"schedule", {{"time_zone", "Nowhere"}, {"windows", boost::json::array()}}}})
            .starts_with("/schedule"));
  CHECK(client(owner.token).get(visits_path(gate)).at("visits").as_array().empty());
}

TEST_CASE("a visit is its device's: under another device, or of a token that is none, there is no such visit") {
  const Offered visit;
  const TestDevice other = new_device();
  const TestUser owner = new_user(other, "owner");
  const std::string id = std::to_string(visit.made.number("visit_id"));
  CHECK(client(owner.token).del(visits_path(other) + "/" + id).status == 404);
  const auto token = client(visit.owner.token).post("/sharing/create", {{"controller_id", visit.gate.controller_id}});
  CHECK(
      client(visit.owner.token).del(visits_path(visit.gate) + "/" + std::to_string(token.number("token_id"))).status ==
      404);
  CHECK(state_of(visit) == "offered");
  CHECK(visit.redeem().status == 200);
  CHECK(client(visit.visitor).get(visits_path(visit.gate)).status == 403);
}

TEST_CASE("owners see that somebody acted by shared access") {
  const Offered visit;
  const auto gate = go_online(shared_hub(), visit.gate);
  REQUIRE(visit.redeem().status == 200);
  REQUIRE(visit.send() == 202);
  const auto activity = client(visit.owner.token).get("/devices/" + visit.gate.controller_id + "/activity");
  CHECK(activity.at("entries").as_array().at(0).at("via") == "link");
}

TEST_CASE("the pages of the list of visits have all of them, the newest first") {
  const TestDevice gate = new_device();
  const TestUser owner = new_user(gate, "owner");
  std::vector<std::int64_t> made;
  for (int i = 0; i < 3; ++i) {
    made.push_back(client(owner.token).post(visits_path(gate), {{"ends_at", kEnd}}).number("visit_id"));
    client(owner.token).post("/sharing/create", {{"controller_id", gate.controller_id}});
  }
  const auto first = client(owner.token).get(visits_path(gate) + "?limit=2");
  CHECK(first.at("visits").as_array().size() == 2);
  CHECK(first.at("visits").as_array().at(0).at("visit_id") == made[2]);
  const auto second =
      client(owner.token).get(visits_path(gate) + "?limit=2&before=" + std::to_string(first.number("next")));
  REQUIRE(second.at("visits").as_array().size() == 1);
  CHECK(second.at("visits").as_array().at(0).at("visit_id") == made[0]);
  CHECK(second.is_null("next"));
}

}  // namespace gatetorio::testing
