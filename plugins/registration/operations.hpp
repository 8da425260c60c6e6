// What this plugin offers to the outside, in terms of its service.
#pragma once

#include "gatetorio/operations.hpp"
#include "service.hpp"

namespace gatetorio::registration {

class Operations {
 public:
  Operations(Host& host, Service& service, Presence& presence, Repository& repository);
  // Announces all of them. In configure().
  void declare();

 private:
  Task<Result<Reply<RegisterOutput>>> register_device(Call call, RegisterInput input);
  Task<Result<Reply<DeviceOutput>>> get(Call call, DeviceRef input);
  Task<Result<Reply<DeviceOutput>>> update(Call call, UpdateInput input);
  Task<Result<Reply<HeartbeatOutput>>> heartbeat(Call call, DeviceRef input);
  Task<Result<Reply<Nothing>>> remove(Call call, DeviceRef input);
  Task<Result<Reply<PendingOutput>>> pending(Call call, Nothing input);
  Task<Result<Reply<Nothing>>> approve(Call call, PendingRef input);
  Task<Result<Reply<Nothing>>> deny(Call call, PendingRef input);
  Task<Result<Reply<ReleaseOutput>>> release(Call call, DeviceRef input);
  Task<Result<Reply<NewKeyOutput>>> make_key(Call call, NewKeyInput input);

  Service& service_;
  Presence& presence_;
  Repository& repository_;
  OperationSet<Operations> set_;
};

}  // namespace gatetorio::registration
