// The contract suite's way to storage-postgres: its engine, on a database of its own in a real server.
#include "database.hpp"
#include "storage_under_test.hpp"
#include "support/paths.hpp"
#include "support/postgres_server.hpp"

namespace gatetorio::contract {
namespace {

class PostgresStorage : public StorageUnderTest {
 public:
  PostgresStorage() {
    auto& server = testing::shared_postgres();
    name_ = server.make_database();
    auto opened = storage_postgres::Database::open({.login = {.url = server.url(name_)}}, {});
    REQUIRE(opened);
    database_ = std::move(*opened);
    // What the plugin does before anything else: the storage's own tables.
    const sql::MigrateRequest own{.plugin = "storage-postgres", .directories = {GATETORIO_SOURCE_DIR "/migrations"}};
    REQUIRE(wait(begin([&](Done done) { migrate(own, std::move(done)); })));
  }
  ~PostgresStorage() override {
    database_.reset();
    testing::shared_postgres().ask("postgres", "DROP DATABASE " + name_);
  }
  void run(std::string batch, Done done) override { database_->run(std::move(batch), std::move(done)); }
  void migrate(sql::MigrateRequest request, Done done) override {
    database_->migrate(std::move(request), std::move(done));
  }
  std::string dialect() const override { return "postgres"; }

 private:
  std::string name_;
  std::unique_ptr<storage_postgres::Database> database_;
};

}  // namespace

std::unique_ptr<StorageUnderTest> make_storage() { return std::make_unique<PostgresStorage>(); }

}  // namespace gatetorio::contract
