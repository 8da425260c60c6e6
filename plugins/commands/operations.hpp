// What this plugin offers to the outside, in terms of its service.
#pragma once

#include "event_feed.hpp"
#include "gatetorio/operations.hpp"
#include "history.hpp"
#include "service.hpp"
#include "site_holds.hpp"

namespace gatetorio::commands {

class Operations {
 public:
  Operations(Host& host, Service& service, History& history, RuleBook& rules, SiteHolds& site_holds, EventFeed& feed);
  // Announces all of them. In configure().
  void declare();

 private:
  void declare_commands();
  void declare_rules();
  void declare_site_holds();
  Task<Result<Reply<Nothing>>> events(Call call, DeviceRef device);
  Task<Result<std::string>> state_text(Call call, DeviceRef device);

  Service& service_;
  History& history_;
  RuleBook& rules_;
  SiteHolds& site_holds_;
  EventFeed& feed_;
  OperationSet<Operations> set_;
};

}  // namespace gatetorio::commands
