// Bodies that go from the socket into a file, and files that go into the socket. Sockets are this thread's, files are
// the file threads'; between the two there is one buffer, so memory stays flat and a slow disk slows its own peer only.
#include <algorithm>
#include <cstring>
#include <utility>

#include "session.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::size_t kContentBytes = 128 * 1024;
constexpr std::chrono::minutes kReplyAfterBody{10};  // to check and keep some gigabytes

}  // namespace

// ---- into a file ---------------------------------------------------------------------------------------------------

void Session::receive_body(std::unique_ptr<Receipt> receipt) {
  receipt_ = std::move(receipt);
  if (!worker_->deliver({self_, Delivery::Kind::kReceive})) end_receiving(GTR_CANCELLED);
}

void Session::begin_receiving() {
  if (state_ != State::kWaiting) return end_receiving(GTR_CANCELLED);
  if (!body_streams_) body_left_ = 0;
  if (body_left_ != kUnknownLength && body_left_ > receipt_->most()) return end_receiving(GTR_TOO_LARGE);
  state_ = State::kReceiving;
  set_deadline(worker_->shared().settings.deadlines.body);
  begin_pace(0);
  content_ = std::make_unique_for_overwrite<char[]>(kContentBytes);
  if (request_.expects_continue && body_from_ == end_ && body_left_ > 0) say_continue();
  take_content();
}

// Brings the next bytes into content_: what came with the head, what is there already, or what will come.
void Session::take_content() {
  if (body_left_ == 0) return end_receiving(GTR_OK);
  const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(kContentBytes, body_left_.load()));
  std::size_t filled = std::min(room, end_ - body_from_);
  std::memcpy(content_.get(), input_.get() + body_from_, filled);
  body_from_ += filled;
  while (filled < room) {
    const auto size = read_now(content_.get() + filled, room - filled);
    if (size == 0) break;
    filled += size;
  }
  if (filled > 0) return keep_content(filled);
  reading_ = true;
  start_read(content_.get(), room);
}

void Session::on_content(bool ok, std::size_t size) {
  if (body_end_ != BodyEnd::kItsOwn) return end_receiving(GTR_CANCELLED);
  if (!ok) return close();
  // More may be there by now; fewer and larger writes are cheaper.
  const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(kContentBytes, body_left_.load()));
  while (size < room) {
    const auto more = read_now(content_.get() + size, room - size);
    if (more == 0) break;
    size += more;
  }
  keep_content(size);
}

// Of what is in content_ leaves the bytes of the body. False where they are no chunks.
bool Session::unchunk(std::size_t* size) {
  std::size_t used = 0, kept = 0;
  if (!chunks_.decode(content_.get(), *size, &used, &kept)) return false;
  if (chunks_.done()) {
    body_left_ = 0;
    surplus_.assign(content_.get() + used, *size - used);
    surplus_.append(input_.get() + body_from_, end_ - body_from_);
    body_from_ = end_;
  }
  *size = kept;
  return true;
}

void Session::keep_content(std::size_t size) {
  if (body_left_ == kUnknownLength) {
    if (!unchunk(&size)) return end_receiving(GTR_MALFORMED);
    if (size == 0) return take_content();  // nothing but framing
    if (size > receipt_->most() - received_bytes_) return refuse_content(GTR_TOO_LARGE);
  } else {
    body_left_ -= size;
  }
  received_bytes_ += size;
  write_content(size);
}

// Nothing stays in the file of a body that turns out to be too long.
void Session::refuse_content(gtr_status status) {
  on_file_thread_ = true;
  worker_->shared().files.run([self = shared_from_this(), status] {
    self->receipt_->take_back(status);
    const auto worker = self->worker_;
    if (!worker->deliver({self, Delivery::Kind::kWritten})) self->end_receiving(GTR_CANCELLED);
  });
}

void Session::write_content(std::size_t size) {
  on_file_thread_ = true;
  worker_->shared().files.run([self = shared_from_this(), size] {
    const auto& fault = self->worker_->shared().on_fault;
    if (!contain([&] { self->receipt_->write({self->content_.get(), size}); }, fault)) self->receipt_->give_up();
    const auto worker = self->worker_;
    if (worker->deliver({self, Delivery::Kind::kWritten})) return;
    self->end_receiving(GTR_CANCELLED);  // the worker's thread has ended
  });
}

void Session::on_content_written() {
  on_file_thread_ = false;
  if (state_ == State::kClosed) return end_receiving(GTR_CANCELLED);
  if (receipt_->status() != GTR_OK) return end_receiving(receipt_->status());
  set_deadline(worker_->shared().settings.deadlines.body);
  take_content();
}

