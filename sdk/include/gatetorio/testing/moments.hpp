// All moments of a call at which something else can happen, one after the other: before its first batch of SQL, and
// after each, when it is on the disk and the plugin does not know it yet.
//
//   for (Moments moments; moments.next();) {
//     Rules rules;                                            // everything anew
//     auto redeeming = moments.begin(rules.host, "sharing.redeem", {...});
//     rules.host.invoke("sharing.revoke", {...});             // happens at this moment
//     rules.host.release();
//     const Outcome outcome = redeeming.take();               // what must hold now?
//   }
#pragma once

#include <string>
#include <utility>

#include "gatetorio/sql.hpp"
#include "gatetorio/testing/fake_host.hpp"

namespace gatetorio::testing {

class Moments {
 public:
  // False where the call was over at the moment before.
  bool next() {
    ++moment_;
    return std::exchange(has_stopped_, false);
  }
  // Which it is, for INFO: 0 is before the first batch, n is after the nth.
  int number() const { return moment_; }
  // Runs the call up to this moment. Throws where it waits for something else.
  Pending<Outcome> begin(FakeHost& host, const std::string& operation, Ask ask = {}) {
    moment_ == 0 ? host.hold(sql::kServiceId) : host.hold_answer(sql::kServiceId, "", moment_ - 1);
    Pending<Outcome> pending = host.begin(operation, std::move(ask));
    host.run_until([&] { return host.held() > 0 || pending.is_done(); });
    host.run();
    has_stopped_ = host.held() > 0;
    host.clear_faults();
    return pending;
  }

 private:
  int moment_ = -1;
  bool has_stopped_ = true;
};

}  // namespace gatetorio::testing
