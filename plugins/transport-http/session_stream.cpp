#include "session.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::string_view kHeartbeat = ":\n\n";
constexpr std::size_t kLargeEvent = 4 * 1024;    // from here on it is not copied
constexpr std::size_t kJoinedBytes = 16 * 1024;  // of smaller ones that are written together
constexpr int kSystemBytes = 64 * 1024;          // that the system may keep of a stream

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
  stream_begun_ = true;
  worker_->deliver({self_, Delivery::Kind::kStreamStart});
  return true;
}

void Session::write_event(std::string_view event) {
  auto& shared = worker_->shared();
  auto text = shared.stream_texts.share(event);
  {
    const std::lock_guard lock(stream_mutex_);
    if (stream_overflow_ || stream_closed_) return;
    const bool was_empty = stream_pending_.empty();
    const auto waiting = stream_waiting_bytes_ + text->size();
    // Where too much waits in all, whoever is behind goes; it can come back and ask for what it has missed.
    const bool hub_is_full =
        stream_waiting_bytes_ > 0 && shared.stream_texts.bytes() > shared.settings.max_streams_waiting_bytes;
    stream_overflow_ = waiting > shared.settings.max_stream_bytes || hub_is_full;
    if (stream_overflow_) {
      stream_pending_.clear();
    } else {
      stream_waiting_bytes_ = waiting;
      stream_pending_.push_back(std::move(text));
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
  bound_untaken(kSystemBytes);
  state_ = State::kStreaming;
  heartbeat_at_ = worker_->now() + shared.settings.deadlines.heartbeat;
  read_to_discard();  // the only way to learn that the peer has gone
  flush_stream();
  if (worker_->draining()) begin_drain();
}

void Session::flush_stream() {
  if (state_ != State::kStreaming) return;
  if (has_overflown()) {
    complain(Refusal::kSlowReader, client_.text);
    return close();
  }
  if (stream_writing_ || is_saying_continue_) return;
  while (next_piece()) {
    heartbeat_at_ = worker_->now() + worker_->shared().settings.deadlines.heartbeat;
    const auto written = write_now(stream_piece_);
    if (written < stream_piece_.size()) {
      stream_writing_ = true;
      set_deadline(worker_->shared().settings.deadlines.write);
      return start_write(stream_piece_.substr(written));
    }
    end_piece();
  }
  if (!stream_finished_) return;
  end_streaming();
  linger();
}

bool Session::has_overflown() {
  const std::lock_guard lock(stream_mutex_);
  return stream_overflow_;
}

// Chooses what is written next: the head, small events together, or a large one as it is. False where nothing is.
bool Session::next_piece() {
  const bool chunked = request_.minor_version > 0;
  const auto bytes_of = [chunked](const StreamText& text) { return chunked ? text.as_chunk() : text.plain(); };
  const std::lock_guard lock(stream_mutex_);
  if (!std::exchange(stream_begun_, false)) out_.clear();
  while (!stream_pending_.empty()) {
    const StreamText& next = *stream_pending_.front();
    const bool is_large = next.size() > kLargeEvent;
    if (!out_.empty() && (is_large || out_.size() + next.size() > kJoinedBytes)) break;
    stream_piece_bytes_ += next.size();
    if (is_large)
      stream_large_ = std::move(stream_pending_.front());
    else
      out_ += bytes_of(next);
    stream_pending_.pop_front();
    if (is_large) break;
  }
  if (stream_ended_ && stream_pending_.empty() && !stream_large_ && !std::exchange(stream_finished_, true) && chunked) {
    out_ += kLastChunk;
  }
  stream_piece_ = stream_large_ ? bytes_of(*stream_large_) : std::string_view(out_);
  return !stream_piece_.empty();
}

// The piece is out.
void Session::end_piece() {
  const std::lock_guard lock(stream_mutex_);
  stream_waiting_bytes_ -= stream_piece_bytes_;
  stream_piece_bytes_ = 0;
  stream_large_.reset();
}

// Called when the connection leaves the streaming state, whatever the reason.
void Session::end_streaming() {
  worker_->shared().counters.streams.fetch_sub(1, std::memory_order_relaxed);
  {
    const std::lock_guard lock(stream_mutex_);
    stream_closed_ = true;
    stream_pending_.clear();
    if (stream_ended_) stream_gone_ = nullptr;  // its feature has ended it: there is nothing to tell
  }
  if (stream_gone_) std::exchange(stream_gone_, nullptr)();
}

void Session::check_stream(Clock::time_point now) {
  if (stream_writing_) {
    if (now < deadline_) return;
    complain(Refusal::kSlowReader, client_.text);
    return close();
  }
  {
    if (now < heartbeat_at_) return;
    auto text = worker_->shared().stream_texts.share(kHeartbeat);
    const std::lock_guard lock(stream_mutex_);
    stream_waiting_bytes_ += text->size();
    stream_pending_.push_back(std::move(text));
  }
  flush_stream();
}

}  // namespace gatetorio::transport_http
