// The rules of commands: when one may go out, what is kept of it, who may ask about it. Knows no HTTP and no SQL.
#pragma once

#include <string>

#include "gatetorio/device_link.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"
#include "repository.hpp"
#include "status_board.hpp"
#include "types.hpp"

namespace gatetorio::commands {

struct Settings {
  std::int64_t ttl_seconds = 10;
  std::int64_t idempotency_window_seconds = 3600;
  std::int64_t commands_keep_days = 90;
  std::int64_t commands_keep_rows = 1'000'000;
  std::int64_t retention_grace_minutes = 60;
};

class Service {
 public:
  Service(Host& host, Repository& repository, StatusBoard& board, const Settings& settings)
      : host_(host),
        repository_(repository),
        board_(board),
        devices_(host, DeviceRegistry::kId),
        link_(host, DeviceLink::kId),
        access_(host, AccessControl::kId),
        settings_(settings) {}

  // To the device on which the call was authorised (its id), whatever it is called. Order matters: first written (with
  // its audit entry), then published. What cannot be written is not sent. Errors: kInvalid, kTooLarge; kUnavailable
  // where the device is not connected, the broker is away, or the command's time is over already (written down as
  // failed).
  Task<Result<SendOutput>> send(Call call, SendInput input);

  // The same by an admin: same rules, same audit; the sender is "admin:<id>".
  Task<Result<SendOutput>> send_as_admin(Call call, AdminSendInput input);
  // Those of all devices, the newest first.
  Task<Result<CommandsOutput>> list(Call call, CommandsInput input);

  // Errors: kNotFound, also for those who may not see it.
  Task<Result<CommandOutput>> find(Call call, CommandRef input);

  // Of the device on which the call was authorised. Errors: kNotFound.
  Task<Result<StatusOutput>> status(Call call, DeviceRef);

 private:
  Task<Result<void>> find_connected(std::int64_t device_id);
  Task<Result<void>> judge_again(Principal sender, Command command);
  Task<Result<SendOutput>> repeat(Command like, Timestamp window_start);
  Task<Result<void>> publish(Publish message, std::string command_id);
  Task<bool> may_see(Principal principal, Command command);

  Host& host_;
  Repository& repository_;
  StatusBoard& board_;
  ServiceClient devices_;
  ServiceClient link_;
  ServiceClient access_;
  const Settings& settings_;
};

}  // namespace gatetorio::commands
