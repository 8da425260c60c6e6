#include "rule_repository.hpp"

namespace gatetorio::commands {

namespace {

using sql::Batch;
using sql::Mode;

constexpr std::string_view word_of(HoldKind kind) { return kind == HoldKind::lockdown ? "lockdown" : "hold_open"; }

std::string target_of(std::int64_t device_id) { return "device:" + std::to_string(device_id); }

// Every change gives the rules another version, which commands that are being written compare.
void add_version(Batch& batch, std::int64_t device_id) {
  batch.add(
      "INSERT INTO gate_rules (device_id, version, policy) VALUES ($1, 1, '{}')"
      " ON CONFLICT (device_id) DO UPDATE SET version = gate_rules.version + 1",
      device_id);
}

}  // namespace

Task<Result<GateRules>> RuleRepository::read(std::int64_t device_id) {
  Batch batch(Mode::kRead);
  batch.add("SELECT version, policy FROM gate_rules WHERE device_id = $1", device_id);
  batch.add("SELECT kind, until, reason, set_by, set_by_name, set_at FROM gate_holds WHERE device_id = $1", device_id);
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  GateRules rules;
  if (!results[0].empty()) {
    rules.version = results[0].integer(0, 0);
    Result<Policy> policy = json::parse<Policy>(results[0].text(0, 1));
    if (!policy) co_return Error{.status = Status::kCorrupt, .detail = "The rules of this gate cannot be read."};
    rules.policy = *std::move(policy);
  }
  const sql::Table& holds = results[1];
  for (std::size_t row = 0; row < holds.rows(); ++row) {
    const HoldKind kind = holds.text(row, 0) == word_of(HoldKind::lockdown) ? HoldKind::lockdown : HoldKind::hold_open;
    (kind == HoldKind::lockdown ? rules.lockdown : rules.hold_open) = Hold{.until = {holds.integer(row, 1)},
                                                                           .reason = holds.text(row, 2),
                                                                           .set_by = holds.text(row, 3),
                                                                           .set_by_name = holds.text(row, 4),
                                                                           .set_at = {holds.integer(row, 5)}};
  }
  co_return rules;
}

Task<Result<void>> RuleRepository::set_policy(std::int64_t device_id, std::string policy, Call call) {
  Batch batch(Mode::kWrite);
  batch.add(
      "INSERT INTO gate_rules (device_id, version, policy) VALUES ($1, 1, $2)"
      " ON CONFLICT (device_id) DO UPDATE SET version = gate_rules.version + 1, policy = $2",
      device_id, policy);
  audit(batch, call, "command.policy", target_of(device_id), policy);
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<void>> RuleRepository::set_hold(std::vector<std::int64_t> device_ids, HoldKind kind, Hold hold, Call call) {
  Batch batch(Mode::kWrite);
  for (const std::int64_t device_id : device_ids) {
    add_version(batch, device_id);
    batch.add(
        "INSERT INTO gate_holds (device_id, kind, until, reason, set_by, set_by_name, set_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (device_id, kind) DO UPDATE SET until = $3, reason = $4,"
        " set_by = $5, set_by_name = $6, set_at = $7",
        device_id, word_of(kind), hold.until, hold.reason, hold.set_by, hold.set_by_name, hold.set_at);
    audit(batch, call, "command." + std::string(word_of(kind)), target_of(device_id), json::write(hold));
  }
  return written(std::move(batch), device_ids.empty());
}

Task<Result<void>> RuleRepository::end_hold(std::vector<std::int64_t> device_ids, HoldKind kind, Call call) {
  Batch batch(Mode::kWrite);
  for (const std::int64_t device_id : device_ids) {
    add_version(batch, device_id);
    batch.add("DELETE FROM gate_holds WHERE device_id = $1 AND kind = $2", device_id, word_of(kind));
    audit(batch, call, "command.end_" + std::string(word_of(kind)), target_of(device_id));
  }
  return written(std::move(batch), device_ids.empty());
}

Task<Result<void>> RuleRepository::written(Batch batch, bool is_empty) {
  if (!is_empty) co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

void require_version(Batch& batch, std::int64_t device_id, std::int64_t version) {
  batch.require("SELECT 1 WHERE COALESCE((SELECT version FROM gate_rules WHERE device_id = $1), 0) = $2", device_id,
                version);
}

void delete_rules(Batch& batch, std::int64_t device_id) {
  batch.add("DELETE FROM gate_rules WHERE device_id = $1", device_id);
  batch.add("DELETE FROM gate_holds WHERE device_id = $1", device_id);
}

}  // namespace gatetorio::commands
