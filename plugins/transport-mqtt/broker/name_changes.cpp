#include "broker/name_changes.hpp"

#include "broker/digest.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::size_t kMostRemembered = 1'000;

}  // namespace

void NameChanges::given_up(std::string_view controller_id) { names_.try_emplace(std::string(controller_id)); }

void NameChanges::published(std::string_view controller_id, std::int64_t device_id, std::string_view payload) {
  const auto found = names_.find(controller_id);
  if (found == names_.end()) return;
  Sent& sent = found->second;
  sent.order.emplace_back(device_id, sha256_of(payload));
  sent.known.insert(sent.order.back());
  if (sent.order.size() <= kMostRemembered) return;
  sent.known.erase(sent.known.find(sent.order.front()));
  sent.order.pop_front();
}

bool NameChanges::may_be_of(std::string_view controller_id, std::int64_t device_id, std::string_view payload) const {
  const auto found = names_.find(controller_id);
  return found == names_.end() || found->second.known.contains({device_id, sha256_of(payload)});
}

}  // namespace gatetorio::transport_mqtt
