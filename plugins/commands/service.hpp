// The rules of commands: when one may go out, what is kept of it, who may ask about it. Knows no HTTP and no SQL.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

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
};

class Service {
 public:
  Service(Host& host, Repository& repository, StatusBoard& board, ServiceClient& devices, const Settings& settings)
      : host_(host),
        repository_(repository),
        board_(board),
        devices_(devices),
        link_(host, DeviceLink::kId),
        access_(host, AccessControl::kId),
        settings_(settings) {}

  // Order matters: first written (with its audit entry), then published. What cannot be written is not sent.
  // Errors: kInvalid, kTooLarge, kNotFound, kUnavailable where the device is not connected or the broker is away.
  Task<Result<SendOutput>> send(Call call, SendInput input);

  // Errors: kNotFound, also for those who may not see it.
  Task<Result<CommandOutput>> find(Call call, std::string command_id);

  Task<Result<StatusOutput>> status(Call call);

  // The broker handed a command over. Written within a tenth of a second, many together.
  void delivered(const CommandDelivered& event);
  Task<void> keep_writing();

 private:
  Task<Result<SendOutput>> repeat(Command like);
  Task<Result<void>> publish(Publish message, std::string command_id);
  Task<bool> may_see(Principal principal, Command command);

  Host& host_;
  Repository& repository_;
  StatusBoard& board_;
  ServiceClient& devices_;
  ServiceClient link_;
  ServiceClient access_;
  const Settings& settings_;
  std::mutex mutex_;  // guards what follows
  std::vector<std::pair<std::string, Timestamp>> delivered_;
};

}  // namespace gatetorio::commands
