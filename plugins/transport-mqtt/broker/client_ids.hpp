// Whose the client ids of absent clients are: a persistent session waits in the broker for its owner, and nobody else
// may take it over. The broker does not say which sessions persist, so it is asked, sparingly.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatetorio::transport_mqtt {

class ClientIds {
 public:
  using Clock = std::chrono::system_clock;
  // Does the broker still hold a session of this client id, whose client is not connected?
  using Probe = std::function<bool(const std::string& client_id)>;

  // What is to be known of a session while its client is away.
  struct Kept {
    std::string username;
    std::string listens_by;              // the filter by which it had subscribed to its commands, or nothing
    std::vector<std::string> wildcards;  // its filters with + or #
  };

  // A client left; its session may persist.
  void left(std::string client_id, Kept kept, Clock::time_point now);
  void listens_no_more(const std::string& client_id, std::string_view filter);
  // Its owner is back; nothing where it was not known to be away.
  std::optional<Kept> is_back(std::string_view client_id);
  bool is_held(std::string_view client_id) const { return absent_.find(client_id) != absent_.end(); }
  // How many a user name holds that have left since the broker's start; of the others nobody can tell whether they
  // live.
  std::int64_t count(const std::string& username) const;
  // The ids that absent clients of a user name hold; who holds any; and: they hold them no longer.
  std::vector<std::string> of(std::string_view username) const;
  std::vector<std::string> holders() const;
  void release(std::string_view username);
  // True where an absent client of another principal still has a session of this id.
  bool held_by_other(std::string_view client_id, std::string_view username, const Probe& probe, Clock::time_point now);
  // Drops those of a user name that have no session any more; asks about each every 5 s at most.
  void ask_about(const std::string& username, const Probe& probe, Clock::time_point now);
  // Drops those that left since the last call and have no session, and now and then all that have none any more.
  void sweep(const Probe& probe, Clock::time_point now);

  // Written when the broker stops and read when it starts again, beside the broker's own file of sessions. Both return
  // false where the file cannot be used; the broker then goes on without.
  bool save(const std::string& path) const;
  bool load(const std::string& path, Clock::time_point now);
  std::size_t size() const { return absent_.size(); }

 private:
  struct Absent {
    Kept kept;
    Clock::time_point left_at;
    Clock::time_point asked_at;  // when the broker was last asked
    bool from_file = false;      // left before the broker's start: asking would harm the restored session
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  using Entries = std::unordered_map<std::string, Absent, Hash, std::equal_to<>>;
  void add(std::string client_id, Absent absent);
  void erase(Entries::const_iterator entry);

  Entries absent_;
  struct Count {
    std::int64_t all = 0, recent = 0;
  };
  std::unordered_map<std::string, Count> counts_;  // of absent_, by user name
  std::vector<std::string> unasked_;               // left since the last sweep
  Clock::time_point swept_at_{};                   // when all were asked about
};

}  // namespace gatetorio::transport_mqtt
