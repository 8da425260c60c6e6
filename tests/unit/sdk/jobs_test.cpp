// Jobs are done at least once, by one hub at a time, and never lost. On real storage.
#include "gatetorio/jobs.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support/job_worker.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct JobRules : PluginRules {
  explicit JobRules(const std::string& data_dir = "", bool handles = true) : PluginRules(data_dir) {
    site.load<1>(handles);
    host.run();
  }
  ~JobRules() { host.stop(); }

  Result<Nothing> put(const std::string& key) { return site.put(key); }
  // Lets what is due be done.
  void work() {
    host.run();
    host.advance(std::chrono::milliseconds(1));
  }
  std::int64_t rows(const std::string& where = "1 = 1") {
    return count("SELECT COUNT(*) FROM gatetorio_jobs WHERE " + where);
  }
  bool has_warned(const std::string& key) const {
    for (const LogLine& line : host.log()) {
      if (line.message == "a job is given up" && line.fields.at("key") == key) return true;
    }
    return false;
  }
  // A job in the hands of a hub that is dead.
  void add_orphan(const std::string& key, std::int64_t lease) {
    query(
        "INSERT INTO gatetorio_jobs (plugin, kind, key, payload, version, due_at, set_at, attempts, owner, lease, "
        "error)"
        " VALUES ('worker', 'work', $1, '', 1, $2, $2, 1, 'the dead', $3, '')",
        key, host.now(), lease);
  }

  JobSite site{host};
};

}  // namespace

