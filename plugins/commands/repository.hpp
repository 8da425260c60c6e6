// Commands and statuses in the database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/lists.hpp"
#include "motion.hpp"
#include "types.hpp"

namespace gatetorio::commands {

// State of a command whose publish nobody confirmed. Only a device's answer or its expiry end it; outside it is "sent".
inline constexpr std::string_view kUnconfirmed = "unconfirmed";
// State of a second wish for a motion that was on its way.
inline constexpr std::string_view kMerged = "merged";

struct Command {
  std::string id;
  std::int64_t device_id = 0;
  std::string sender_kind;
  std::int64_t sender_id = 0;
  std::string sender_name = {};  // what it was called then; empty: it had no name
  std::string via = {};          // "app", "link", "mqtt", "admin"; empty: not noted
  std::string command;
  Motion motion = {};
  std::string state = "sent";
  std::optional<std::string> result = {};
  std::optional<std::string> idempotency_key = {};
  Timestamp issued_at;
  Timestamp expires_at;
  Timestamp updated_at = {};
  std::optional<std::string> merged_into = {};  // with kMerged: the command that goes out for both
  std::optional<Timestamp> delivered_at = {}, answered_at = {}, moving_at = {}, ended_at = {};

  bool is_of(const Principal& principal) const { return sender_kind == principal.kind && sender_id == principal.id; }
};

struct LastStatus {
  std::int64_t device_id = 0;
  std::string status;
  Timestamp status_at;
  std::optional<std::string> boot_nonce;
  std::int64_t sequence = 0;
};

// What is known now of a command.
struct Outcome {
  std::int64_t device_id = 0;
  std::string command_id;
  Timestamp at;
  std::string_view state;   // "delivered", "acknowledged", "failed", "moving", "completed" or "reversed"
  std::string result = {};  // the answer, where there is one
};

class Repository {
 public:
  explicit Repository(Database& database) : database_(database) {}
  // Hears what became of commands, as it is written: "open" was "sent". On any thread. Set before anything is written.
  using OnOutcome = std::function<void(const std::string& verb, std::string_view outcome)>;
  void on_outcome(OnOutcome heard) { on_outcome_ = std::move(heard); }

  // Writes a command and its audit entry, or nothing: where the sender has used its key for this device since
  // `window_start`, and where a motion of that gate is outstanding which is equal or forbids this one. A motion is
  // outstanding until the device answers it, and no longer than `outstanding.till`; a stop ends those of its gate.
  enum class Write { done, is_repetition, motion_is_outstanding, rules_have_changed };
  struct Outstanding {
    Timestamp till;
    Timestamp no_later_than;  // no motion can be for longer: one that is was written before the clock was set back
  };
  struct Recorded {
    Write write = Write::done;
    std::optional<std::string> boot_nonce;  // of the device's last status
  };
  // `rules_version`: by which it was judged; none: it is above all rules.
  Task<Result<Recorded>> record(Command command, std::optional<std::int64_t> rules_version, Timestamp window_start,
                                Outstanding outstanding, Call call);
  // The motion of this gate that is outstanding, if there is one still.
  Task<Result<std::optional<Command>>> find_outstanding(std::int64_t device_id, std::int64_t gate,
                                                        Timestamp no_later_than);
  // Writes that the sender wished for what `into` does already, with its audit entry.
  Task<Result<void>> record_merged(Command command, std::string into, Timestamp window_start, Call call);
  // What was sent with the same key since `window_start`. Errors: kNotFound.
  Task<Result<Command>> find_repeated(Command like, Timestamp window_start);
  // Errors: kNotFound.
  Task<Result<Command>> find(std::string command_id);
  // Whether it goes out for a wish of this principal, too.
  Task<Result<bool>> is_wished_by(std::string command_id, Principal principal);

  // The newest first. `device_id`: the input's device. Errors: kInvalid at /cursor.
  struct Page {
    ListPage end;
    std::vector<Command> commands;
  };
  Task<Result<Page>> list(CommandsInput input, std::optional<std::int64_t> device_id);

  // Those to a device, the newest first. Errors: kInvalid at /cursor.
  Task<Result<Page>> activity(std::int64_t device_id, ActivityInput input);

  // It never reached a device: its key may be used again, and those of who were merged into it.
  Task<Result<void>> set_failed(std::string command_id, std::string why);
  // Nobody knows: the key stays taken.
  Task<Result<void>> set_unconfirmed(std::string command_id);
  // What devices showed and said of commands that were sent to them; others' and finished commands stay as they are.
  // Gives those that changed something.
  Task<Result<std::vector<Outcome>>> save_outcomes(std::vector<Outcome> list);

  // Writes the last status of each, then forgets those of the `deleted`: all or nothing.
  Task<Result<void>> save_statuses(std::vector<LastStatus> list, std::vector<std::int64_t> deleted);
  Task<Result<std::optional<LastStatus>>> last_status(std::int64_t device_id);
  // Whose statuses are kept, in the order of their ids: at most `limit` devices after this one.
  Task<Result<std::vector<std::int64_t>>> devices_after(std::int64_t device_id, std::int64_t limit);

 private:
  Task<Result<Page>> read(ListQuery query);
  static int release_key(sql::Batch& batch, const Command& command, Timestamp window_start);
  static void add_insert(sql::Batch& batch, const Command& command);
  static void add_motion(sql::Batch& batch, const Command& command, Outstanding outstanding);
  static void add_outcome(sql::Batch& batch, const Outcome& outcome);

  void tell(const std::string& verb, std::string_view outcome) const {
    if (on_outcome_) on_outcome_(verb, outcome);
  }

  Database& database_;
  OnOutcome on_outcome_;
};

}  // namespace gatetorio::commands
