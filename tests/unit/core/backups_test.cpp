#include "core/plugin/backups.hpp"

#include <stdlib.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "platform_fixture.hpp"

namespace gatetorio::core {
namespace {

using namespace test;
namespace fs = std::filesystem;

// A plugin's part: notes what it is asked, and fails where it should.
struct Part {
  std::vector<std::string>* notes;
  gtr_status answer = GTR_OK;
  static void run(void* context, std::uint32_t step, gtr_bytes folder, gtr_completion done) {
    auto* self = static_cast<Part*>(context);
    self->notes->push_back(std::to_string(step) + " " + fs::path(to_view(folder)).filename().string());
    done.done(done.context, self->answer, to_bytes(R"({"detail":"no room"})"));
  }
};

struct BackupsFixture : PlatformFixture {
  BackupsFixture() {
    std::string name = (fs::temp_directory_path() / "gatetorio-backups-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder = name;
  }
  ~BackupsFixture() {
    end();
    fs::remove_all(folder);
  }
  std::optional<Answer> run(std::uint32_t step) {
    Waiter waiter;
    platform.backups.run(storage.plugin, step, folder.string(), waiter.completion());
    return waiter.wait();
  }
  fs::path folder;
  std::vector<std::string> notes;
  FakePlugin& storage = plugin("storage");
  FakePlugin& first = plugin("first");
  FakePlugin& second = plugin("second", false);
};

}  // namespace

TEST_CASE_METHOD(BackupsFixture, "every part does its step in a folder of its own, one after the other", "[backups]") {
  Part one{&notes}, two{&notes};
  CHECK(platform.backups.declare(first.plugin, &Part::run, &one) == GTR_OK);
  CHECK(platform.backups.declare(second.plugin, &Part::run, &two) == GTR_OK);
  CHECK(platform.backups.declare(second.plugin, &Part::run, &two) == GTR_CONFLICT);
  CHECK(run(GTR_BACKUP_BEFORE)->status == GTR_OK);
  CHECK(run(GTR_BACKUP_RESTORE)->status == GTR_OK);
  CHECK(notes == std::vector<std::string>{"0 first", "0 second", "2 first", "2 second"});
}

TEST_CASE_METHOD(BackupsFixture, "the first part that fails ends the step with its reason", "[backups]") {
  Part one{&notes, GTR_FULL}, two{&notes};
  platform.backups.declare(first.plugin, &Part::run, &one);
  platform.backups.declare(second.plugin, &Part::run, &two);
  const auto answer = run(GTR_BACKUP_AFTER);
  REQUIRE(answer);
  CHECK(answer->status == GTR_FULL);
  CHECK(answer->error().detail == "no room");
  CHECK(notes == std::vector<std::string>{"1 first"});
}

TEST_CASE_METHOD(BackupsFixture, "what nobody takes back is an error before anybody takes anything", "[backups]") {
  Part one{&notes};
  platform.backups.declare(first.plugin, &Part::run, &one);
  for (const char* name : {"first", "storage"}) fs::create_directory(folder / name);
  CHECK(run(GTR_BACKUP_RESTORE)->status == GTR_OK);
  fs::create_directory(folder / "unknown");
  const auto answer = run(GTR_BACKUP_RESTORE);
  REQUIRE(answer);
  CHECK(answer->status == GTR_INVALID);
  CHECK(answer->error().detail.find("'unknown'") != std::string::npos);
  CHECK(notes.size() == 1);
}

}  // namespace gatetorio::core
