// What jobs.hpp asks of a storage: its statements mean the same on every one.
#include "storage_under_test.hpp"
#include "support/job_worker.hpp"
#include "support/paths.hpp"

namespace gatetorio::contract {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// The storage of the test as a plugin of the fake host.
class Bridge : public PluginBase {
 public:
  struct Settings {};
  static const Manifest kManifest;
  static const OptionTable<Settings>& options() {
    static const OptionTable<Settings> table = {};
    return table;
  }
  static inline StorageUnderTest* storage = nullptr;

  Bridge(Host& host, Settings) : host_(host) {}
  void configure() {
    host_.services().provide(host_.raw(), to_bytes(sql::kServiceId), to_bytes(""), &Bridge::handle, this);
  }

 private:
  static void handle(void* context, gtr_call call, std::uint32_t, gtr_bytes body) {
    const Host& host = static_cast<Bridge*>(context)->host_;
    storage->run(std::string(to_view(body)), [&host, call](const Result<std::string>& result) {
      const std::string text = result ? *result : to_json(result.error());
      host.services().complete(host.raw(), call, result ? GTR_OK : static_cast<gtr_status>(result.error().status),
                               to_bytes(text));
    });
  }
  Host& host_;
};

const Manifest Bridge::kManifest{.id = "bridge", .version = "1.0.0", .summary = "", .provides = {"gatetorio.sql/1"}};

struct StoredJobs {
  StoredJobs() {
    const sql::MigrateRequest own{.plugin = "storage-" + storage->dialect(),
                                  .directories = {GATETORIO_SOURCE_DIR "/migrations"}};
    REQUIRE(wait(begin([&](StorageUnderTest::Done done) { storage->migrate(own, std::move(done)); })));
    Bridge::storage = storage.get();
    host.load(*detail::PluginGlue<Bridge>::descriptor());
    site.load<1>();
  }
  ~StoredJobs() { host.stop(); }
  std::int64_t rows(const std::string& where = "1 = 1") { return count(*storage, "gatetorio_jobs WHERE " + where); }

  std::unique_ptr<StorageUnderTest> storage = make_storage();
  testing::FakeHost host;
  testing::JobSite site{host};
};

TEST_CASE_METHOD(StoredJobs, "a job is put in once, taken once, and goes with its end") {
  const std::int64_t later = host.now().us + kMicrosecondsPerSecond;
  REQUIRE(site.change({.key = "a", .payload = "first", .not_before_us = later}));
  REQUIRE(site.change({.key = "a", .payload = "second", .not_before_us = later}));
  REQUIRE(site.change({.key = "b", .payload = {}, .not_before_us = later}));
  REQUIRE(site.change({.key = "b", .payload = {}, .removes = true}));
  CHECK(rows() == 1);
  host.advance(seconds(2));
  REQUIRE(site.begun.size() == 1);
  CHECK(site.begun[0].payload == "second");
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(StoredJobs,
                 "a job that fails is kept with its error when it is given up, and revived by another put") {
  site.trouble.insert("a");
  REQUIRE(site.put("a"));
  host.advance(minutes(1));
  CHECK(site.attempts("a") == 5);
  CHECK(rows("failed_at IS NOT NULL AND error = 'no a' AND owner = '' AND attempts = 5") == 1);
  site.trouble.clear();
  REQUIRE(site.put("a"));
  host.advance(seconds(1));
  CHECK(site.attempts("a") == 6);
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(StoredJobs, "a job that is put in while it is done stays for another turn") {
  host.hold(testing::Doing::kId);
  REQUIRE(site.put("a"));
  host.run();
  REQUIRE(host.held() == 1);
  CHECK(rows("owner <> ''") == 1);
  REQUIRE(site.change({.key = "a", .payload = "new"}));
  host.release();
  host.advance(seconds(1));
  CHECK(site.attempts("a") == 2);
  CHECK(site.begun.back().payload == "new");
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(StoredJobs, "of two hubs each job has one, and what a dead one had is taken over") {
  REQUIRE(
      run(*storage, write("INSERT INTO gatetorio_jobs (plugin, kind, key, payload, version, due_at, set_at, attempts,"
                          " owner, lease, error) VALUES ('worker', 'work', 'orphan', '', 1, 1, 1, 1, 'dead', 7, '')")));
  site.load<2>();
  for (int i = 0; i < 30; ++i) REQUIRE(site.put("job-" + std::to_string(i)));
  host.advance(seconds(14));
  for (int i = 0; i < 30; ++i) CHECK(site.attempts("job-" + std::to_string(i)) == 1);
  CHECK(site.attempts("orphan") == 0);
  host.advance(seconds(10));
  CHECK(site.attempts("orphan") == 1);
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(StoredJobs, "a job that was put in by a clock which was ahead does not wait for that time") {
  REQUIRE(
      run(*storage, write("INSERT INTO gatetorio_jobs (plugin, kind, key, payload, version, due_at, set_at, attempts,"
                          " owner, lease, error) VALUES ('worker', 'work', 'a', '', 1, $1, $1, 0, '', 0, '')",
                          host.now().us + 48 * kMicrosecondsPerHour)));
  site.load<2>();  // which starts now
  host.advance(seconds(6));
  CHECK(site.attempts("a") == 1);
}

TEST_CASE_METHOD(StoredJobs, "a payload that is too long fails the batch of its job") {
  CHECK(site.change({.key = "a", .payload = std::string(65'536, 'p')}));
  CHECK(status_of(site.change({.key = "b", .payload = std::string(65'537, 'p')})) == Status::kInvalid);
  CHECK(status_of(site.change({.key = std::string(257, 'k'), .payload = {}})) == Status::kInvalid);
  CHECK(rows("key <> 'a'") == 0);
}

}  // namespace
}  // namespace gatetorio::contract
