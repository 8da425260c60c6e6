#include "core/operations/streams.hpp"

#include <utility>

#include "gatetorio/result.hpp"

namespace gatetorio::core {

std::uint64_t Streams::open(Sink sink, gtr_completion closed) {
  auto stream = std::make_shared<Stream>();
  stream->sink = sink;
  stream->closed = closed;
  const std::lock_guard lock(mutex_);
  streams_.emplace(++last_, std::move(stream));
  return last_;
}

std::shared_ptr<Streams::Stream> Streams::find(std::uint64_t stream) const {
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(stream);
  return found == streams_.end() ? nullptr : found->second;
}

std::shared_ptr<Streams::Stream> Streams::remove(std::uint64_t stream) {
  const std::lock_guard lock(mutex_);
  const auto found = streams_.extract(stream);
  return found ? found.mapped() : nullptr;
}

void Streams::begin(std::uint64_t number) {
  const auto stream = find(number);
  if (!stream) return;
  bool has_ended = false;
  {
    const std::lock_guard lock(stream->mutex);
    stream->begun = true;
    for (const std::string& event : stream->early) stream->sink.data(stream->sink.context, to_bytes(event));
    stream->early.clear();
    has_ended = stream->ended;
    if (has_ended) stream->sink.end(stream->sink.context);
  }
  if (has_ended) remove(number);
}

gtr_status Streams::write(std::uint64_t number, std::string_view event) {
  constexpr std::size_t kMaxEarly = 1024;
  constexpr std::size_t kMaxEarlyBytes = 1 << 20;
  const auto stream = find(number);
  if (!stream) return GTR_GONE;
  const std::lock_guard lock(stream->mutex);
  if (stream->ended) return GTR_GONE;
  if (stream->begun) {
    stream->sink.data(stream->sink.context, to_bytes(event));
    return GTR_OK;
  }
  const bool has_room = stream->early.size() < kMaxEarly && stream->early_bytes + event.size() <= kMaxEarlyBytes;
  if (!has_room) return GTR_GONE;
  stream->early_bytes += event.size();
  stream->early.emplace_back(event);
  return GTR_OK;
}

void Streams::end(std::uint64_t number) {
  const auto stream = find(number);
  if (!stream) return;
  bool has_begun = false;
  {
    const std::lock_guard lock(stream->mutex);
    if (stream->ended) return;
    stream->ended = true;
    has_begun = stream->begun;
    if (has_begun) stream->sink.end(stream->sink.context);
  }
  if (has_begun) remove(number);  // else `begin` or `drop` does
  stream->closed.done(stream->closed.context, GTR_OK, {nullptr, 0});
}

void Streams::drop(std::uint64_t number) {
  const auto stream = remove(number);
  if (!stream) return;
  {
    const std::lock_guard lock(stream->mutex);
    if (std::exchange(stream->ended, true)) return;
  }
  stream->closed.done(stream->closed.context, GTR_OK, {nullptr, 0});
}

void Streams::close_all() {
  std::vector<std::uint64_t> open;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, stream] : streams_) open.push_back(number);
  }
  for (const std::uint64_t number : open) end(number);
}

}  // namespace gatetorio::core
