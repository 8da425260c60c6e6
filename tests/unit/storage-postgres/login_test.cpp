#include "login.hpp"

#include <catch2/catch_test_macros.hpp>

#include "postgres_fixture.hpp"

namespace gatetorio::storage_postgres {
namespace {

bool has(const Login& login, const std::string& parameter) {
  return login.conninfo().find(parameter) != std::string::npos;
}

Login login(const LoginSettings& settings) {
  const auto made = Login::make(settings);
  REQUIRE(made);
  return *made;
}

TEST_CASE("a server elsewhere must prove who it is unless the operator says otherwise") {
  CHECK(has(login({.url = "postgresql://hub@db.example.org/hub"}), "sslmode='verify-full'"));
  CHECK(has(login({.url = "postgresql://hub@db.example.org/hub?sslmode=require"}), "sslmode='require'"));
  CHECK(has(login({.url = "postgresql://hub@db.example.org/hub?sslmode=require", .tls = "verify-ca"}),
            "sslmode='verify-ca'"));
  CHECK(has(login({.url = "postgresql://hub@localhost/hub"}), "sslmode='prefer'"));
  CHECK(has(login({.url = "postgresql:///hub?host=/run/postgresql"}), "sslmode='prefer'"));
}

TEST_CASE("a wrong URL is refused without repeating what is in it") {
  const auto made = Login::make({.url = "postgresql://hub:hush@db:port/hub%"});
  REQUIRE_FALSE(made);
  CHECK(made.error().status == Status::kInvalid);
  CHECK(made.error().detail.find("hush") == std::string::npos);
}

TEST_CASE("a password is taken from its own option first, and the log's place of the database has none") {
  const Login both = login({.url = "postgresql://hub:old@db:6432/gates", .password = Secret("it's \\ new")});
  CHECK(has(both, "password='it\\'s \\\\ new'"));
  CHECK(both.has_password_in_url());
  CHECK(both.place() == "db:6432/gates");
  CHECK_FALSE(login({.url = "postgresql://hub@db/gates", .password = Secret("new")}).has_password_in_url());
}

TEST_CASE("of several servers the one that takes writes is wanted") {
  CHECK(has(login({.url = "postgresql://hub@a,b/hub"}), "target_session_attrs='read-write'"));
}

TEST_CASE("a session is durable and has its timeouts whatever the server's defaults are") {
  PostgresServer server({.settings = {"synchronous_commit=off", "statement_timeout=0"}});
  Bench bench(server);
  DatabaseSettings settings = bench.settings();
  settings.login.statement_timeout = std::chrono::milliseconds(1234);
  const auto database = bench.open(settings);
  CHECK(number(*database, write("SELECT CASE current_setting('synchronous_commit') WHEN 'on' THEN 1 ELSE 0 END")) == 1);
  CHECK(number(*database, read("SELECT CASE current_setting('statement_timeout') WHEN '1234ms' THEN 1 ELSE 0 END")) ==
        1);
}

TEST_CASE("a server that does not answer is given up after the connect timeout") {
  PostgresServer server({.has_tcp = true});
  server.freeze();
  const Login way = login({.url = server.tcp_url("postgres"), .connect_timeout = std::chrono::milliseconds(200)});
  const StopTime never;
  const auto took = testing::time_of([&] {
    const auto connected = way.connect(Access::kRead, never);
    CHECK(!connected);
  });
  CHECK(took < std::chrono::seconds(5));
  server.thaw();
}

}  // namespace
}  // namespace gatetorio::storage_postgres
