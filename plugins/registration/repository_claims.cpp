#include "repository_words.hpp"

namespace gatetorio::registration {

namespace {

using sql::Batch;
using sql::Blob;
using sql::Mode;

constexpr std::uint32_t kAskAgainS = 60;

Error too_many_wait(bool from_network) {
  if (from_network) {
    return {.status = Status::kRateLimited,
            .detail = "Too many devices from this network wait for approval.",
            .retry_after_s = kAskAgainS};
  }
  return {.status = Status::kUnavailable, .detail = "Too many devices wait for approval.", .retry_after_s = kAskAgainS};
}

Error no_such_claim() { return {.status = Status::kNotFound, .detail = "No such device waits for approval."}; }

std::string hardware(const std::string& hardware_id) { return "hardware:" + hardware_id; }
std::string detail(std::int64_t pending_id) { return "{\"pending_id\":" + std::to_string(pending_id) + "}"; }

}  // namespace

Task<Result<void>> Repository::add_claim(Claim claim, std::int64_t most, std::int64_t most_per_network, Call call) {
  constexpr int kOfNetwork = 0;  // which statement it is
  const Timestamp at = now();
  Batch batch(Mode::kWrite);
  // Those that have ended do not count; they are deleted when no wrong clock can have ended them.
  batch.require("SELECT 1 WHERE (SELECT COUNT(*) FROM pending_claims WHERE network = $1 AND expires_at > $3) < $2",
                claim.network, most_per_network, at);
  batch.require("SELECT 1 WHERE (SELECT COUNT(*) FROM pending_claims WHERE expires_at > $2) < $1", most, at);
  batch.add(
      "INSERT INTO pending_claims (claim_hash, hardware_id, controller_id, device_name, peer, network, requested_at,"
      " expires_at, is_approved) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
      Blob{claim.hash}, claim.device.hardware_id, claim.device.controller_id, claim.device.device_name.value_or(""),
      call.peer, claim.network, at, claim.expires_at);
  audit(batch, call, "device.ask", hardware(claim.device.hardware_id));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return Result<void>();
  const Error& error = results.error();
  if (error.status != Status::kGuardFailed) co_return error;
  co_return too_many_wait(error.statement == kOfNetwork);
}

Task<Result<FoundClaim>> Repository::find_claim(std::string claim_hash) {
  const sql::Results results =
      co_await ok(database_.read("SELECT id, hardware_id, controller_id, device_name FROM pending_claims"
                                 " WHERE claim_hash = $1 AND expires_at > $2",
                                 Blob{claim_hash}, now()));
  const sql::Table& table = results[0];
  if (table.empty()) co_return no_such_claim();
  co_return FoundClaim{table.integer(0, 0), table.text(0, 1), table.text(0, 2), table.text(0, 3)};
}

Task<Result<void>> Repository::rename_claim(std::int64_t pending_id, Announcement device, Call call) {
  Batch batch(Mode::kWrite);
  batch.add("UPDATE pending_claims SET controller_id = $2, device_name = COALESCE($3, device_name) WHERE id = $1",
            pending_id, device.controller_id, device.device_name);
  audit(batch, call, "device.ask", hardware(device.hardware_id), detail(pending_id));
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

// A row's hardware never changes: it can be read beforehand, for the audit log.
Task<Result<std::string>> Repository::claimed_hardware(std::int64_t pending_id) {
  const sql::Results results = co_await ok(
      database_.read("SELECT hardware_id FROM pending_claims WHERE id = $1 AND expires_at > $2", pending_id, now()));
  if (results[0].empty()) co_return no_such_claim();
  co_return results[0].text(0, 0);
}

Task<Result<void>> Repository::approve(std::int64_t pending_id, Timestamp until, Call call) {
  const std::string hardware_id = co_await ok(claimed_hardware(pending_id));
  Batch batch(Mode::kWrite);
  batch.require("UPDATE pending_claims SET is_approved = 1, expires_at = $2 WHERE id = $1", pending_id, until);
  audit(batch, call, "device.approve", hardware(hardware_id), detail(pending_id));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return Result<void>();
  co_return results.error().status == Status::kGuardFailed ? no_such_claim() : results.error();
}

Task<Result<void>> Repository::deny(std::int64_t pending_id, Call call) {
  const std::string hardware_id = co_await ok(claimed_hardware(pending_id));
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM pending_claims WHERE id = $1", pending_id);
  audit(batch, call, "device.deny", hardware(hardware_id), detail(pending_id));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return Result<void>();
  co_return results.error().status == Status::kGuardFailed ? no_such_claim() : results.error();
}

}  // namespace gatetorio::registration
