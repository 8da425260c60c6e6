#include "broker/name_changes.hpp"

#include "gatetorio/secret.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::size_t kMostNames = 100'000;
constexpr std::size_t kMostStatuses = 50'000;

}  // namespace

void NameChanges::given_up(std::string_view controller_id) {
  if (!names_.try_emplace(std::string(controller_id)).second) return;
  names_in_order_.emplace_back(controller_id);
  if (names_in_order_.size() <= kMostNames) return;
  names_.erase(names_in_order_.front());
  names_in_order_.pop_front();
}

void NameChanges::published(std::string_view controller_id, std::int64_t device_id, std::string_view payload) {
  const auto found = names_.find(controller_id);
  if (found == names_.end()) return;
  Sent sent(device_id, sha256(payload));
  found->second.insert(sent);
  order_.emplace_back(controller_id, std::move(sent));
  if (order_.size() > kMostStatuses) forget_oldest();
}

// What is forgotten is not delivered under its name any more, as if nobody had sent it.
void NameChanges::forget_oldest() {
  const auto found = names_.find(order_.front().first);
  if (found != names_.end()) {
    const auto sent = found->second.find(order_.front().second);
    if (sent != found->second.end()) found->second.erase(sent);
  }
  order_.pop_front();
}

bool NameChanges::may_be_of(std::string_view controller_id, std::int64_t device_id, std::string_view payload) const {
  const auto found = names_.find(controller_id);
  return found == names_.end() || found->second.contains({device_id, sha256(payload)});
}

}  // namespace gatetorio::transport_mqtt
