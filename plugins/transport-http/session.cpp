#include "session.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "problem.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::size_t kFirstCapacity = 4 * 1024;
constexpr std::size_t kBodyWindow = 1024;  // room behind the head to read the body through, at least
constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

bool begins_a_method(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

}  // namespace

Session::Session(std::shared_ptr<Worker> worker, PeerAddress peer)
    : worker_(std::move(worker)),
      peer_(std::move(peer)),
      behind_proxy_(worker_->shared().settings.trusted_proxies.contains(peer_.text)),
      parser_(worker_->shared().settings.max_body_bytes) {}

Session::~Session() = default;

void Session::start() {
  worker_->add(*this);
  is_listed_ = true;
  worker_->shared().counters.connections.fetch_add(1, std::memory_order_relaxed);
  if (worker_->draining()) return close();
  set_deadline(worker_->shared().settings.deadlines.head);
  start_handshake();
}

void Session::close() {
  if (state_ == State::kClosed) return;
  const bool streaming = state_ == State::kStreaming;
  const bool receiving = state_ == State::kReceiving;
  state_ = State::kClosed;
  const auto self = shared_from_this();
  // A file thread that writes to a duplicate of the socket learns of it this way.
  if (sending_ && sending_->socket) ::shutdown(sending_->socket.get(), SHUT_RDWR);
  close_socket();
  if (receiving && !on_file_thread_) end_receiving(GTR_CANCELLED);
  if (!on_file_thread_) sending_.reset();
  auto& shared = worker_->shared();
  shared.table.leave(peer_.prefix);
  forget_credential();
  if (streaming) end_streaming();
  if (!is_listed_) return;
  shared.counters.connections.fetch_sub(1, std::memory_order_relaxed);
  worker_->remove(*this);
}

// A proxy's connection carries requests of many.
bool Session::count_connection(std::uint64_t credential) {
  if (behind_proxy_ || credential == 0 || credential == credential_) return true;
  if (shares()->enter(Pool::kConnections, {peer_.prefix, credential}) != Full::kNo) {
    request_.keep_alive = false;
    return false;
  }
  forget_credential();
  credential_ = credential;
  return true;
}

void Session::forget_credential() {
  if (credential_ != 0) shares()->leave(Pool::kConnections, {peer_.prefix, credential_});
  credential_ = 0;
}

void Session::on_handshake(bool ok) {
  if (state_ == State::kClosed) return;
  if (!ok) return close();
  state_ = State::kHead;
  set_deadline(worker_->shared().settings.deadlines.head);
  pump();
}

void Session::on_read(bool ok, std::size_t size) {
  reading_ = false;
  if (state_ == State::kClosed) return;
  if (state_ == State::kLingering && !said_goodbye_) return linger();
  if (state_ == State::kLingering || state_ == State::kStreaming) return discard(ok, size);
  if (state_ == State::kReceiving) return on_content(ok, size);
  if (timed_out_) {
    if (reject({408, "The request did not arrive in time."}, Refusal::kTimeout)) pump();
    return;
  }
  if (!ok) return close();
  end_ += size;
  if (!request_started_) {
    request_started_ = true;
    set_deadline(worker_->shared().settings.deadlines.head);
  }
  pump();
}

void Session::pump() {
  bool more = true;
  while (more) {
    if (state_ == State::kHead) {
      more = take_head();
    } else if (state_ == State::kBody) {
      more = take_body();
    } else {
      return;
    }
  }
}

// The parser sees a head only when it is whole, so that its views point into one piece and a head that trickles in is
// not parsed again and again.
bool Session::take_head() {
  while (begin_ < end_ && (input_[begin_] == '\r' || input_[begin_] == '\n')) ++begin_;
  if (begin_ == end_) return read_on();
  if (!begins_a_method(input_[begin_])) return reject({400, "This is not HTTP."}, Refusal::kMalformed);
  const auto limit = worker_->shared().settings.max_head_bytes;
  const auto from = std::max(begin_, scanned_);
  const auto found = std::string_view(input_.get() + from, end_ - from).find(kEndOfHead);
  head_end_ = found == std::string_view::npos ? end_ : from + found + kEndOfHead.size();
  if (head_end_ - begin_ > limit) {
    return reject({431, "The request head is larger than this server takes."}, Refusal::kTooLarge);
  }
  if (found == std::string_view::npos) {
    scanned_ = end_ - begin_ > 3 ? end_ - 3 : begin_;
    return read_on();
  }
  if (capacity_ - head_end_ < kBodyWindow) make_room(head_end_ - begin_ + kBodyWindow);
  const std::string_view head(input_.get() + begin_, head_end_ - begin_);
  if (const auto rejection = parser_.parse_head(head)) {
    return reject(rejection, rejection.status == 413 ? Refusal::kTooLarge : Refusal::kMalformed);
  }
  body_from_ = head_end_;
  state_ = State::kBody;
  body_streams_ = was_received_ = false;
  body_end_ = BodyEnd::kItsOwn;
  if (parser_.done()) return true;
  if (worker_->shared().handler.streams_body(parser_.request())) return begin_streamed_body();
  if (parser_.body_too_large()) {
    return reject({413, "The body is larger than this server takes."}, Refusal::kTooLarge);
  }
  ask_for_body();
  return true;
}

