// The hub on a real PostgreSQL server, which is killed, hangs, and comes back.
#include <signal.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <latch>
#include <thread>

#include "support/certificate.hpp"
#include "support/people.hpp"
#include "support/postgres_server.hpp"

namespace gatetorio::testing {
namespace {

HubSetup on(const PostgresServer& server, const std::string& database) {
  return {.storage = "storage-postgres", .database_url = server.url(database)};
}

int health_of(const HubProcess& hub) { return HttpClient(hub.http()).root("/health").status; }

TEST_CASE("a hub on PostgreSQL registers, pairs and commands") {
  PostgresServer server;
  HubProcess hub(on(server, server.make_database()));
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  const auto mqtt = go_online(hub, device);
  HttpClient app(hub.http(), user.token);
  const auto sent =
      app.post("/commands/send", {{"controller_id", device.controller_id}, {"command", {{"action", "open_gate"}}}});
  CAPTURE(sent.body);
  CHECK(sent.status == 202);
  CHECK(mqtt->receive());
  CHECK(ask_database(hub, "SELECT count(*) FROM gatetorio_audit WHERE action = 'command.send'") == 1);
  CHECK(hub.stop() == 0);
}

TEST_CASE("a hub speaks TLS with PostgreSQL, and only with the server whose certificate it trusts") {
  const Certificate certificate, foreign;
  PostgresServer server({.has_tcp = true, .tls_certificate = certificate.file(), .tls_key = certificate.key()});
  const std::string database = server.make_database();
  const std::string trust = "plugins.storage-postgres.tls_ca=";
  HubProcess hub({.sets = {"plugins.storage-postgres.tls=verify-full", trust + certificate.file()},
                  .storage = "storage-postgres",
                  .database_url = server.tcp_url(database)});
  make_device(hub.http());
  const std::string sessions =
      "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE client_port > 0 AND ";
  CHECK(std::stoi(server.ask(database, sessions + "ssl AND version IN ('TLSv1.2', 'TLSv1.3')")) > 0);
  CHECK(server.ask(database, sessions + "NOT ssl") == "0");
  CHECK(hub.stop() == 0);
  const auto status = [&](const std::string& authority) {
    return run_hub({"migrate", "--status", "--config", hub.config().string(), "--set",
                    "plugins.storage-postgres.tls=verify-full", "--set", trust + authority});
  };
  const RunResult known = status(certificate.file());
  CAPTURE(known.err);
  CHECK(known.code == 0);
  const RunResult refused = status(foreign.file());
  CAPTURE(refused.err);
  CHECK(refused.code == 1);
  CHECK(refused.err.find("certificate verify failed") != std::string::npos);
}

TEST_CASE("a killed database makes the hub unhealthy and refuse with 503, and all is well when it is back") {
  PostgresServer server;
  HubProcess hub(on(server, server.make_database()));
  const TestDevice device = make_device(hub.http());
  HttpClient owner(hub.http(), device.token);
  const std::string path = "/devices/" + device.controller_id;
  server.kill();
  REQUIRE(eventually([&] { return health_of(hub) == 503; }));
  const auto health = HttpClient(hub.http()).root("/health");
  CHECK_FALSE(health.at("database_connected").as_bool());
  const auto refused = owner.get(path);
  CHECK(refused.status == 503);
  CHECK_FALSE(refused.header("retry-after").empty());
  const auto unregistered =
      HttpClient(hub.http())
          .post("/devices/register", {{"hardware_id", unique("hw")}, {"controller_id", unique("gate")}});
  CHECK(unregistered.status == 503);
  server.start();
  CHECK(eventually([&] { return health_of(hub) == 200; }));
  CHECK(eventually([&] { return owner.get(path).status == 200; }));
}

// What was acknowledged, of registrations until told to end.
std::vector<TestDevice> register_until(const std::string& http, const std::atomic<bool>& is_over) {
  std::vector<TestDevice> acknowledged;
  HttpClient client(http);
  while (!is_over) {
    const std::string hardware_id = unique("hw");
    const auto answer =
        client.post("/devices/register", {{"hardware_id", hardware_id}, {"controller_id", unique("gate")}});
    if (answer.status == 201) acknowledged.push_back(device_from(answer, hardware_id));
  }
  return acknowledged;
}

TEST_CASE("nothing that the hub acknowledged is lost when the database is killed under load") {
  PostgresServer server;
  HubProcess hub(on(server, server.make_database()));
  std::atomic<bool> is_over{false};
  std::vector<std::future<std::vector<TestDevice>>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::async(std::launch::async, [&] { return register_until(hub.http(), is_over); }));
  }
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(milliseconds(150));  // the moment of the kill, not a wait for something
    server.kill();
    server.start();
    CHECK(eventually([&] { return health_of(hub) == 200; }));
  }
  is_over = true;
  std::size_t acknowledged = 0;
  for (auto& client : clients) {
    for (const TestDevice& device : client.get()) {
      const auto shown = HttpClient(hub.http(), device.token).get("/devices/" + device.controller_id);
      REQUIRE(shown.status == 200);
      REQUIRE(shown.number("id") == device.id);
      ++acknowledged;
    }
  }
  CHECK(acknowledged > 20);
}

TEST_CASE("hubs that start at once on one empty database all serve it") {
  constexpr int kHubs = 5;
  PostgresServer server;
  const std::string database = server.make_database();
  std::vector<std::unique_ptr<HubProcess>> hubs(kHubs);
  std::latch started(kHubs), done(1);
  std::vector<std::thread> threads;
  for (auto& hub : hubs) {
    threads.emplace_back([&] {
      try {
        hub = std::make_unique<HubProcess>(on(server, database));
      } catch (const std::exception&) {
      }
      started.count_down();
      done.wait();  // the hub ends with the thread that started it
    });
  }
  started.wait();
  REQUIRE(hubs.front());
  const TestDevice device = make_device(hubs.front()->http());
  for (const auto& hub : hubs) {
    CHECK((hub && HttpClient(hub->http(), device.token).get("/devices/" + device.controller_id).status == 200));
  }
  done.count_down();
  for (auto& thread : threads) thread.join();
}

TEST_CASE("a hub whose database is not up yet waits for it, and can be stopped meanwhile") {
  PostgresServer server;
  const std::string database = server.make_database();
  HubProcess hub(on(server, database));
  hub.stop();
  server.stop();
  const RunResult refused = run({hub_program(), "check", "--config", hub.config().string()});
  CHECK(refused.code == 0);
  const TempDir folder;
  Process waiting({hub_program(), "--config", hub.config().string()}, {folder / "out", folder / "err"});
  CHECK(eventually([&] { return read_file(folder / "err").find("waiting for the database") != std::string::npos; }));
  server.start();
  CHECK(eventually([&] { return read_file(folder / "out").find("ready ") != std::string::npos; }));
  waiting.signal(SIGTERM);
  CHECK(waiting.wait() == 0);

  server.stop();
  Process stopped({hub_program(), "--config", hub.config().string()}, {folder / "out2", folder / "err2"});
  CHECK(eventually([&] { return read_file(folder / "err2").find("waiting for the database") != std::string::npos; }));
  stopped.signal(SIGTERM);
  CHECK(stopped.wait() == 0);
}

}  // namespace
}  // namespace gatetorio::testing
