#include "session.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::string_view kHeartbeat = ":\n\n";
constexpr std::string_view kEndOfEvent = "\n\n";

}  // namespace

bool Session::start_stream(std::function<void()> gone) {
  if (!claim()) return false;
  keep_alive_ = false;  // a stream has its connection for itself
  status_ = 200;
  stream_gone_ = std::move(gone);
  out_.clear();
  const bool chunked = request_.minor_version > 0;
  auto head = frame();
  head.keep_alive = chunked;  // no "Connection: close", which some proxies take for a reason to buffer
  append_stream_head(out_, head, chunked);
  worker_->deliver({self_, Delivery::Kind::kStreamStart});
  return true;
}

void Session::write_event(std::string_view event) {
  {
    const std::lock_guard lock(stream_mutex_);
    if (stream_overflow_ || stream_closed_) return;
    const bool was_empty = stream_pending_.empty();
    if (stream_pending_.size() + event.size() + 2 > worker_->shared().settings.max_stream_bytes) {
      stream_overflow_ = true;
    } else {
      stream_pending_ += event;
      if (!event.ends_with(kEndOfEvent)) stream_pending_ += event.ends_with('\n') ? "\n" : kEndOfEvent;
    }
    if (!was_empty && !stream_overflow_) return;
  }
  worker_->deliver({self_, Delivery::Kind::kStreamData});
}

void Session::end_stream() {
  {
    const std::lock_guard lock(stream_mutex_);
    stream_ended_ = true;
  }
  hand_over(Delivery::Kind::kStreamEnd);
}

void Session::begin_streaming() {
  if (state_ != State::kWaiting) {
    if (stream_gone_) std::exchange(stream_gone_, nullptr)();
    return;
  }
  auto& shared = worker_->shared();
  shared.counters.count_response(status_);
  shared.counters.streams.fetch_add(1, std::memory_order_relaxed);
  state_ = State::kStreaming;
  heartbeat_at_ = worker_->now() + shared.settings.deadlines.heartbeat;
  read_to_discard();  // the only way to learn that the peer has gone
  flush_stream();
  if (worker_->draining()) begin_drain();
}

void Session::flush_stream() {
  if (state_ != State::kStreaming) return;
  const bool chunked = request_.minor_version > 0;
  std::unique_lock lock(stream_mutex_);
  if (stream_overflow_) {
    lock.unlock();
    worker_->shared().counters.count_refusal(Refusal::kSlowReader);
    return close();
  }
  if (stream_writing_ || is_saying_continue_) return;
  append_chunk(out_, stream_pending_, chunked);
  stream_pending_.clear();
  const bool ended = stream_ended_;
  lock.unlock();
  if (out_.empty() && !ended) return;
  if (ended && chunked && !stream_finished_) out_ += kLastChunk;
  stream_finished_ = ended;
  heartbeat_at_ = worker_->now() + worker_->shared().settings.deadlines.heartbeat;
  const auto written = write_now(out_);
  if (written < out_.size()) {
    stream_writing_ = true;
    stream_sending_.assign(out_, written);
    out_.clear();
    set_deadline(worker_->shared().settings.deadlines.write);
    return start_write(stream_sending_);
  }
  out_.clear();
  if (!ended) return;
  end_streaming();
  linger();
}

// Called when the connection leaves the streaming state, whatever the reason.
void Session::end_streaming() {
  worker_->shared().counters.streams.fetch_sub(1, std::memory_order_relaxed);
  {
    const std::lock_guard lock(stream_mutex_);
    stream_closed_ = true;
    std::string().swap(stream_pending_);
  }
  if (stream_gone_) std::exchange(stream_gone_, nullptr)();
}

void Session::check_stream(Clock::time_point now) {
  if (stream_writing_) {
    if (now < deadline_) return;
    worker_->shared().counters.count_refusal(Refusal::kSlowReader);
    return close();
  }
  {
    if (now < heartbeat_at_) return;
    const std::lock_guard lock(stream_mutex_);
    stream_pending_ += kHeartbeat;
  }
  flush_stream();
}

}  // namespace gatetorio::transport_http