// Hands the request over without its body: whoever handles it says where the bytes go, or refuses before they come.
bool Session::begin_streamed_body() {
  body_streams_ = true;
  body_left_ = parser_.request().chunked ? kUnknownLength : parser_.request().content_length;
  chunks_ = {};
  received_bytes_ = 0;
  return dispatch();
}

void Session::ask_for_body() {
  set_deadline(worker_->shared().settings.deadlines.body);
  if (parser_.request().expects_continue && body_from_ == end_) say_continue();
}

// Goes out while the body is read. An answer, should there be one before it is out, waits for it.
void Session::say_continue() {
  const auto written = write_now(kContinue);
  if (written == kContinue.size()) return;
  is_saying_continue_ = true;
  start_write(kContinue.substr(written));
}

bool Session::take_body() {
  if (!parser_.done()) {
    std::size_t used = 0;
    const auto rejection = parser_.parse_body({input_.get() + body_from_, end_ - body_from_}, &used);
    body_from_ += used;
    if (rejection) return reject(rejection, rejection.status == 413 ? Refusal::kTooLarge : Refusal::kMalformed);
    if (!parser_.done()) return read_on();
  }
  return dispatch();
}

// Waits for more bytes.
bool Session::read_on() {
  if (state_ == State::kBody) {  // what was parsed makes room for what comes; the head stays where its views point
    std::memmove(input_.get() + head_end_, input_.get() + body_from_, end_ - body_from_);
    end_ = head_end_ + (end_ - body_from_);
    body_from_ = head_end_;
    if (end_ == capacity_) return reject({400, "The request is malformed."}, Refusal::kMalformed);
  } else if (end_ == capacity_) {
    make_room(std::max(kFirstCapacity, 2 * (end_ - begin_)));
  }
  reading_ = true;
  start_read(input_.get() + end_, capacity_ - end_);
  return false;
}

// Moves the current request to the front of a buffer of at least `size` bytes. Only while no view points into it.
void Session::make_room(std::size_t size) {
  const auto kept = end_ - begin_;
  auto* target = input_.get();
  std::unique_ptr<char[]> larger;
  if (size > capacity_) {
    capacity_ = std::max(size, kFirstCapacity);
    larger = std::make_unique_for_overwrite<char[]>(capacity_);
    target = larger.get();
  }
  if (kept > 0) std::memmove(target, input_.get() + begin_, kept);
  if (larger) input_ = std::move(larger);
  head_end_ -= std::min(head_end_, begin_);
  scanned_ -= std::min(scanned_, begin_);
  begin_ = 0;
  end_ = kept;
}

bool Session::dispatch() {
  request_ = parser_.request();
  operation = nullptr;
  name_request();
  const bool asks_server = request_.method == Method::kOptions && request_.target == "*";  // has no path
  const auto wrong = target_.parse(asks_server ? "/" : request_.target);
  if (!wrong.empty()) return reject({400, wrong}, Refusal::kMalformed);
  client_ = peer_;
  if (behind_proxy_) {
    const auto& settings = worker_->shared().settings;
    auto client = forwarded_client(request_, settings.trusted_proxies, settings.client_header);
    if (client) client_ = std::move(*client);
  }
  state_ = State::kWaiting;
  set_deadline(worker_->shared().settings.deadlines.reply);
  claimed_.store(false, std::memory_order_release);
  self_ = shared_from_this();
  ++exchange_number_;
  answered_inline_ = false;
  dispatching_ = true;
  const bool is_handled = contain([this] { worker_->shared().handler.handle(*this); }, worker_->shared().on_fault);
  dispatching_ = false;
  if (!is_handled) return fail();
  return answered_inline_ && send();
}

// The handler threw: it has not taken the exchange (exchange.hpp), or it has answered already.
bool Session::fail() {
  if (answered_inline_) return send();
  if (!claim()) return false;
  const auto self = std::move(self_);
  keep_alive_ = false;
  status_ = 500;
  const auto problem = make_problem(500, {});
  out_.clear();
  append_response(out_, frame(), {problem.status, kProblemType, problem.body, problem.headers});
  return send();
}

void Session::name_request() {
  const auto& shared = worker_->shared();
  cors_ = cors_lines(request_, shared.settings.allowed_origins, shared.handler.exposed_headers());
  if (is_request_id(request_.request_id)) {
    request_id_ = request_.request_id;
    return;
  }
  char name[16];
  auto number = worker_->next_request_number();
  for (auto& digit : name) {
    digit = "0123456789abcdef"[number & 15];
    number >>= 4;
  }
  request_id_.assign(name, sizeof name);
}

// Answers by itself and ends the connection, for after this nobody knows where the next request would begin.
bool Session::reject(const Rejection& rejection, Refusal why) {
  worker_->shared().counters.count_refusal(why);
  timed_out_ = false;
  request_ = parser_.head_done() && state_ == State::kBody ? parser_.request() : Request{};
  name_request();
  keep_alive_ = false;
  status_ = rejection.status;
  const auto problem = make_problem(rejection.status, rejection.detail);
  out_.clear();
  append_response(out_, frame(), {problem.status, kProblemType, problem.body, problem.headers});
  return send();
}

}  // namespace gatetorio::transport_http
