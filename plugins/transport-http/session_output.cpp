#include <algorithm>
#include <utility>

#include "problem.hpp"
#include "session.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::size_t kKeptOutputBytes = 16 * 1024;  // what an idle connection may hold on to
constexpr std::size_t kKeptInputBytes = 4 * 1024;

}  // namespace

ResponseFrame Session::frame() const {
  return {request_id_, keep_alive_, request_.minor_version == 0, request_.method == Method::kHead, cors_};
}

// Formats where it is called, often on a thread of the hub, so that the body is copied once only.
void Session::respond(const Reply& reply) {
  if (!claim()) return hand_over(Delivery::Kind::kRelease);
  keep_alive_ = request_.keep_alive && !worker_->draining() && !has_untaken_body();
  out_.clear();
  const auto wrong = body_problem();
  if (wrong.empty()) {
    status_ = reply.status;
    append_response(out_, frame(), reply);
  } else {
    const auto problem = make_problem(408, wrong);
    status_ = problem.status;
    append_response(out_, frame(), {problem.status, kProblemType, problem.body, problem.headers});
  }
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

void Session::on_delivery(const Delivery& delivery) {
  switch (delivery.kind) {
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
    case Delivery::Kind::kCut:
      if (delivery.exchange == exchange_number_) close();
      return;
    case Delivery::Kind::kRelease:
      return;
  }
}

// While the exchange is not answered: its number is read on the thread that handles it.
std::function<void()> Session::cutter() {
  return [session = weak_from_this(), number = exchange_number_] {
    auto self = session.lock();
    if (!self) return;
    const auto worker = self->worker_;
    worker->deliver({std::move(self), Delivery::Kind::kCut, number});
  };
}

bool Session::send() {
  if (is_saying_continue_) {
    answer_waits_ = true;
    state_ = State::kWriting;
    set_deadline(worker_->shared().settings.deadlines.write);
    return false;
  }
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
  ++exchange_number_;
  if (!keep_alive_ || worker_->draining()) {
    linger();
    return false;
  }
  if (out_.capacity() > kKeptOutputBytes) std::string().swap(out_);
  begin_ = body_from_;
  if (!surplus_.empty()) take_back_surplus();
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
  if (std::exchange(is_saying_continue_, false)) {
    if (state_ == State::kStreaming) return flush_stream();
    if (std::exchange(answer_waits_, false) && send()) pump();
    return;
  }
  if (state_ == State::kStreaming) {
    stream_writing_ = false;
    end_piece();
    return flush_stream();
  }
  if (state_ == State::kSending) return send_on();
  if (after_response()) pump();
}

// Closing with unread bytes in the kernel would reset the connection, and the peer might never see our answer: stop
// sending, and read on until the peer closes, has been silent for a while, or has had its time.
void Session::linger() {
  const auto& deadlines = worker_->shared().settings.deadlines;
  state_ = State::kLingering;
  set_deadline(deadlines.linger);
  linger_until_ = worker_->now() + deadlines.whole_linger;
  if (reading_) return cancel_read();  // there may be one reader only; its end comes back to here
  said_goodbye_ = true;
  start_goodbye();
}

void Session::read_to_discard() {
  if (reading_ || state_ == State::kClosed) return;
  reading_ = true;
  auto& scratch = worker_->scratch();
  if (state_ == State::kLingering)
    start_discard(scratch.data(), scratch.size());
  else
    start_read(scratch.data(), scratch.size());
}

void Session::discard(bool ok, std::size_t size) {
  if (!ok) return close();
  const auto more = worker_->now() + worker_->shared().settings.deadlines.linger;
  if (state_ == State::kLingering && size > 0) deadline_ = std::min(more, linger_until_);
  read_to_discard();
}

// What followed a body in chunks is the beginning of the next request.
void Session::take_back_surplus() {
  begin_ = end_ = 0;
  make_room(surplus_.size());
  std::copy(surplus_.begin(), surplus_.end(), input_.get());
  end_ = surplus_.size();
  std::string().swap(surplus_);
}

void Session::begin_drain() {
  const bool between_requests = state_ == State::kHead && !request_started_;
  if (between_requests || state_ == State::kHandshake) return close();
  if (state_ == State::kStreaming && stream_gone_) std::exchange(stream_gone_, nullptr)();
}

void Session::check_deadline(Clock::time_point now) {
  if (state_ == State::kStreaming) return check_stream(now);
  if (state_ == State::kReceiving) return check_receiving(now);
  if (state_ == State::kSending) return check_sending(now);
  if (now < deadline_) return;
  switch (state_) {
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
      complain(Refusal::kTimeout, client_.text);
      [[fallthrough]];
    default:
      return close();
  }
}

}  // namespace gatetorio::transport_http
