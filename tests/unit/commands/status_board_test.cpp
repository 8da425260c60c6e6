#include "status_board.hpp"

#include <catch2/catch_test_macros.hpp>

#include "plugin_fixture.hpp"

namespace gatetorio::commands {
namespace {

using namespace test;

struct BoardFixture : PluginFixture {
  ~BoardFixture() { end(); }

  Task<void> flush_and_tell() {
    auto flushing = board.flush();
    co_await flushing;
    flushed.put(true);
  }
  void begin_flush() { host.run(flush_and_tell()); }
  // The batch that a flush asks for next.
  AskedBatch next_batch() {
    auto batch = batches.take();
    REQUIRE(batch);
    return *std::move(batch);
  }
  std::string shown(std::int64_t device) {
    const auto last = board.unwritten(device);
    return last ? last->status : "written";
  }
  std::size_t lines_with(const std::string& words) const {
    std::size_t count = 0;
    const std::string text = log();
    for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; ++at) ++count;
    return count;
  }

  Database database{host, "commands"};
  Repository repository{database};
  StatusBoard board{host, repository};
  Inbox<bool> flushed;
};

}  // namespace

TEST_CASE_METHOD(BoardFixture, "of several statuses of a device the last is written, once") {
  board.take(7, R"({"n":1})", std::nullopt);
  board.take(8, R"({"n":2})", "\"nonce\"");
  board.take(7, R"({"n":3})", std::nullopt);
  CHECK(shown(7) == R"({"n":3})");
  begin_flush();
  const AskedBatch batch = next_batch();
  CHECK(batch.text() == R"(INSERT 7 {"n":3}; INSERT 8 {"n":2} "nonce")");
  CHECK(shown(7) == R"({"n":3})");  // it is not on disk yet
  succeed(batch);
  REQUIRE(flushed.take());
  CHECK(shown(7) == "written");
  begin_flush();
  REQUIRE(flushed.take());
  CHECK(batches.size() == 0);
}

TEST_CASE_METHOD(BoardFixture, "a status that cannot be written waits until it is, and a newer one wins") {
  board.take(7, "old", std::nullopt);
  board.take(8, "kept", std::nullopt);
  for (int i = 0; i < 3; ++i) {
    begin_flush();
    fail(next_batch());
    REQUIRE(flushed.take());
    CHECK(shown(8) == "kept");
  }
  begin_flush();
  const AskedBatch under_way = next_batch();
  board.take(7, "new", std::nullopt);
  CHECK(shown(7) == "new");
  fail(under_way);
  REQUIRE(flushed.take());
  CHECK(shown(7) == "new");
  CHECK(board.waiting() == 2);
  begin_flush();
  const AskedBatch last = next_batch();
  CHECK(last.text() == "INSERT 7 new; INSERT 8 kept");
  succeed(last);
  REQUIRE(flushed.take());
  CHECK(board.waiting() == 0);
  CHECK(lines_with("cannot be written") == 1);
  CHECK(lines_with("are written again") == 1);
}

TEST_CASE_METHOD(BoardFixture, "who writes while a write is under way waits for it and writes what came meanwhile") {
  board.take(7, "first", std::nullopt);
  begin_flush();
  const AskedBatch first = next_batch();
  board.take(7, "second", std::nullopt);
  begin_flush();
  CHECK_FALSE(flushed.take(std::chrono::milliseconds(20)));
  CHECK(batches.size() == 0);  // never two at once: the older could end last
  succeed(first);
  REQUIRE(flushed.take());
  const AskedBatch second = next_batch();
  CHECK(second.text() == "INSERT 7 second");
  CHECK(shown(7) == "second");
  succeed(second);
  REQUIRE(flushed.take());
  CHECK(shown(7) == "written");
}

TEST_CASE_METHOD(BoardFixture, "nothing stays of a deleted device, whatever is under way") {
  board.take(7, "waits", std::nullopt);
  board.deleted(7);
  begin_flush();
  AskedBatch batch = next_batch();
  CHECK(batch.text() == "DELETE 7; DELETE 7; DELETE 7; DELETE 7");
  fail(batch);  // it is not forgotten
  REQUIRE(flushed.take());

  board.take(8, "under way", std::nullopt);
  begin_flush();
  batch = next_batch();
  CHECK(batch.text() == "INSERT 8 under way; DELETE 7; DELETE 7; DELETE 7; DELETE 7");
  board.deleted(8);
  CHECK(shown(8) == "written");
  board.take(8, "heard of late", std::nullopt);
  CHECK(shown(8) == "written");
  succeed(batch);
  batch = next_batch();
  CHECK(batch.text() == "DELETE 8; DELETE 8; DELETE 8; DELETE 8");
  succeed(batch);
  REQUIRE(flushed.take());
  begin_flush();
  REQUIRE(flushed.take());
  CHECK(batches.size() == 0);
}

TEST_CASE_METHOD(BoardFixture, "a status whose write failed while its device was deleted does not come back") {
  board.take(7, "under way", std::nullopt);
  begin_flush();
  const AskedBatch batch = next_batch();
  board.deleted(7);
  fail(batch);
  REQUIRE(flushed.take());
  begin_flush();
  const AskedBatch next = next_batch();
  CHECK(next.text() == "DELETE 7; DELETE 7; DELETE 7; DELETE 7");
  succeed(next);
  REQUIRE(flushed.take());
}

TEST_CASE_METHOD(BoardFixture, "many statuses go in several batches, bounded in number and bytes") {
  const std::string large(64 * 1024, 'x');
  for (std::int64_t device = 1; device <= 100; ++device) board.take(device, large, std::nullopt);
  for (std::int64_t device = 1'001; device <= 1'600; ++device) board.take(device, "{}", std::nullopt);
  begin_flush();
  std::size_t written = 0;
  while (written < 700) {
    const AskedBatch batch = next_batch();
    CHECK(batch.statements.size() <= 500);
    CHECK(batch.text().size() <= (5 << 20));
    written += batch.statements.size();
    succeed(batch);
  }
  REQUIRE(flushed.take());
  CHECK(board.waiting() == 0);
}

}  // namespace gatetorio::commands
