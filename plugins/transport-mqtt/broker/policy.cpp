#include "broker/policy.hpp"

#include <algorithm>

#include "gatetorio/identity.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::size_t kMaxControllerId = 64;
constexpr std::string_view kAddressPrefix = "$gatetorio/devices/";

TopicKind kind_of(std::string_view leaf) {
  if (leaf == "commands") return TopicKind::kCommands;
  return leaf == "status" ? TopicKind::kStatus : TopicKind::kOther;
}

bool has_wildcard(std::string_view filter) { return filter.find_first_of("+#") != std::string_view::npos; }

}  // namespace

const Rule* find_rule(const Policy& policy, std::string_view controller_id, std::int64_t now_us) {
  if (!policy.valid) return nullptr;
  const auto found = std::lower_bound(policy.rules.begin(), policy.rules.end(), controller_id,
                                      [](const Rule& rule, std::string_view id) { return rule.controller_id < id; });
  if (found == policy.rules.end() || found->controller_id != controller_id) return nullptr;
  if (found->expires_at_us != 0 && found->expires_at_us <= now_us) return nullptr;
  return &*found;
}

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
  const TopicKind kind = kind_of(rest.substr(slash + 1));
  return kind == TopicKind::kOther ? Topic{} : Topic{kind, id};
}

std::string address(std::int64_t device_id, TopicKind kind) {
  return topic_of(kAddressPrefix.substr(0, kAddressPrefix.size() - 1), std::to_string(device_id), kind);
}

Address parse_address(std::string_view topic) {
  if (!topic.starts_with(kAddressPrefix)) return {};
  topic.remove_prefix(kAddressPrefix.size());
  const auto slash = topic.find('/');
  if (slash == std::string_view::npos) return {};
  const auto id = parse_id(topic.substr(0, slash));
  const TopicKind kind = kind_of(topic.substr(slash + 1));
  return id && kind != TopicKind::kOther ? Address{kind, *id} : Address{};
}

std::string topic_of(std::string_view prefix, std::string_view controller_id, TopicKind kind) {
  std::string topic(prefix);
  return topic.append("/").append(controller_id).append(kind == TopicKind::kCommands ? "/commands" : "/status");
}

bool filter_matches(std::string_view filter, std::string_view topic) {
  while (true) {
    const auto filter_end = std::min(filter.find('/'), filter.size());
    const auto topic_end = std::min(topic.find('/'), topic.size());
    const std::string_view level = filter.substr(0, filter_end);
    if (level == "#") return true;
    if (level != "+" && level != topic.substr(0, topic_end)) return false;
    const bool is_last = filter_end == filter.size(), is_topics_last = topic_end == topic.size();
    if (is_last || is_topics_last) return (is_last && is_topics_last) || filter.substr(filter_end) == "/#";
    filter.remove_prefix(filter_end + 1);
    topic.remove_prefix(topic_end + 1);
  }
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

bool could_match(std::string_view prefix, std::string_view filter) {
  // The level at which names of devices stand.
  std::string_view name = filter;
  for (auto levels = std::count(prefix.begin(), prefix.end(), '/') + 1; levels > 0; --levels) {
    const auto slash = name.find('/');
    name = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
  }
  name = name.substr(0, name.find('/'));
  if (name.size() > kMaxControllerId) return false;
  if (name.empty() || has_wildcard(name)) name = "x";
  return filter_matches(filter, topic_of(prefix, name, TopicKind::kCommands)) ||
         filter_matches(filter, topic_of(prefix, name, TopicKind::kStatus));
}

bool may_subscribe(const Policy& policy, std::string_view prefix, std::string_view filter, std::int64_t now_us) {
  if (!policy.valid || filter.empty() || filter.front() == '$') return false;
  if (has_wildcard(filter)) return could_match(prefix, filter);
  return may_receive(policy, parse_topic(prefix, filter), now_us);
}

std::string_view own_controller(const Policy& policy) {
  for (const Rule& rule : policy.rules) {
    if (rule.is_self) return rule.controller_id;
  }
  return {};
}

}  // namespace gatetorio::transport_mqtt
