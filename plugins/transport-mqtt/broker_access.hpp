// Answers the guard's question who may connect, and tells it whenever what somebody may do has changed.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gatetorio/credentials.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/services.hpp"
#include "link_server.hpp"
#include "principals.hpp"

namespace gatetorio::transport_mqtt {

class BrokerAccess {
 public:
  explicit BrokerAccess(Host& host)
      : host_(host),
        access_(host, AccessControl::kId),
        device_passwords_(host, Authenticator::kId, "password:device-"),
        user_passwords_(host, Authenticator::kId, "password:user-") {}

  // In configure().
  void subscribe();
  // Before the first question. The server must outlive this object's coroutines.
  void tell_through(LinkServer& server) { server_ = &server; }

  // From any thread.
  void answer(ConnectRequest request, LinkServer::Reply reply);
  // From any thread. Tells the guard of those who have no rights any more.
  void judge_absent(std::vector<std::string> usernames);
  const Principals& principals() const { return principals_; }
  // Has the guard know a device that has never connected, by its present name. False where there is no such device, or
  // nobody can tell.
  Task<bool> introduce(std::int64_t device_id);
  // In start(). Every `pause` looks up anew what everybody may do, in case that somebody changed it without telling
  // this hub.
  void begin_comparing(std::chrono::seconds pause);

 private:
  Task<void> decide(ConnectRequest request, LinkServer::Reply reply);
  void access_changed(const PrincipalId& principal);
  void end_sessions(const PrincipalId& principal);
  void device_changed(std::int64_t device_id);
  Task<void> compare_all();
  Task<void> password_ended(PrincipalId principal);
  Task<void> compare_passwords();
  Task<Result<void>> compare_passwords_of(std::vector<PrincipalId> some, bool ends_sessions);
  bool has_other_credentials(const PrincipalId& principal, const std::string& credentials);
  void compare_password(const PrincipalId& principal, const std::vector<KnownPassword>& all, bool ends_sessions);
  using Tell = void (LinkServer::*)(Policy policy);
  Task<void> find_out(PrincipalId principal, std::uint64_t ticket, Tell how);

  Host& host_;
  ServiceClient access_;
  ServiceClient device_passwords_, user_passwords_;
  LinkServer* server_ = nullptr;
  // How often access changed, of principals whose ids have the same remainder.
  static constexpr std::size_t kChangeCounters = 256;
  std::atomic<std::uint64_t>& changes_of(std::int64_t id) {
    return changes_[static_cast<std::uint64_t>(id) % kChangeCounters];
  }

  Principals principals_;
  std::mutex mutex_;                                // guards credentials_
  std::map<PrincipalId, std::string> credentials_;  // of those who were let in, as KnownPassword has them
  std::array<std::atomic<std::uint64_t>, kChangeCounters> changes_{};
  std::vector<Subscription> subscriptions_;
};

}  // namespace gatetorio::transport_mqtt
