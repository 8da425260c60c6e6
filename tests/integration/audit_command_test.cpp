// `gatetorio-hub audit`: the audit log on the command line, beside a hub that runs.
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <sstream>

#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

RunResult audit(const HubProcess& hub, std::vector<std::string> more = {}) {
  more.insert(more.begin(), "audit");
  more.insert(more.end(), {"--config", hub.config().string()});
  return run_hub(more);
}

// The audit log has its entries from a batch on: what was answered is there.
void check_audit(const HubSetup& setup) {
  HubProcess hub(setup);
  const TestDevice device = make_device(hub.http());
  make_user(hub.http(), device, "owner");
  const RunResult all = audit(hub);
  CAPTURE(all.out, all.err);
  REQUIRE(all.code == 0);
  const auto lines = lines_of(all.out);
  REQUIRE(lines.size() >= 2);
  for (const std::string& line : lines) {
    CHECK(line.find("Z who=") != std::string::npos);
    CHECK(line.find(" action=") != std::string::npos);
  }
  CHECK(lines_of(audit(hub, {"--last", "1"}).out) == std::vector<std::string>{lines.back()});
  CHECK(audit(hub, {"--action", "no.such"}).out.empty());
  CHECK(audit(hub, {"--since", "2099-01-01T00:00:00Z"}).out.empty());
  const RunResult wrong = audit(hub, {"--since", "yesterday"});
  CHECK(wrong.code == 1);
  CHECK(wrong.err.find("--since: expected a time") != std::string::npos);
  const RunResult json = audit(hub, {"--json", "--last", "1"});
  const auto entry = boost::json::parse(json.out).as_object();
  CHECK(entry.at("id").as_int64() > 0);
  CHECK(lines.back().find(" action=" + std::string(entry.at("action").as_string())) != std::string::npos);

  const TempDir out;
  Process following({hub_program(), "audit", "--follow", "--last", "0", "--config", hub.config().string()},
                    {out / "out", out / "err"});
  // It must have looked once before what follows, or that would be nothing new.
  const auto told = [&out] { return lines_of(read_file(out / "out")).size(); };
  CHECK(eventually([&] {
    make_device(hub.http());
    return told() > 0;
  }));
  CHECK(read_file(out / "out").find(" action=") != std::string::npos);
  following.signal(SIGTERM);
  CHECK(following.wait() == 0);
}

TEST_CASE("audit shows and follows the audit log on SQLite") { check_audit({.storage = "storage-sqlite"}); }

TEST_CASE("audit shows and follows the audit log on PostgreSQL") { check_audit({.storage = "storage-postgres"}); }

TEST_CASE("audit shows a client's text without what it would do to a terminal") {
  HubProcess hub({.storage = "storage-sqlite"});
  change_database(
      hub,
      "INSERT INTO gatetorio_audit (at, principal, peer, action, target, outcome, detail, request_id) VALUES "
      "(1000000, 'user:1', '', 'test', '', 'ok', 'a' || char(10) || char(27) || '[31m' || char(8238), '')");
  const RunResult shown = audit(hub, {"--action", "test"});
  CHECK(shown.out == "1970-01-01T00:00:01.000Z who=user:1 action=test outcome=ok detail=a\\u{a}\\u{1b}[31m\\u{202e}\n");
}

TEST_CASE("audit makes no database where there is none") {
  const TempDir folder;
  write_file(folder / "hub.toml",
             "[hub]\ndata_dir = \"" + (folder / "data").string() + "\"\nplugins = [\"storage-sqlite\"]\n");
  const RunResult result = run_hub({"audit", "--config", (folder / "hub.toml").string()});
  CHECK(result.code == 1);
  CHECK(result.err.find("audit: ") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder / "data"));
}

}  // namespace
}  // namespace gatetorio::testing
