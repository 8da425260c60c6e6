// The hub's end of the guard's socket: answers who may connect, hears who came and went, and tells of changes. It keeps
// what it has confirmed, so that a guard that starts anew hears everything before the first client knocks.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "broker/protocol.hpp"

namespace gatetorio::transport_mqtt {

class LinkServer {
 public:
  // What the hub says to a ConnectRequest.
  struct Answer {
    bool allow = false;
    Policy policy = {};               // counts where allowed; its passwords are filled in
    std::int64_t valid_until_us = 0;  // UTC; the end of the password that was asked about. 0: none
  };
  // May be called on any thread, once.
  using Reply = std::function<void(Answer answer)>;

  // All on the server's one thread, which they must not block.
  struct Callbacks {
    std::function<void(ConnectRequest request, Reply reply)> connect_request;
    std::function<void(SessionOpened session)> session_opened;
    std::function<void(SessionClosed session)> session_closed;
    // A guard came: these are all its sessions. None for a broker that has just started.
    std::function<void(Sessions sessions)> sessions;
    std::function<void(CommandPassed passed)> command_passed;
    std::function<void(DeviceStatus status)> device_status;
    // Who has sessions that wait in the broker: whoever of them has no rights is to be told of by set_policy.
    std::function<void(std::vector<std::string> usernames)> absent_holders;
    std::function<void(Counters counters)> counters;
    std::function<void(const OverBudget& excess)> over_budget;
  };

  // `path`: of the socket, at most 107 bytes; its folder must be one that only this user can enter.
  LinkServer(std::string path, Callbacks callbacks);
  // As `stop`.
  ~LinkServer();

  // Opens the socket and starts the thread. Returns an error's text or nothing.
  std::string start();
  // Ends the thread; no callback comes after it.
  void stop();

  // From any thread: what this principal may do now. Its confirmed passwords are forgotten, so that the next connection
  // asks; connections that live keep living, unless the policy is not valid.
  void set_policy(Policy policy);
  // The same where the guard believes something else; where not, nothing happens and passwords stay confirmed.
  void correct_policy(Policy policy);
  // From any thread: these are the marks (KnownPassword) of the passwords that a principal has. Others that were
  // confirmed are forgotten. Whether sessions may have begun with one of them that should not have ended yet, so that
  // the guard does not end them.
  bool keep_passwords(const std::string& username, const std::set<std::string>& marks);
  // From any thread: whoever comes to the broker from `address` is `peer`; an empty peer: nobody comes from there now.
  void relay(const std::string& address, const std::string& peer);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace gatetorio::transport_mqtt
