// Lockdown and hold-open of a whole site: of each device that belongs to it now.
#pragma once

#include <string>

#include "gatetorio/services.hpp"
#include "gatetorio/sites.hpp"
#include "rule_book.hpp"

namespace gatetorio::commands {

struct SiteHoldInput {
  RowId site_id;
  TimeText until;  // at most a year ahead
  std::optional<Text<ReasonRule>> reason;
};
BOOST_DESCRIBE_STRUCT(SiteHoldInput, (), (site_id, until, reason))

struct SiteRef {
  RowId site_id;
};
BOOST_DESCRIBE_STRUCT(SiteRef, (), (site_id))

struct SiteHoldOutput {
  std::int64_t site_id = 0;
  std::int64_t devices = 0;        // how many it is about
  std::optional<Timestamp> until;  // null: it has been ended
};
BOOST_DESCRIBE_STRUCT(SiteHoldOutput, (), (site_id, devices, until))

// Each operation changes all devices or none. Any thread.
class SiteHolds {
 public:
  SiteHolds(Host& host, RuleBook& rules) : rules_(rules), sites_(host, SiteRegistry::kId) {}

  // Of the site on which the call was authorised. Errors: kInvalid; kUnavailable where nobody knows of sites.
  Task<Result<SiteHoldOutput>> lock_down(Call call, SiteHoldInput input);
  Task<Result<SiteHoldOutput>> end_lockdown(Call call, SiteRef);
  Task<Result<SiteHoldOutput>> hold_open(Call call, SiteHoldInput input);
  Task<Result<SiteHoldOutput>> end_hold_open(Call call, SiteRef);

 private:
  Task<Result<SiteHoldOutput>> begin(Call call, SiteHoldInput input, HoldKind kind);
  Task<Result<SiteHoldOutput>> end(Call call, HoldKind kind);

  RuleBook& rules_;
  ServiceClient sites_;
};

}  // namespace gatetorio::commands
