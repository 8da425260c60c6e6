// The only file of this plugin with SQL.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/lists.hpp"
#include "types.hpp"

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

// What is known now of a command.
struct Outcome {
  std::int64_t device_id = 0;
  std::string command_id;
  Timestamp at;
  std::string_view state;   // "delivered", "acknowledged" or "failed"
  std::string result = {};  // the answer, where there is one
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
  // What was sent with the same key since `window_start`. Errors: kNotFound.
  Task<Result<Command>> find_repeated(Command like, Timestamp window_start);
  // Errors: kNotFound.
  Task<Result<Command>> find(std::string command_id);

  // The newest first. `device_id`: the input's device. Errors: kInvalid at /cursor.
  struct Page {
    ListPage end;
    std::vector<Command> commands;
  };
  Task<Result<Page>> list(CommandsInput input, std::optional<std::int64_t> device_id);

  // It never reached a device: the key may be used again.
  Task<Result<void>> set_failed(std::string command_id, std::string why);
  // Nobody knows: the key stays taken.
  Task<Result<void>> set_unconfirmed(std::string command_id);
  // What devices showed and said of commands that were sent to them; others' and finished commands stay as they are.
  Task<Result<void>> save_outcomes(std::vector<Outcome> list);

  // Writes the last status of each, then forgets those of the `deleted`: all or nothing.
  Task<Result<void>> save_statuses(std::vector<LastStatus> list, std::vector<std::int64_t> deleted);
  Task<Result<std::optional<LastStatus>>> last_status(std::int64_t device_id);
  // Whose statuses are kept, in the order of their ids: at most `limit` devices after this one.
  Task<Result<std::vector<std::int64_t>>> devices_after(std::int64_t device_id, std::int64_t limit);

 private:
  Database& database_;
};

}  // namespace gatetorio::commands
