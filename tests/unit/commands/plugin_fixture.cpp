#include "plugin_fixture.hpp"

#include "gatetorio/sql_reader.hpp"

namespace gatetorio::commands::test {

namespace {

const std::string kAway = to_json(Error{.status = Status::kUnavailable, .detail = "It is away."});

}  // namespace

std::string AskedBatch::text() const {
  std::string all;
  for (const std::string& statement : statements) all += (all.empty() ? "" : "; ") + statement;
  return all;
}

PluginFixture::PluginFixture() {
  platform.services.provide(storage.plugin, sql::kServiceId, "", &PluginFixture::take_batch, this);
  platform.services.provide(auth.plugin, AccessControl::kId, "", &PluginFixture::take_question, this);
  platform.services.provide(transport.plugin, DeviceLink::kId, "", &PluginFixture::take_for_device, this);
}

void PluginFixture::take_batch(void* self, gtr_call call, std::uint32_t, gtr_bytes body) {
  AskedBatch asked{call, {}};
  sql::BatchReader in(to_view(body));
  sql::Mode mode{};
  in.mode(mode);
  sql::StatementView statement;
  while (!in.at_end() && in.statement(statement)) {
    std::string line(statement.sql.substr(0, statement.sql.find(' ')));
    for (std::uint32_t i = 0; i < statement.parameters; ++i) {
      sql::Cell cell;
      in.parameter(cell);
      const bool is_time = cell.type == sql::Type::kInteger && cell.integer > 1'000'000'000'000;
      if (cell.type == sql::Type::kText) line += " " + std::string(cell.bytes);
      if (cell.type == sql::Type::kInteger && !is_time) line += " " + std::to_string(cell.integer);
    }
    asked.statements.push_back(std::move(line));
  }
  static_cast<PluginFixture*>(self)->batches.put(std::move(asked));
}

void PluginFixture::take_question(void* self, gtr_call call, std::uint32_t, gtr_bytes body) {
  AskedAccess asked{call, {}};
  wire::decode(to_view(body), asked.query);
  static_cast<PluginFixture*>(self)->questions.put(std::move(asked));
}

void PluginFixture::take_for_device(void* self, gtr_call call, std::uint32_t method, gtr_bytes body) {
  auto& fixture = *static_cast<PluginFixture*>(self);
  if (method == DeviceLink::State::kMethod) {
    return fixture.platform.services.complete(call, GTR_OK, wire::encode(LinkState{fixture.is_connected}));
  }
  Publish message;
  wire::decode(to_view(body), message);
  if (message.expires_at_us <= now().us) {
    return fixture.platform.services.complete(call, GTR_GONE, to_json(Error{.detail = "Its time is over."}));
  }
  fixture.published.put(std::move(message));
  fixture.platform.services.complete(call, GTR_OK, wire::encode(Published{}));
}

void PluginFixture::succeed(const AskedBatch& batch) {
  std::string results;
  wire::Writer out(results);
  for (std::size_t i = 0; i < batch.statements.size(); ++i) {
    out.value(std::int64_t{1});
    out.u32(0);
    out.u32(0);
  }
  platform.services.complete(batch.call, GTR_OK, results);
}

void PluginFixture::fail(const AskedBatch& batch) { platform.services.complete(batch.call, GTR_UNAVAILABLE, kAway); }

void PluginFixture::decide(const AskedAccess& asked, bool is_allowed, std::int64_t expires_at_us) {
  Decision decision{.is_allowed = is_allowed, .access = {}};
  decision.access = {
      .resource_id = asked.query.resource_id, .resource = "", .level = "readonly", .expires_at_us = expires_at_us};
  platform.services.complete(asked.call, GTR_OK, wire::encode(decision));
}

void PluginFixture::fail(const AskedAccess& asked) { platform.services.complete(asked.call, GTR_UNAVAILABLE, kAway); }

}  // namespace gatetorio::commands::test
