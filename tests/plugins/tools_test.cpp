// Commands that plugins bring to the command line.
#include <signal.h>

#include <catch2/catch_test_macros.hpp>

#include "fixture_hub.hpp"
#include "support/paths.hpp"

namespace gatetorio::testing {
namespace {

constexpr int kUsage = 64;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a tool gets its arguments, prints, and ends the program with its outcome") {
  const FixtureHub hub({"echo", "greeter"});
  const RunResult greeted = hub.run_to_end({"greet", "--name", "Ada", "--times=2"});
  CHECK(greeted.code == 0);
  CHECK(greeted.out == "Hello, Ada!\nHello, Ada!\n");
  const RunResult failed = hub.run_to_end({"greet", "--name", "nobody"});
  CHECK(failed.code == 1);
  CHECK(failed.out.empty());
  CHECK(contains(failed.err, "greet: There is nobody."));
}

TEST_CASE("wrong words and arguments of tools are told, and nothing runs") {
  struct Row {
    std::vector<std::string> arguments;
    const char* why;
  };
  const Row table[] = {{{"great"}, "no configured plugin brings the command 'great'"},
                       {{"greet"}, "--name is missing"},
                       {{"greet", "--name"}, "--name needs a value"},
                       {{"greet", "--nam", "x"}, "'greet' does not know --nam"},
                       {{"greet", "--name", "x", "more"}, "'greet' does not know more"},
                       {{"greet", "--name", "x", "--times", "6"}, "--times: expected integer (1 to 5), got '6'"},
                       {{"greet", "--name", "x", "--times", "two"}, "got 'two'"}};
  const FixtureHub hub({"echo", "greeter"});
  for (const Row& row : table) {
    const RunResult result = hub.run_to_end(row.arguments);
    CAPTURE(row.why, result.err);
    CHECK(result.code == kUsage);
    CHECK(contains(result.err, row.why));
    CHECK(result.out.empty());
  }
}

TEST_CASE("only what a tool needs is started, or nothing where it wants so") {
  const FixtureHub hub({"echo", "greeter"});
  const RunResult configured = hub.run_to_end({"greet", "state"});
  CHECK(contains(configured.out, "greeter configured\n"));
  CHECK(contains(configured.out, "echo configured\n"));
  const RunResult started = hub.run_to_end({"greet", "started"});
  CHECK(contains(started.out, "greeter started\n"));
  CHECK(contains(started.out, "echo started\n"));
  CHECK(contains(started.out, "transport-http configured\n"));
  CHECK(started.code == 0);
}

TEST_CASE("a tool that starts plugins does not run beside a hub, and one that starts nothing does") {
  FixtureHub hub({"echo", "greeter"});
  hub.start();
  REQUIRE(hub.is_ready());
  const RunResult refused = hub.run_to_end({"greet", "--name", "Ada"});
  CHECK(refused.code == 1);
  CHECK(refused.out.empty());
  CHECK(contains(refused.err, "is in use by process " + std::to_string(hub.process().pid())));
  CHECK(hub.run_to_end({"greet", "state"}).code == 0);
  CHECK(contains(hub.run_to_end({"greet", "alone"}).err, "is in use by process"));
  CHECK(hub.stop() == 0);
  CHECK(hub.run_to_end({"greet", "alone"}).code == 0);
}

TEST_CASE("tools are listed with their arguments") {
  const FixtureHub hub({"echo", "greeter"});
  const RunResult all = hub.run_to_end({"tools"});
  CHECK(all.code == 0);
  CHECK(contains(all.out, "greet\n    Greets somebody.\n"));
  CHECK(contains(all.out, "--times  integer (1 to 5)"));
  CHECK(contains(hub.run_to_end({"greet", "--help"}).out, "--name  string; required"));
}

TEST_CASE("a tool that is told to stop ends soon") {
  const FixtureHub hub({"echo", "greeter"});
  const TempDir folder;
  Process tool({std::string(GATETORIO_BUILD_DIR) + "/gatetorio-hub", "greet", "forever", "--config", hub.config()},
               {folder / "out", folder / "err"});
  REQUIRE(eventually([&] { return read_file(folder / "out") == "sleeping\n"; }));
  tool.signal(SIGTERM);
  CHECK(tool.wait() == 1);
  CHECK(contains(read_file(folder / "err"), "greet forever: woken"));
}

TEST_CASE("a plugin's check is part of check and doctor, and no command of its own") {
  const auto with_book = [](const std::string& book) {
    return FixtureHub({"echo", "greeter"}, "", "\n[plugins.greeter]\nguest_book = \"" + book + "\"\n");
  };
  const FixtureHub without({"echo", "greeter"});
  const RunResult warned = without.run_to_end({"check"});
  CHECK(warned.code == 0);
  CHECK(warned.err == "warning: " + without.config() +
                          ":1:1: plugins.greeter.guest_book: nobody writes down who came; mend it: set it\n");
  const FixtureHub there = with_book("/etc/hostname");
  CHECK(there.run_to_end({"check"}).err.empty());
  CHECK(contains(there.run_to_end({"doctor"}).out, "ok      plugins.greeter.guest_book: the book is there\n"));
  const FixtureHub missing = with_book("/nonexistent/book");
  const RunResult bad = missing.run_to_end({"check"});
  CHECK(bad.code == 78);
  CHECK(bad.out.empty());
  CHECK(contains(bad.err,
                 missing.config() + ":10:14: plugins.greeter.guest_book: /nonexistent/book cannot be read: No such"));
  CHECK(missing.run_to_end({"doctor"}).code == 1);
  CHECK_FALSE(contains(missing.run_to_end({"tools"}).out, "check greeter"));
  CHECK(missing.run_to_end({"check", "greeter"}).code == kUsage);
}

TEST_CASE("a check that throws is an error, and one that says nonsense can command no terminal") {
  const FixtureHub throwing({"echo", "greeter"}, "", "\n[plugins.greeter]\nguest_book = \"throw\"\n");
  const RunResult thrown = throwing.run_to_end({"check"});
  CHECK(thrown.code == 78);
  CHECK(contains(thrown.err, "plugins.greeter: its check failed: the book is closed"));
  const FixtureHub nonsense({"echo", "greeter"}, "", "\n[plugins.greeter]\nguest_book = \"nonsense\"\n");
  for (const char* command : {"check", "doctor"}) {
    const RunResult told = nonsense.run_to_end({command});
    CHECK(told.code != 0);
    CHECK(contains(told.out + told.err, "plugins.greeter.guest_book: \\x1b[31mred\\nline"));
    CHECK_FALSE(contains(told.out + told.err, "\x1b"));
  }
}

}  // namespace gatetorio::testing
