// What this plugin offers to the outside, in terms of its service.
#pragma once

#include "gatetorio/operations.hpp"
#include "service.hpp"

namespace gatetorio::sharing {

class Operations {
 public:
  Operations(Host& host, Service& service) : service_(service), set_(host, this) {}
  // Announces all of them. In configure().
  void declare();

 private:
  Task<Result<Reply<CreateOutput>>> create(Call call, CreateInput input);
  Task<Result<Reply<RedeemOutput>>> redeem(Call call, RedeemInput input);
  Task<Result<Reply<TokensOutput>>> list(Call call, ListInput input);
  Task<Result<Reply<Nothing>>> revoke(Call call, RevokeInput input);
  Task<Result<Reply<Bytes>>> qr(Call call, TokenRef input);

  Service& service_;
  OperationSet<Operations> set_;
};

}  // namespace gatetorio::sharing
