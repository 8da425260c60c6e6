// What the guard and the hub say to each other: frames cut out of a stream, their messages, and the questions that a
// policy answers. The hub trusts the guard and the guard the hub; a frame that is half or wrong must still harm
// neither.
#include "broker/protocol.hpp"
#include "fuzz.hpp"

using namespace gatetorio;
using namespace gatetorio::transport_mqtt;

namespace {

std::vector<Frame> cut(FrameReader& reader, std::string_view bytes) {
  std::vector<Frame> frames;
  reader.append(bytes);
  while (auto frame = reader.next()) frames.push_back(*std::move(frame));
  return frames;
}

std::vector<Frame> cut_in_pieces(FrameReader& reader, std::string_view bytes) {
  std::vector<Frame> frames;
  fuzz::Pieces sizes(bytes);
  while (!bytes.empty()) {
    const auto size = std::min(sizes.next(), bytes.size());
    for (Frame& frame : cut(reader, bytes.substr(0, size))) frames.push_back(std::move(frame));
    bytes.remove_prefix(size);
  }
  return frames;
}

void check_policy(Policy policy) {
  sort_rules(policy);
  for (const Rule& rule : policy.rules) {
    for (const TopicKind kind : {TopicKind::kCommands, TopicKind::kStatus}) {
      const std::string text = topic_of("gatetorio", rule.controller_id, kind);
      const Topic topic = parse_topic("gatetorio", text);
      const Rule* found = find_rule(policy, rule.controller_id, 1);
      FUZZ_HOLDS(found == nullptr || (policy.valid && found->controller_id == rule.controller_id));
      // Nobody may do what no rule says.
      if (may_publish(policy, topic, 1))
        FUZZ_HOLDS(found && (kind == TopicKind::kStatus ? found->is_self : found->may_command));
      if (may_receive(policy, topic, 1)) {
        FUZZ_HOLDS(found && (kind == TopicKind::kCommands ? found->is_self : found->may_read_status));
        FUZZ_HOLDS(may_subscribe(policy, "gatetorio", text, 1) || text.front() == '$');
      }
    }
  }
  FUZZ_HOLDS(policy.valid || !may_subscribe(policy, "gatetorio", "#", 1));
}

template <class T>
bool check_message(const Frame& frame) {
  if (frame.type != T::kType) return false;
  const fuzz::Exact body(frame.body);
  T message;
  if (!wire::decode(body.view(), message)) return true;
  if constexpr (std::is_same_v<T, SetPolicy>) check_policy(message.policy);
  const std::string bytes = to_frame(message);
  FrameReader reader;
  const auto frames = cut(reader, bytes);
  FUZZ_HOLDS(frames.size() == 1 && frames[0].type == T::kType);
  T again;
  FUZZ_HOLDS(wire::decode(frames[0].body, again) && to_frame(again) == bytes);
  return true;
}

template <class... Messages>
void check_messages(const Frame& frame) {
  static_cast<void>((check_message<Messages>(frame) || ...));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exact input(fuzz::text_of(data, size));
  FrameReader at_once, in_pieces;
  const auto frames = cut(at_once, input.view());
  const auto same = cut_in_pieces(in_pieces, input.view());
  FUZZ_HOLDS(at_once.broken() == in_pieces.broken() && frames.size() == same.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    FUZZ_HOLDS(frames[i].type == same[i].type && frames[i].body == same[i].body);
    check_messages<Hello, ConnectRequest, SessionOpened, SessionClosed, Sessions, Counters, CommandPassed, DeviceStatus,
                   AbsentHolders, ConnectReply, SetPolicy, Synced>(frames[i]);
  }
  return 0;
}
