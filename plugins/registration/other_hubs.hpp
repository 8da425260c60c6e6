// The other hubs on this database: whoever of them has died holds nobody online any more.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "repository.hpp"

namespace gatetorio::registration {

class OtherHubs {
 public:
  // `left`: those who were connected to a hub that has died, by the columns, which say otherwise now; those whom it had
  // heard by a heartbeat are this hub's.
  using Left = std::function<void(const std::vector<LastSeen>&)>;
  OtherHubs(Host& host, Repository& repository, Left left)
      : host_(host), repository_(repository), left_(std::move(left)) {}

  // In start(), until the hub stops. `own`: this hub's id.
  void begin(std::string own);

 private:
  using Clock = std::chrono::steady_clock;
  struct Seen {
    Timestamp alive_at;  // by that hub's clock, which is compared with itself alone
    Clock::time_point since;
  };

  Task<void> watch(std::string own);
  Task<Result<void>> look(std::string own);

  Host& host_;
  Repository& repository_;
  const Left left_;
  std::map<std::string, Seen> seen_;
  Clock::time_point looked_at_{};
};

}  // namespace gatetorio::registration
