// The contract suite's way to storage-sqlite: its engine, on a file of its own.
#include "database.hpp"
#include "storage_under_test.hpp"

namespace gatetorio::contract {
namespace {

class SqliteStorage : public StorageUnderTest {
 public:
  SqliteStorage() {
    std::string name = (std::filesystem::temp_directory_path() / "gatetorio-sqlite-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    auto opened = storage_sqlite::Database::open({.path = (folder_ / "hub.db").string()}, {});
    REQUIRE(opened);
    database_ = std::move(*opened);
  }
  ~SqliteStorage() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  void run(std::string batch, Done done) override { database_->run(std::move(batch), std::move(done)); }
  void migrate(sql::MigrateRequest request, Done done) override {
    database_->migrate(std::move(request), std::move(done));
  }
  std::string dialect() const override { return "sqlite"; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<storage_sqlite::Database> database_;
};

}  // namespace

std::unique_ptr<StorageUnderTest> make_storage() { return std::make_unique<SqliteStorage>(); }

}  // namespace gatetorio::contract