TEST_CASE_METHOD(JobRules, "a job is put in with the change, and is done once") {
  REQUIRE(put("a"));
  work();
  REQUIRE(site.begun.size() == 1);
  CHECK(site.begun[0].payload == "of a");
  CHECK(site.begun[0].number == 1);
  CHECK(rows() == 0);
  CHECK_FALSE(site.change({.key = "b", .payload = {}, .fails = true}));
  host.advance(minutes(1));
  CHECK(site.begun.size() == 1);
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(JobRules, "one that is put in twice is one job, with the last payload and time") {
  const std::int64_t later = host.now().us + 3600 * kMicrosecondsPerSecond;
  REQUIRE(site.change({.key = "a", .payload = "first", .not_before_us = later}));
  REQUIRE(site.change({.key = "a", .payload = "second", .not_before_us = later + 1}));
  CHECK(rows() == 1);
  host.advance(minutes(50));
  CHECK(site.begun.empty());
  host.advance(minutes(11));
  REQUIRE(site.begun.size() == 1);
  CHECK(site.begun[0].payload == "second");
}

TEST_CASE_METHOD(JobRules, "a job that is taken out is not done") {
  REQUIRE(site.change({.key = "a", .payload = {}, .not_before_us = host.now().us + kMicrosecondsPerSecond}));
  REQUIRE(site.change({.key = "a", .payload = {}, .removes = true}));
  host.advance(minutes(1));
  CHECK(site.begun.empty());
}

TEST_CASE_METHOD(JobRules, "a job is due to the millisecond, not at the next look") {
  REQUIRE(site.change({.key = "a", .payload = {}, .not_before_us = host.now().us + 1'300'000}));
  host.advance(std::chrono::milliseconds(1'299));
  CHECK(site.begun.empty());
  host.advance(std::chrono::milliseconds(5));
  CHECK(site.begun.size() == 1);
}

TEST_CASE_METHOD(JobRules, "a job that fails is tried again with growing pauses, then given up and kept, and revived") {
  site.trouble.insert("a");
  REQUIRE(put("a"));
  const auto check = [&](seconds passed, std::size_t attempts) {
    host.advance(passed);
    CHECK(site.attempts("a") == attempts);
  };
  check(seconds(0), 1);
  check(std::chrono::seconds(1), 1 + 0);
  host.advance(std::chrono::milliseconds(50));
  CHECK(site.attempts("a") == 2);  // after 1 s
  check(seconds(2), 3);
  check(seconds(3), 3);
  check(seconds(1), 4);  // after 4 s, the longest pause
  CHECK_FALSE(has_warned("a"));
  check(seconds(5), 5);
  CHECK(has_warned("a"));
  check(minutes(10), 5);
  CHECK(rows("error = 'no a' AND failed_at IS NOT NULL AND owner = ''") == 1);
  const Record::Labels labels{{"plugin", "worker"}, {"kind", "work"}};
  CHECK(host.metric("gatetorio_jobs_failed", labels) == 1);
  CHECK(host.metric("gatetorio_jobs_waiting", labels) == 0);
  site.trouble.clear();
  REQUIRE(put("a"));
  work();
  CHECK(site.attempts("a") == 6);
  CHECK(site.begun.back().number == 1);
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(JobRules, "a handler that throws has failed, and the others are done") {
  REQUIRE(put("throws"));
  REQUIRE(put("a"));
  work();
  CHECK(site.attempts("a") == 1);
  host.advance(minutes(1));
  CHECK(rows("key = 'throws' AND error = 'it threw: it broke' AND failed_at IS NOT NULL") == 1);
}

TEST_CASE_METHOD(JobRules, "an attempt that does not end is cut off, and its room is free again") {
  REQUIRE(put("sleeps"));
  host.advance(seconds(50));
  CHECK(rows("owner <> ''") == 1);
  host.advance(seconds(20));
  CHECK(rows("error = 'It has taken too long.' AND attempts = 2") == 1);
  host.advance(minutes(6));
  CHECK(site.attempts("sleeps") == 5);
  CHECK(has_warned("sleeps"));
  host.advance(hours(2));  // those that were cut off end, and change nothing
  CHECK(rows("failed_at IS NOT NULL") == 1);
}

TEST_CASE_METHOD(JobRules, "one that is put in while it is done is done once more, with its new payload") {
  host.hold(Doing::kId);
  REQUIRE(put("a"));
  work();
  REQUIRE(host.held() == 1);
  REQUIRE(site.change({.key = "a", .payload = "new"}));
  work();
  CHECK(host.held() == 1);  // not beside the first
  host.release();
  work();
  REQUIRE(site.attempts("a") == 2);
  CHECK(site.begun.back().payload == "new");
  CHECK(site.begun.back().number == 1);
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(JobRules, "a handler may put jobs in") {
  REQUIRE(put("chain"));
  work();
  CHECK(site.attempts("next") == 1);
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(JobRules, "so many are done at once as the rule says, and all in the end") {
  for (int i = 0; i < 3; ++i) host.hold(Doing::kId);
  for (int i = 0; i < 10; ++i) REQUIRE(put("job-" + std::to_string(i)));
  host.advance(seconds(10));
  CHECK(host.held() == 3);
  CHECK(site.begun.empty());
  CHECK(rows("owner <> ''") == 3);
  CHECK(host.metric("gatetorio_jobs_running", {{"plugin", "worker"}, {"kind", "work"}}) == 3);
  host.release();
  work();
  CHECK(site.begun.size() == 10);
  CHECK(rows() == 0);
  CHECK(host.metric("gatetorio_jobs_running", {{"plugin", "worker"}, {"kind", "work"}}) == 0);
}

TEST_CASE_METHOD(JobRules, "of two hubs one does a job while its lease lives, however long that takes") {
  site.load<2>();
  REQUIRE(put("sleeps"));
  host.advance(seconds(55));
  CHECK(site.attempts("sleeps") == 1);
  for (int i = 0; i < 20; ++i) REQUIRE(put("job-" + std::to_string(i)));
  host.advance(seconds(5));
  for (int i = 0; i < 20; ++i) CHECK(site.attempts("job-" + std::to_string(i)) == 1);
  CHECK(std::any_of(site.begun.begin(), site.begun.end(), [](const auto& attempt) { return attempt.worker == 1; }));
}

TEST_CASE_METHOD(JobRules, "what a dead hub was doing is taken over when its lease has been silent, and not before") {
  add_orphan("a", 1);
  host.advance(seconds(14));
  CHECK(site.begun.empty());
  host.advance(seconds(7));
  REQUIRE(site.attempts("a") == 1);
  CHECK(site.begun[0].number == 2);
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(JobRules, "a lease that is renewed lives, whatever the clocks of hubs say") {
  add_orphan("a", 1);
  for (int i = 2; i < 10; ++i) {
    host.advance(seconds(10));
    query("UPDATE gatetorio_jobs SET lease = $1", i);
    host.set_clock(i % 2 == 0 ? hours(24) : hours(-24));
  }
  CHECK(site.begun.empty());
}

TEST_CASE_METHOD(JobRules, "a lease does not end while nobody can ask the database") {
  add_orphan("a", 1);
  host.advance(seconds(6));
  host.set_available(sql::kServiceId, false);
  host.advance(seconds(60));
  host.set_available(sql::kServiceId, true);
  host.advance(seconds(5));
  CHECK(site.begun.empty());
}

TEST_CASE_METHOD(JobRules, "a lease does not end while the answer of the database is on its way") {
  add_orphan("a", 1);
  host.advance(seconds(6));
  host.hold_answer(sql::kServiceId, "SELECT key, due_at");
  host.advance(seconds(25));
  REQUIRE(host.held() == 1);
  host.release();
  host.advance(seconds(6));
  CHECK(site.begun.empty());
  host.advance(seconds(11));
  CHECK(site.attempts("a") == 1);
}

TEST_CASE_METHOD(JobRules, "a clock that was ahead when a job was put in makes it wait no longer than it should") {
  host.set_clock(hours(24 * 365));
  site.trouble.insert("a");
  REQUIRE(put("a"));
  REQUIRE(site.change({.key = "b", .payload = {}, .not_before_us = host.now().us + 30 * kMicrosecondsPerSecond}));
  work();
  CHECK(site.attempts("a") == 1);
  host.set_clock(-hours(24 * 365));
  host.advance(seconds(25));
  CHECK(site.attempts("a") == 5);
  CHECK(site.attempts("b") == 0);
  host.advance(seconds(15));
  CHECK(site.attempts("b") == 1);
}

TEST_CASE("a job that was put in by a clock that is right at the next start is done then") {
  const TemporaryFolder folder;
  {
    JobRules rules(folder.path(), false);
    rules.host.set_clock(hours(24 * 365));
    REQUIRE(rules.put("a"));
  }
  JobRules again(folder.path());
  again.host.advance(seconds(6));
  CHECK(again.site.attempts("a") == 1);
}

TEST_CASE("a job of a plugin that has no handler, or is switched off, waits until there is one") {
  const TemporaryFolder folder;
  {
    JobRules rules(folder.path(), false);
    REQUIRE(rules.put("a"));
    rules.host.advance(hours(1));
    CHECK(rules.rows("attempts = 0") == 1);
  }
  JobRules again(folder.path());
  again.work();
  CHECK(again.site.attempts("a") == 1);
}

TEST_CASE("a stop waits for the attempt under way; one that fails because of it does not count and comes back") {
  const TemporaryFolder folder;
  {
    JobRules rules(folder.path());
    rules.host.hold(Doing::kId);
    REQUIRE(rules.put("a"));
    REQUIRE(rules.put("sleeps"));
    rules.work();
    CHECK(rules.site.attempts("sleeps") + rules.site.attempts("a") == 1);
    rules.host.stop();
    CHECK(rules.site.attempts("a") == 1);
  }
  JobRules again(folder.path());
  CHECK(again.rows("key = 'sleeps'") == 1);
  CHECK(again.rows("key = 'a'") == 0);
  again.work();
  REQUIRE(again.site.attempts("sleeps") == 1);
  CHECK(again.site.begun[0].number == 1);
}

TEST_CASE_METHOD(JobRules, "where the answer of a taking is lost the job is done all the same") {
  host.lose_answer(sql::kServiceId, "SET owner = $4");
  REQUIRE(put("a"));
  host.advance(seconds(6));
  CHECK(host.faults_left() == 0);
  CHECK(site.attempts("a") == 1);
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(JobRules,
                 "the end of an attempt is written as soon as the storage can, and the job is not done twice") {
  host.fail(sql::kServiceId, {.status = Status::kUnavailable, .detail = "away"}, "DELETE FROM gatetorio_jobs", 30);
  REQUIRE(put("a"));
  host.advance(seconds(25));
  CHECK(rows("owner <> ''") == 1);
  host.advance(seconds(10));
  CHECK(host.faults_left() == 0);
  CHECK(site.attempts("a") == 1);
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(JobRules, "a hub that dies in each attempt does not try for ever") {
  query(
      "INSERT INTO gatetorio_jobs (plugin, kind, key, payload, version, due_at, set_at, attempts, owner, lease, error)"
      " VALUES ('worker', 'work', 'a', '', 1, 1, 1, 5, 'the dead', 1, '')");
  host.advance(minutes(1));
  CHECK(site.begun.empty());
  CHECK(rows("failed_at IS NOT NULL AND error = 'The hub has ended in each attempt.'") == 1);
}

TEST_CASE_METHOD(JobRules, "a payload or a key that is too long fails the whole batch") {
  CHECK(site.change({.key = "a", .payload = std::string(65'536, 'p')}));
  const auto refused = site.change({.key = "b", .payload = std::string(65'537, 'p')});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().status == Status::kInvalid);
  CHECK_FALSE(site.change({.key = std::string(257, 'k'), .payload = {}}));
  CHECK(rows("key <> 'a'") == 0);
}

TEST_CASE_METHOD(JobRules,
                 "a hundred thousand jobs that wait are looked through by an index, in the order of their times") {
  const std::int64_t later = host.now().us + 3600 * kMicrosecondsPerSecond;
  query(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
      " INSERT INTO gatetorio_jobs (plugin, kind, key, payload, version, due_at, set_at, attempts, owner, lease, error)"
      " SELECT 'worker', 'work', 'later-' || i, '', 1, $1 + i, 1, 0, '', 0, '' FROM n",
      later);
  const sql::Results plan = query(
      "EXPLAIN QUERY PLAN SELECT key, due_at, owner, lease FROM gatetorio_jobs"
      " WHERE plugin = $1 AND kind = $2 AND due_at < $3 ORDER BY due_at LIMIT $4",
      "worker", "work", kForeverUs, 100);
  REQUIRE(plan[0].rows() == 1);  // no sorting
  CHECK(plan[0].text(0, 3).find("gatetorio_jobs_by_time") != std::string::npos);
  for (int i = 0; i < 20; ++i) REQUIRE(put("job-" + std::to_string(i)));
  work();
  CHECK(site.begun.size() == 20);
  host.advance(minutes(2));
  CHECK(host.metric("gatetorio_jobs_waiting", {{"plugin", "worker"}, {"kind", "work"}}) == 100'000);
}

}  // namespace gatetorio::testing
