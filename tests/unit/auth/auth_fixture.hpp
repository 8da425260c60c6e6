// Parts of the plugin on the real platform, beside a storage and a registry that answer when the test says.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/sql_reader.hpp"
#include "unit/core/platform_fixture.hpp"

namespace gatetorio::auth::test {

using core::test::FakePlugin;
using core::test::Inbox;

struct AskedBatch {
  gtr_call call{};
  std::string sql;                    // of its first statement
  std::vector<std::int64_t> numbers;  // its integer parameters
};

struct AskedDevices {
  gtr_call call{};
  std::string name;               // FindByName
  std::vector<std::int64_t> ids;  // FindByIds
};

class AuthFixture : public core::test::PlatformFixture {
 public:
  AuthFixture() {
    platform.services.provide(storage.plugin, sql::kServiceId, "", &AuthFixture::take_batch, this);
    platform.services.provide(registry.plugin, DeviceRegistry::kId, "", &AuthFixture::take_question, this);
  }
  ~AuthFixture() { end(); }

  // To a batch of one statement: rows of one column of integers.
  void answer(const AskedBatch& batch, const std::vector<std::int64_t>& rows) {
    std::string results;
    wire::Writer out(results);
    out.value(static_cast<std::int64_t>(rows.size()));
    out.u32(1);
    out.u32(static_cast<std::uint32_t>(rows.size()));
    for (const std::int64_t row : rows) {
      results.push_back(static_cast<char>(sql::Type::kInteger));
      out.value(row);
    }
    platform.services.complete(batch.call, GTR_OK, results);
  }
  void fail(const AskedBatch& batch) {
    platform.services.complete(batch.call, GTR_UNAVAILABLE,
                               to_json(Error{.status = Status::kUnavailable, .detail = "Away."}));
  }
  // To FindByIds: these are there.
  void answer(const AskedDevices& asked, const std::vector<Device>& devices) {
    platform.services.complete(asked.call, GTR_OK, wire::encode(DeviceList{devices}));
  }

  FakePlugin& feature = plugin("auth", false);
  FakePlugin& storage = plugin("storage", false, {"gatetorio.sql/1"});
  FakePlugin& registry = plugin("registration", false, {"gatetorio.devices/1"});
  Host host{feature.host()}, other{registry.host()};
  Inbox<AskedBatch> batches;
  Inbox<AskedDevices> questions;
  Database database{host, "auth"};

 private:
  static void take_batch(void* self, gtr_call call, std::uint32_t, gtr_bytes body) {
    AskedBatch asked{call, {}, {}};
    sql::BatchReader in(to_view(body));
    sql::Mode mode{};
    sql::StatementView statement;
    if (in.mode(mode) && in.statement(statement)) asked.sql = statement.sql;
    for (std::uint32_t i = 0; i < statement.parameters; ++i) {
      sql::Cell cell;
      if (in.parameter(cell) && cell.type == sql::Type::kInteger) asked.numbers.push_back(cell.integer);
    }
    static_cast<AuthFixture*>(self)->batches.put(std::move(asked));
  }
  static void take_question(void* self, gtr_call call, std::uint32_t method, gtr_bytes body) {
    AskedDevices asked{call, {}, {}};
    if (method == DeviceRegistry::FindByName::kMethod) {
      DeviceName name;
      wire::decode(to_view(body), name);
      asked.name = name.controller_id;
    } else {
      DeviceIds ids;
      wire::decode(to_view(body), ids);
      asked.ids = ids.ids;
    }
    static_cast<AuthFixture*>(self)->questions.put(std::move(asked));
  }
};

}  // namespace gatetorio::auth::test