// Only a peer that is waited for can be too slow; the disk's time is not its own.
void Session::check_receiving(Clock::time_point now) {
  if (!reading_) return begin_pace(received_bytes_);
  const bool has_stalled = now >= deadline_;
  if (!has_stalled && !is_too_slow(now, received_bytes_)) return;
  body_end_ = has_stalled ? BodyEnd::kStalled : BodyEnd::kTooSlow;
  complain(has_stalled ? Refusal::kTimeout : Refusal::kSlowBody, client_.text);
  cancel_read();
}

std::string Session::body_problem() const {
  switch (body_end_) {
    case BodyEnd::kItsOwn:
      return {};
    case BodyEnd::kStalled:
      return "The body did not arrive in time.";
    case BodyEnd::kTooSlow:
      return "The body came more slowly than " + std::to_string(worker_->shared().settings.min_transfer_rate) +
             " bytes a second.";
  }
  return {};
}

bool Session::is_too_slow(Clock::time_point now, std::uint64_t passed) {
  const auto& settings = worker_->shared().settings;
  if (settings.min_transfer_rate == 0 || now - pace_began_ < settings.deadlines.pace) return false;
  const double seconds = std::chrono::duration<double>(now - pace_began_).count();
  const double wanted = seconds * static_cast<double>(settings.min_transfer_rate);
  const bool is_slow = static_cast<double>(passed - pace_bytes_) < wanted;
  begin_pace(passed);
  return is_slow;
}

void Session::begin_pace(std::uint64_t passed) {
  pace_began_ = worker_->now();
  pace_bytes_ = passed;
}

// Tells whoever waits; the exchange is still to be answered.
void Session::end_receiving(gtr_status status) {
  const auto receipt = std::move(receipt_);
  content_.reset();
  if (state_ == State::kReceiving) {
    state_ = State::kWaiting;
    set_deadline(kReplyAfterBody);
  }
  if (receipt) receipt->finish(status);
}

// ---- out of a file -------------------------------------------------------------------------------------------------

void Session::respond_file(const Reply& reply, Descriptor file, std::uint64_t offset, std::uint64_t length,
                           std::shared_ptr<const void> kept) {
  if (!claim()) return hand_over(Delivery::Kind::kRelease);
  keep_alive_ = request_.keep_alive && !worker_->draining() && !has_untaken_body();
  status_ = reply.status;
  out_.clear();
  append_file_head(out_, frame(), reply, length);
  if (request_.method != Method::kHead && length > 0) {
    sending_ = std::make_unique<Sending>();
    sending_->file = std::move(file);
    sending_->offset = offset;
    sending_->left = length;
    sending_length_ = length;
    sending_->kept = std::move(kept);
  }
  hand_over(Delivery::Kind::kAnswer);
}

void Session::begin_sending() {
  state_ = State::kSending;
  sending_->socket = raw_socket();
  taken_bytes_ = 0;
  begin_pace(0);
  send_on();
}

void Session::send_on() {
  if (sending_->left == 0) return end_sending(true);
  set_deadline(worker_->shared().settings.deadlines.write);
  on_file_thread_ = true;
  worker_->shared().files.run([self = shared_from_this()] {
    Sending& sending = *self->sending_;
    self->sent_ = SendStep::kFailed;
    const auto step = [&] { return read_some(sending) ? SendStep::kMore : SendStep::kFailed; };
    contain([&] { self->sent_ = sending.socket ? send_some(sending) : step(); }, self->worker_->shared().on_fault);
    const auto worker = self->worker_;
    worker->deliver({self, Delivery::Kind::kSent});
  });
}

void Session::on_sent() {
  on_file_thread_ = false;
  if (state_ != State::kSending) return sending_.reset();
  switch (sent_) {
    case SendStep::kFailed:
      return close();  // the peer went away, or the file is not what it was: the length is promised
    case SendStep::kDone:
      return end_sending(true);
    case SendStep::kWait:
      set_deadline(worker_->shared().settings.deadlines.write);
      return wait_writable();
    case SendStep::kMore:
      return sending_->socket ? send_on() : start_write(sending_->buffer);
  }
}

void Session::on_writable(bool ok) {
  if (state_ != State::kSending) return;
  ok ? send_on() : close();
}

// What the system still has of our bytes the peer has not.
std::uint64_t Session::taken_by_peer() {
  const auto written = sending_length_ - sending_->left;
  const auto untaken = untaken_bytes() + sending_->buffer.size();
  return written > untaken ? std::max(taken_bytes_, written - untaken) : taken_bytes_;
}

void Session::check_sending(Clock::time_point now) {
  if (on_file_thread_) return begin_pace(taken_bytes_);
  const auto taken = taken_by_peer();
  if (taken > taken_bytes_) set_deadline(worker_->shared().settings.deadlines.write);
  taken_bytes_ = taken;
  if (now < deadline_ && !is_too_slow(now, taken)) return;
  complain(Refusal::kSlowReader, client_.text);
  close();
}

void Session::end_sending(bool ok) {
  sending_.reset();
  if (!ok) return close();
  if (after_response()) pump();
}

}  // namespace gatetorio::transport_http
