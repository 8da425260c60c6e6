// The only file of this plugin with SQL.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/database.hpp"

namespace gatetorio::commands {

// State of a command whose publish nobody confirmed. Only a device's answer or its expiry end it; outside it is "sent".
inline constexpr std::string_view kUnconfirmed = "unconfirmed";

struct Command {
  std::string id;
  std::int64_t device_id = 0;
  std::string sender_kind;
  std::int64_t sender_id = 0;
  std::string command;
  std::string state = "sent";
  std::optional<std::string> result = {};
  std::optional<std::string> idempotency_key = {};
  Timestamp issued_at;
  Timestamp expires_at;
  Timestamp updated_at = {};
};

struct LastStatus {
  std::int64_t device_id = 0;
  std::string status;
  Timestamp status_at;
  std::optional<std::string> boot_nonce;
};

class Repository {
 public:
  explicit Repository(Database& database) : database_(database) {}

  // Writes a command and its audit entry. A key that the sender has used for this device since `window_start` makes it
  // a repetition: nothing is written.
  struct Recorded {
    bool is_repetition = false;
    std::optional<std::string> boot_nonce;  // of the device's last status
  };
  Task<Result<Recorded>> record(Command command, Timestamp window_start, Call call);
  Task<Result<Command>> find_repeated(Command like);
  // Errors: kNotFound.
  Task<Result<Command>> find(std::string command_id);

  // It never reached a device: the key may be used again.
  Task<Result<void>> set_failed(std::string command_id, std::string why);
  // Nobody knows: the key stays taken.
  Task<Result<void>> set_unconfirmed(std::string command_id);
  // Handed to their devices' connections; those that a device has answered already stay as they are.
  Task<Result<void>> set_delivered(std::vector<std::pair<std::string, Timestamp>> list);
  // What the device said of a command that was sent to it; others' and finished ones stay as they are.
  Task<Result<bool>> acknowledge(std::string command_id, std::int64_t device_id, bool is_success, std::string result);

  Task<Result<void>> save_status(std::vector<LastStatus> list);
  Task<Result<std::optional<LastStatus>>> last_status(std::int64_t device_id);

 private:
  Database& database_;
};

}  // namespace gatetorio::commands
