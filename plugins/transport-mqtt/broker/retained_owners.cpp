#include "broker/retained_owners.hpp"

#include <algorithm>
#include <vector>

#include "broker/state_file.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::transport_mqtt {
namespace {

struct SavedRetained {
  std::string controller_id;
  std::int64_t device_id = 0;
  std::string digest;
  bool is_will = false;
};
BOOST_DESCRIBE_STRUCT(SavedRetained, (), (controller_id, device_id, digest, is_will))

struct SavedList {
  std::vector<SavedRetained> retained;
};
BOOST_DESCRIBE_STRUCT(SavedList, (), (retained))

}  // namespace

void RetainedOwners::keep(std::string_view controller_id, std::int64_t device_id, std::string_view payload, From from) {
  auto found = kept_.find(controller_id);
  if (found == kept_.end()) found = kept_.try_emplace(std::string(controller_id)).first;
  Kept& kept = found->second[static_cast<std::size_t>(from)];
  std::string digest = sha256(payload);
  if (kept.device_id == device_id && kept.digest == digest) return;
  kept = {device_id, std::move(digest)};
  has_changed_ = true;
}

bool RetainedOwners::is_of(std::string_view controller_id, std::int64_t device_id, std::string_view payload) const {
  const auto found = kept_.find(controller_id);
  if (found == kept_.end()) return false;
  const std::string digest = sha256(payload);
  return std::any_of(found->second.begin(), found->second.end(),
                     [&](const Kept& kept) { return kept.device_id == device_id && kept.digest == digest; });
}

bool RetainedOwners::forget(std::string_view controller_id) {
  const auto found = kept_.find(controller_id);
  if (found == kept_.end()) return false;
  kept_.erase(found);
  has_changed_ = true;
  return true;
}

bool RetainedOwners::save(const std::string& path) {
  has_changed_ = false;
  SavedList saved;
  for (const auto& [controller_id, kept] : kept_) {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (kept[i].device_id != 0) saved.retained.push_back({controller_id, kept[i].device_id, kept[i].digest, i == 1});
    }
  }
  return write_state(path, saved);
}

bool RetainedOwners::load(const std::string& path) {
  SavedList saved;
  if (!read_state(path, saved)) return false;
  for (SavedRetained& retained : saved.retained) {
    kept_[std::move(retained.controller_id)][retained.is_will ? 1 : 0] = {retained.device_id,
                                                                          std::move(retained.digest)};
  }
  return true;
}

}  // namespace gatetorio::transport_mqtt
