#include "broker/policy.hpp"

#include <algorithm>

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::size_t kMaxControllerId = 64;

// The principal's rule for this controller, or null where it has none that is valid now.
const Rule* find_rule(const Policy& policy, std::string_view controller_id, std::int64_t now_us) {
  if (!policy.valid) return nullptr;
  const auto found = std::lower_bound(policy.rules.begin(), policy.rules.end(), controller_id,
                                      [](const Rule& rule, std::string_view id) { return rule.controller_id < id; });
  if (found == policy.rules.end() || found->controller_id != controller_id) return nullptr;
  if (found->expires_at_us != 0 && found->expires_at_us <= now_us) return nullptr;
  return &*found;
}

bool has_wildcard(std::string_view filter) { return filter.find_first_of("+#") != std::string_view::npos; }

}  // namespace

void sort_rules(Policy& policy) {
  std::sort(policy.rules.begin(), policy.rules.end(),
            [](const Rule& a, const Rule& b) { return a.controller_id < b.controller_id; });
}

Topic parse_topic(std::string_view prefix, std::string_view topic) {
  if (topic.size() <= prefix.size() + 1 || !topic.starts_with(prefix) || topic[prefix.size()] != '/') return {};
  const std::string_view rest = topic.substr(prefix.size() + 1);
  const auto slash = rest.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash > kMaxControllerId) return {};
  const std::string_view id = rest.substr(0, slash);
  if (has_wildcard(id)) return {};
  const std::string_view leaf = rest.substr(slash + 1);
  if (leaf == "commands") return {TopicKind::kCommands, id};
  if (leaf == "status") return {TopicKind::kStatus, id};
  return {};
}

bool may_publish(const Policy& policy, const Topic& topic, std::int64_t now_us) {
  if (topic.kind == TopicKind::kOther) return false;
  const Rule* rule = find_rule(policy, topic.controller_id, now_us);
  if (rule == nullptr) return false;
  return topic.kind == TopicKind::kStatus ? rule->is_self : rule->may_command;
}

bool may_receive(const Policy& policy, const Topic& topic, std::int64_t now_us) {
  if (topic.kind == TopicKind::kOther) return false;
  const Rule* rule = find_rule(policy, topic.controller_id, now_us);
  if (rule == nullptr) return false;
  return topic.kind == TopicKind::kCommands ? rule->is_self : rule->may_read_status;
}

bool may_subscribe(const Policy& policy, std::string_view prefix, std::string_view filter, std::int64_t now_us) {
  if (!policy.valid || filter.empty() || filter.front() == '$') return false;
  if (has_wildcard(filter)) return true;
  return may_receive(policy, parse_topic(prefix, filter), now_us);
}

std::string_view own_controller(const Policy& policy) {
  for (const Rule& rule : policy.rules) {
    if (rule.is_self) return rule.controller_id;
  }
  return {};
}

}  // namespace gatetorio::transport_mqtt
