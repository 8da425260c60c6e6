// What became of commands, who did what at a gate, and what a gate said last: all that is shown of them.
#pragma once

#include "gatetorio/devices.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"
#include "repository.hpp"
#include "status_board.hpp"
#include "types.hpp"

namespace gatetorio::commands {

class History {
 public:
  History(Host& host, Repository& repository, StatusBoard& board)
      : repository_(repository),
        board_(board),
        devices_(host, DeviceRegistry::kId),
        access_(host, AccessControl::kId) {}

  // Errors: kNotFound, also for those who may not see it.
  Task<Result<CommandOutput>> find(Call call, CommandRef input);
  // Those of all devices, the newest first.
  Task<Result<CommandsOutput>> list(Call call, CommandsInput input);
  // Who did what at the device on which the call was authorised, the newest first. Errors: kInvalid at /cursor.
  Task<Result<ActivityOutput>> activity(Call call, ActivityInput input);
  // Of the device on which the call was authorised. Errors: kNotFound.
  Task<Result<StatusOutput>> status(Call call, DeviceRef);

 private:
  Task<bool> may_see(Principal principal, Command command);

  Repository& repository_;
  StatusBoard& board_;
  ServiceClient devices_;
  ServiceClient access_;
};

}  // namespace gatetorio::commands
