#include <utility>

#include "problem.hpp"
#include "session.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::size_t kKeptOutputBytes = 16 * 1024;  // what an idle connection may hold on to
constexpr std::size_t kKeptInputBytes = 4 * 1024;
constexpr std::size_t kMaxLingerBytes = 256 * 1024;
constexpr std::size_t kMaxLingerBodyBytes = 64 * 1024 * 1024;  // of a body that nobody took

}  // namespace

ResponseFrame Session::frame() const {
  return {request_id_, keep_alive_, request_.minor_version == 0, request_.method == Method::kHead};
}

// Formats where it is called, often on a thread of the hub, so that the body is copied once only.
void Session::respond(const Reply& reply) {
  if (!claim()) return hand_over(Delivery::Kind::kRelease);
  keep_alive_ = request_.keep_alive && !worker_->draining() && !has_untaken_body();
  status_ = reply.status;
  out_.clear();
  append_response(out_, frame(), reply);
  hand_over(Delivery::Kind::kAnswer);
}

// Gives up the exchange's hold on the session. Nothing of it may be touched after this.
void Session::hand_over(Delivery::Kind kind) {
  auto self = std::move(self_);
  if (kind == Delivery::Kind::kAnswer && worker_->is_current() && dispatching_) {
    answered_inline_ = true;
    return;
  }
  const auto worker = worker_;
  worker->deliver({std::move(self), kind});
}

void Session::on_delivery(Delivery::Kind kind) {
  switch (kind) {
    case Delivery::Kind::kAnswer:
      if (state_ == State::kReceiving) return close();  // answered while its body was still coming
      if (state_ == State::kWaiting && send()) pump();
      return;
    case Delivery::Kind::kReceive:
      return begin_receiving();
    case Delivery::Kind::kWritten:
      return on_content_written();
    case Delivery::Kind::kSent:
      return on_sent();
    case Delivery::Kind::kStreamStart:
      return begin_streaming();
    case Delivery::Kind::kStreamData:
      return flush_stream();
    case Delivery::Kind::kStreamEnd:
      stream_gone_ = nullptr;
      return flush_stream();
    case Delivery::Kind::kRelease:
      return;
  }
}

bool Session::send() {
  worker_->shared().counters.count_response(status_);
  state_ = State::kWriting;
  const auto written = write_now(out_);
  if (written == out_.size()) return after_response();
  set_deadline(worker_->shared().settings.deadlines.write);
  start_write(std::string_view(out_).substr(written));
  return false;
}

bool Session::after_response() {
  if (sending_ && state_ == State::kWriting) {
    begin_sending();
    return false;
  }
  if (!keep_alive_ || worker_->draining()) {
    linger();
    return false;
  }
  if (out_.capacity() > kKeptOutputBytes) std::string().swap(out_);
  begin_ = body_from_;
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (capacity_ > kKeptInputBytes) {
      input_.reset();
      capacity_ = 0;
    }
  }
  scanned_ = begin_;
  request_started_ = begin_ < end_;
  const auto& deadlines = worker_->shared().settings.deadlines;
  set_deadline(request_started_ ? deadlines.head : deadlines.idle);
  state_ = State::kHead;
  return true;
}

void Session::on_written(bool ok) {
  if (state_ == State::kClosed) return;
  if (!ok) return close();
  if (state_ == State::kStreaming) {
    stream_writing_ = false;
    return flush_stream();
  }
  if (state_ == State::kSending) return send_on();
  if (after_response()) pump();
}

// Closing with unread bytes in the kernel would reset the connection, and the peer might never see our answer: stop
// sending, and read on for a short while until the peer closes.
void Session::linger() {
  state_ = State::kLingering;
  set_deadline(worker_->shared().settings.deadlines.linger);
  start_goodbye();
}

void Session::read_to_discard() {
  if (reading_ || state_ == State::kClosed) return;
  reading_ = true;
  auto& scratch = worker_->scratch();
  start_read(scratch.data(), scratch.size());
}

void Session::discard(bool ok, std::size_t size) {
  discarded_bytes_ += size;
  if (!ok || discarded_bytes_ > (body_streams_ ? kMaxLingerBodyBytes : kMaxLingerBytes)) return close();
  read_to_discard();
}

void Session::begin_drain() {
  const bool between_requests = state_ == State::kHead && !request_started_;
  if (between_requests || state_ == State::kHandshake) return close();
  if (state_ == State::kStreaming && stream_gone_) std::exchange(stream_gone_, nullptr)();
}

void Session::check_deadline(Clock::time_point now) {
  if (state_ == State::kStreaming) return check_stream(now);
  if (now < deadline_) return;
  switch (state_) {
    case State::kReceiving:
      if (reading_) return cancel_read();
      return;
    case State::kHead:
      if (!request_started_) return close();
      [[fallthrough]];
    case State::kBody:
      timed_out_ = true;
      return cancel_read();
    case State::kWaiting: {
      if (!claim()) return;
      keep_alive_ = false;
      status_ = 504;
      const auto problem = make_problem(504, {});
      out_.clear();
      append_response(out_, frame(), {504, kProblemType, problem.body, problem.headers});
      if (send()) pump();
      return;
    }
    case State::kWriting:
      worker_->shared().counters.count_refusal(Refusal::kTimeout);
      [[fallthrough]];
    default:
      return close();
  }
}

}  // namespace gatetorio::transport_http
