// What this plugin offers to the outside, in terms of its service.
#pragma once

#include "gatetorio/operations.hpp"
#include "service.hpp"

namespace gatetorio::auth {

class Operations {
 public:
  Operations(Host& host, Service& service, Repository& repository);
  // Announces all of them. In configure().
  void declare();

 private:
  Task<Result<Reply<AuthorizeOutput>>> authorize(Call call, AuthorizeInput input);
  Task<Result<Reply<DiscoverOutput>>> discover(Call call, DiscoverInput input);
  Task<Result<Reply<DiscoverOutput>>> my_devices(Call call, MyDevicesInput input);
  Task<Result<Reply<AccessOutput>>> access(Call call, DeviceRef input);
  Task<Result<Reply<UsersOutput>>> users(Call call, UsersInput input);
  Task<Result<Reply<Nothing>>> remove(Call call, UserRef input);
  Task<Result<Reply<MqttCredentialsOutput>>> mqtt_credentials(Call call, TokenInput input);

  Service& service_;
  Repository& repository_;
  OperationSet<Operations> set_;
};

}  // namespace gatetorio::auth
