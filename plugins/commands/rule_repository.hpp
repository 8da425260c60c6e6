// The rules of gates in the database.
#pragma once

#include <string>
#include <vector>

#include "gate_rules.hpp"
#include "gatetorio/database.hpp"

namespace gatetorio::commands {

enum class HoldKind { lockdown, hold_open };

class RuleRepository {
 public:
  explicit RuleRepository(Database& database) : database_(database) {}

  Task<Result<GateRules>> read(std::int64_t device_id);
  // Each with its audit entry for each device.
  Task<Result<void>> set_policy(std::int64_t device_id, std::string policy, Call call);
  Task<Result<void>> set_hold(std::vector<std::int64_t> device_ids, HoldKind kind, Hold hold, Call call);
  Task<Result<void>> end_hold(std::vector<std::int64_t> device_ids, HoldKind kind, Call call);

 private:
  Task<Result<void>> written(sql::Batch batch, bool is_empty);

  Database& database_;
};

// In the batch that writes a command: only if the rules by which it was judged hold still.
void require_version(sql::Batch& batch, std::int64_t device_id, std::int64_t version);
// In the batch that forgets a device.
void delete_rules(sql::Batch& batch, std::int64_t device_id);

}  // namespace gatetorio::commands
