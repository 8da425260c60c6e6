#include "event_history.hpp"

#include <charconv>

namespace gatetorio::commands {

void EventHistory::open(std::int64_t device_id) { channels_.try_emplace(device_id); }

void EventHistory::close(std::int64_t device_id) {
  const auto found = channels_.find(device_id);
  if (found == channels_.end()) return;
  while (!found->second.events.empty()) drop_oldest(found->second);
  channels_.erase(found);
}

const EventHistory::Event* EventHistory::add(std::int64_t device_id, std::string type, std::string data) {
  const auto found = channels_.find(device_id);
  if (found == channels_.end()) return nullptr;
  Channel& channel = found->second;
  const std::size_t size = data.size();
  all_.push_back({device_id, ++channel.last, std::move(type), std::move(data)});
  channel.events.push_back(std::prev(all_.end()));
  channel.bytes += size;
  bytes_ += size;
  while (channel.events.size() > 1 &&
         (channel.events.size() > limits_.device_events || channel.bytes > limits_.device_bytes)) {
    drop_oldest(channel);
  }
  while (all_.size() > 1 && (all_.size() > limits_.events || bytes_ > limits_.bytes)) {
    drop_oldest(channels_.at(all_.front().device_id));
  }
  return &all_.back();
}

void EventHistory::lose_all() {
  all_.clear();
  bytes_ = 0;
  for (auto& [id, channel] : channels_) {
    channel.events.clear();
    channel.bytes = 0;
    channel.lost = ++channel.last;  // a number that no event has: what was lost came before it
  }
}

std::uint64_t EventHistory::last_number(std::int64_t device_id) const { return channels_.at(device_id).last; }

std::string EventHistory::id_of(std::int64_t device_id, std::uint64_t number) const {
  const auto bytes = [](const std::uint64_t& of) {
    return std::string_view(reinterpret_cast<const char*>(&of), sizeof of);
  };
  const std::uint64_t proof = channels_.at(device_id).proof_of(bytes(number));
  return std::to_string(number) + "-" + to_hex(bytes(proof));
}

std::optional<std::uint64_t> EventHistory::number_of(std::int64_t device_id, std::string_view id) const {
  std::uint64_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  if (!channels_.contains(device_id) || !equal_in_constant_time(id, id_of(device_id, number))) return std::nullopt;
  return number;
}

bool EventHistory::has_all_after(std::int64_t device_id, std::uint64_t number) const {
  return channels_.at(device_id).lost <= number;
}

void EventHistory::drop_oldest(Channel& channel) {
  const auto oldest = channel.events.front();
  channel.events.pop_front();
  channel.lost = oldest->number;
  channel.bytes -= oldest->data.size();
  bytes_ -= oldest->data.size();
  all_.erase(oldest);
}

}  // namespace gatetorio::commands
