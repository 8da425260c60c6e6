// The rules of commands: when one may go out, what is kept of it, who may ask about it. Knows no HTTP and no SQL.
#pragma once

#include <chrono>
#include <string>

#include "gatetorio/device_link.hpp"
#include "gatetorio/grants.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"
#include "motion_watch.hpp"
#include "repository.hpp"
#include "rule_book.hpp"
#include "status_board.hpp"
#include "types.hpp"
#include "under_way.hpp"

namespace gatetorio::commands {

struct Settings {
  std::int64_t ttl_seconds = 10;
  std::int64_t idempotency_window_seconds = 3600;
  std::int64_t motion_seconds = 0;
  std::vector<std::string> verbs = default_verb_patterns();
  std::string gate_member = "gate_number";
  std::int64_t commands_keep_days = 90;
  std::int64_t commands_keep_rows = 1'000'000;
  std::int64_t retention_grace_minutes = 60;
};

class Service {
 public:
  // Throws SetupError where the patterns of verbs cannot be read.
  Service(Host& host, Repository& repository, StatusBoard& board, MotionWatch& motions, UnderWay& under_way,
          RuleBook& rules, const Settings& settings);

  // To the device on which the call was authorised (its id), whatever it is called. Order matters: first written (with
  // its audit entry), then published. What cannot be written is not sent. Errors: kInvalid, kTooLarge; kUnavailable
  // where the device is not connected, the broker is away, or the command's time is over already (written down as
  // failed). kConflict where the device is not as the sender expects, and where the next step of the gate's own logic
  // is asked for while somebody else's motion is outstanding. kForbidden and kConflict by the rules of the gate;
  // kRateLimited for those over a limit. A stop is refused for none of these.
  Task<Result<SendOutput>> send(Call call, SendInput input);

  // The same by an admin: same rules, same audit; the sender is "admin:<id>".
  Task<Result<SendOutput>> send_as_admin(Call call, AdminSendInput input);

 private:
  // What must hold when a command goes out.
  struct Terms {
    std::optional<Expect> expect;
    std::string level;      // of the sender
    RuleBook::Rules rules;  // none for a stop
    std::chrono::steady_clock::time_point judged_at;
  };
  Task<Result<Terms>> judge(Command command, Terms terms);
  Repository::Outstanding outstanding(const Command& command) const;
  Task<Result<void>> check_status(Command command, Terms terms);
  Task<Result<Repository::Recorded>> write(Command command, std::optional<std::int64_t> rules_version,
                                           Timestamp window_start, Call call);
  Task<Result<std::optional<Command>>> wait_for_outstanding(Command command);
  Task<Result<SendOutput>> join(Call call, Command command, Command first, Timestamp window_start);
  Task<Result<void>> send_out(Call call, Command command, Publish message, Terms terms, UnderWay::Place* place);
  Task<void> stop_again(UnderWay::Stop stop);
  Task<Result<GrantUse>> take_use(Call call, Command command);
  Task<void> give_back(GrantUse use);
  Task<Result<void>> find_connected(std::int64_t device_id);
  Task<Result<void>> judge_again(Principal sender, Command command, Terms terms);
  Task<Result<SendOutput>> repeat(Command like, Timestamp window_start);
  Task<Result<void>> publish(Publish message, std::string command_id, GrantUse use);

  Host& host_;
  Repository& repository_;
  StatusBoard& board_;
  ServiceClient link_;
  ServiceClient access_;
  ServiceClient grants_;
  const Settings& settings_;
  const VerbPatterns verbs_;
  MotionWatch& motions_;
  UnderWay& under_way_;
  RuleBook& rules_;
};

}  // namespace gatetorio::commands
