// Names that have belonged to more than one device. A status that the broker still holds for somebody (queued, or of a
// QoS 2 flow that was not released) knows only its topic: under such a name it is delivered only if the present holder
// has sent it.
#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace gatetorio::transport_mqtt {

class NameChanges {
 public:
  // A device has given the name up. The last 100,000 names are remembered.
  void given_up(std::string_view controller_id);
  // A status was published under the name; remembered where the name has a past, the last 50,000 of all names.
  void published(std::string_view controller_id, std::int64_t device_id, std::string_view payload);
  // May this status be the device's?
  bool may_be_of(std::string_view controller_id, std::int64_t device_id, std::string_view payload) const;
  std::size_t statuses() const { return order_.size(); }

 private:
  using Sent = std::pair<std::int64_t, std::string>;  // device, digest
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  void forget_oldest();

  std::unordered_map<std::string, std::multiset<Sent>, Hash, std::equal_to<>> names_;
  std::deque<std::string> names_in_order_;
  std::deque<std::pair<std::string, Sent>> order_;  // of all that is in names_
};

}  // namespace gatetorio::transport_mqtt
