// Brokers that asked once go on as they were told. So whoever loses a right is thrown out, and is asked about anew when
// it comes back. What was told before the hub's start, or changed without its knowledge, is seen in what the broker
// lists.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "external/connection_book.hpp"
#include "external/decisions.hpp"
#include "external/evictions.hpp"
#include "external/inventory.hpp"
#include "gatetorio/credentials.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/events.hpp"

namespace gatetorio::transport_mqtt {

// Is everything that was allowed still allowed, and for as long?
bool covers(const Policy& now, const Policy& before);

// Usable from any thread.
class Revocation {
 public:
  using TakeInventory = std::function<Task<Result<Inventory>>()>;
  // The connections of one user name. Errors as of the inventory.
  using ListConnections = std::function<Task<Result<std::vector<BrokerConnection>>>(std::string username)>;

  // Without `list_connections` there is nobody to ask.
  Revocation(Host& host, const Options& options, Decisions& decisions, Evictions& evictions, ConnectionBook& book,
             TakeInventory take_inventory, ListConnections list_connections)
      : host_(host),
        options_(options),
        decisions_(decisions),
        evictions_(evictions),
        book_(book),
        take_inventory_(std::move(take_inventory)),
        list_connections_(std::move(list_connections)),
        user_passwords_(host, Authenticator::kId, "password:user-") {}

  // In configure().
  void subscribe();
  // Before somebody's rights are looked up for the broker, and when it is told them: so that a change in between is
  // noticed.
  std::uint64_t mark() const { return changes_; }
  void told(const Policy& policy, std::uint64_t mark);
  // A client is let in. Before the broker is told.
  void let_in(const BrokerClientRights& client, const std::string& client_id);
  // A client may be there with a password that ends then (UTC; 0: never).
  void password_ends(const std::string& username, std::int64_t ends_us);
  // While somebody is thrown out it may do nothing, whatever its rights are by now.
  bool is_barred(std::string_view username) const { return evictions_.is_barred(username); }
  bool is_known(const std::string& username) const;

  // In start(). Throws out when rights or passwords end by the clock.
  void watch_ends();
  // In start(). Compares everything that the broker lists with the rights of the moment: at once, after lost events,
  // and every recheck_seconds.
  void begin_comparing();
  bool has_compared() const { return has_compared_; }

 private:
  void remember(const Policy& policy);
  void forget(const std::string& username);
  void device_lost_name(std::int64_t device_id, const std::string& name);
  void events_were_lost();
  Task<void> compare(std::string username);
  Task<void> compare_later(std::string username);
  Task<void> password_ended(std::string username);
  using Marks = std::set<std::string>;
  Task<Result<Marks>> marks_of(std::string username);
  bool has_ended(const BrokerConnection& connection, const Marks& marks) const;
  Task<Result<BrokerClientRights>> rights_of(std::string username);
  void evict_ended();
  void compare_soon(std::chrono::milliseconds within);
  Task<void> compare_again();
  Task<Result<void>> compare_all();
  Task<Result<void>> judge(std::string username, BrokerHoldings holdings);
  bool holds_too_much(const BrokerClientRights& client, const BrokerHoldings& holdings);
  bool may_be_old(const BrokerClientRights& client, const BrokerHoldings& holdings, const Marks& marks);

  Host& host_;
  const Options& options_;
  Decisions& decisions_;
  Evictions& evictions_;
  ConnectionBook& book_;
  const TakeInventory take_inventory_;
  const ListConnections list_connections_;
  ServiceClient user_passwords_;
  std::atomic<std::uint64_t> changes_ = 0;
  std::atomic<bool> has_compared_ = false;
  std::atomic<bool> looks_for_old_ = true;  // clients that were let in before this process began
  std::chrono::steady_clock::time_point began_comparing_;
  mutable std::mutex mutex_;  // guards what follows
  Ticker comparison_;
  std::unordered_map<std::string, Policy> told_;                     // by user name
  std::set<std::string> let_in_;                                     // client ids, as long as it looks for old ones
  std::set<std::pair<std::int64_t, std::string>> ends_us_;           // of rights, with the user name
  std::set<std::pair<std::int64_t, std::string>> password_ends_us_;  // the same, of passwords
  std::vector<Subscription> subscriptions_;
};

}  // namespace gatetorio::transport_mqtt
