// One connection: reads requests, hands them over, writes the answers, one at a time and in order.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <gatetorio/contain.hpp>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "chunk_decoder.hpp"
#include "exchange.hpp"
#include "request_parser.hpp"
#include "response_format.hpp"
#include "stream_text.hpp"
#include "worker.hpp"

namespace gatetorio::transport_http {

// The protocol, without the socket: StreamSession adds plain TCP or TLS. Everything but the Exchange functions runs on
// the worker's thread. Lives while an I/O handler, an unanswered request or a delivery holds it.
class Session : public Exchange, public std::enable_shared_from_this<Session> {
 public:
  using Clock = std::chrono::steady_clock;

  Session(std::shared_ptr<Worker> worker, PeerAddress peer);
  ~Session() override;

  // Runs a piece of this connection's work; one that throws ends the connection, and nothing else.
  template <class Work>
  void guarded(Work work) {
    const auto self = shared_from_this();
    if (!contain(work, worker_->shared().on_fault)) contain([this] { close(); }, worker_->shared().on_fault);
  }

  void start();  // the connection was accepted and entered into the table
  void check_deadline(Clock::time_point now);
  void begin_drain();
  void close();  // at once; idempotent
  void on_delivery(const Delivery& delivery);

  void respond(const Reply& reply) override;
  bool start_stream(std::function<void()> gone) override;
  void write_event(std::string_view event) override;
  void end_stream() override;
  void respond_file(const Reply& reply, Descriptor file, std::uint64_t offset, std::uint64_t length,
                    std::shared_ptr<const void> kept) override;
  void receive_body(std::unique_ptr<Receipt> receipt) override;
  std::function<void()> cutter() override;
  const std::shared_ptr<Shares>& shares() override { return worker_->shared().shares; }
  bool count_connection(std::uint64_t credential) override;
  void complain(Refusal why, std::string_view who) override { worker_->shared().complain(why, who); }

 protected:
  // The socket's side. Completions come back through on_handshake, on_read and on_written; only on_handshake may be
  // called at once.
  virtual void start_handshake() = 0;
  virtual void start_read(char* into, std::size_t size) = 0;
  // Bytes that could be written without waiting; 0 where none can or a real write must find out.
  virtual std::size_t write_now(std::string_view bytes) = 0;
  virtual void start_write(std::string_view bytes) = 0;
  // Says that no more comes, then calls read_to_discard or, when the peer has confirmed it, close. Nothing else is
  // under way.
  virtual void start_goodbye() = 0;
  // As start_read, after start_goodbye: bytes that nobody looks at, over TLS as they come.
  virtual void start_discard(char* into, std::size_t size) = 0;
  // Bytes that can be read without waiting; 0 where none can or a real read must find out.
  virtual std::size_t read_now(char* into, std::size_t size) = 0;
  // A duplicate of the socket that takes the bytes of a file as they are; none over TLS.
  virtual Descriptor raw_socket() = 0;
  // Calls on_writable when the socket takes bytes again.
  virtual void wait_writable() = 0;
  virtual void cancel_read() = 0;
  // Bytes that were written and that the peer has not taken yet.
  virtual std::uint64_t untaken_bytes() = 0;
  // The system keeps no more than about so many of them.
  virtual void bound_untaken(int bytes) = 0;
  virtual void close_socket() = 0;

  void on_handshake(bool ok);
  void on_read(bool ok, std::size_t size);
  void on_written(bool ok);
  void on_writable(bool ok);
  void read_to_discard();

  std::shared_ptr<Worker> worker_;

 private:
  friend class Worker;
  enum class State : std::uint8_t {
    kHandshake,
    kHead,
    kBody,
    kWaiting,
    kReceiving,
    kWriting,
    kSending,
    kStreaming,
    kLingering,
    kClosed
  };

  // Requests (session.cpp). The bool ones return true when there is more to do at once.
  void pump();
  bool take_head();
  bool begin_streamed_body();
  bool take_body();
  bool read_on();
  void ask_for_body();
  void say_continue();
  bool dispatch();
  bool fail();
  bool reject(const Rejection& rejection, Refusal why);
  void name_request();
  void make_room(std::size_t size);

  // Answers (session_output.cpp).
  bool send();
  bool after_response();
  void linger();
  void discard(bool ok, std::size_t size);
  void set_deadline(std::chrono::milliseconds from_now) { deadline_ = worker_->now() + from_now; }
  bool claim() { return !claimed_.exchange(true, std::memory_order_acq_rel); }
  void hand_over(Delivery::Kind kind);
  ResponseFrame frame() const;
  std::string body_problem() const;
  // Bytes of the request are still to come, so that nobody knows where the next one begins.
  bool has_untaken_body() const { return body_streams_ && body_left_ > 0; }
  void take_back_surplus();

  // Content (session_content.cpp).
  void begin_receiving();
  void take_content();
  bool unchunk(std::size_t* size);
  void keep_content(std::size_t size);
  void on_content(bool ok, std::size_t size);
  void write_content(std::size_t size);
  void refuse_content(gtr_status status);
  void check_receiving(Clock::time_point now);
  void on_content_written();
  void end_receiving(gtr_status status);
  void begin_sending();
  void send_on();
  void on_sent();
  void end_sending(bool ok);
  void check_sending(Clock::time_point now);
  std::uint64_t taken_by_peer();
  // Whether fewer bytes passed since the window began than must; at its end the next one begins.
  bool is_too_slow(Clock::time_point now, std::uint64_t passed);
  void begin_pace(std::uint64_t passed);

  // Event streams (session_stream.cpp).
  void begin_streaming();
  void flush_stream();
  bool has_overflown();
  bool next_piece();
  void end_piece();
  void check_stream(Clock::time_point now);
  void end_streaming();

  void forget_credential();

  const PeerAddress peer_;
  const bool behind_proxy_;
  State state_ = State::kHandshake;
  std::size_t place_ = 0;  // in the worker's list
  bool is_listed_ = false;
  Clock::time_point deadline_;
  bool timed_out_ = false;
  std::uint64_t credential_ = 0;  // the connection counts as one of it
  bool reading_ = false;
  bool request_started_ = false;  // its first byte is here, so its clock runs

  RequestParser parser_;
  std::unique_ptr<char[]> input_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;    // where the current request begins
  std::size_t end_ = 0;      // where the bytes end
  std::size_t scanned_ = 0;  // up to here there is no end of the head
  std::size_t head_end_ = 0;
  std::size_t body_from_ = 0;  // first byte of the body that was not parsed yet

  // Who wins `claim` owns the output until it is sent: the thread that answers, or ours when time is up.
  std::atomic<bool> claimed_{true};
  std::shared_ptr<Session> self_;      // while a handler has the exchange
  std::uint64_t exchange_number_ = 0;  // changes when a request is handed over, and when its answer is out
  bool dispatching_ = false;
  bool answered_inline_ = false;
  bool keep_alive_ = false;
  unsigned status_ = 0;
  std::string out_;
  std::string cors_;                 // lines of the answer
  bool is_saying_continue_ = false;  // 100 Continue did not fit the socket's buffer; nothing else is written meanwhile
  bool answer_waits_ = false;        // for that
  bool said_goodbye_ = false;
  Clock::time_point linger_until_{};

  // A body that is streamed.
  bool body_streams_ = false;  // of the current request
  // Bytes of it that were not taken off the connection; kUnknownLength: it comes in chunks.
  std::atomic<std::uint64_t> body_left_{0};
  static constexpr std::uint64_t kUnknownLength = ~std::uint64_t{0};
  ChunkDecoder chunks_;
  std::string surplus_;  // what came behind the last chunk
  std::uint64_t received_bytes_ = 0;
  std::unique_ptr<Receipt> receipt_;
  std::unique_ptr<char[]> content_;  // between socket and file
  bool on_file_thread_ = false;      // a file thread has receipt_ and content_, or sending_
  bool was_received_ = false;
  // Why the body ended early by our own doing; the answer then is this instead of what the handler says.
  enum class BodyEnd : std::uint8_t { kItsOwn, kStalled, kTooSlow };
  std::atomic<BodyEnd> body_end_{BodyEnd::kItsOwn};
  // A transfer's rate: what had passed when the window began that is judged at its end.
  Clock::time_point pace_began_{};
  std::uint64_t pace_bytes_ = 0;
  // A file that follows the head in out_.
  std::unique_ptr<Sending> sending_;
  SendStep sent_ = SendStep::kMore;
  std::uint64_t sending_length_ = 0;
  std::uint64_t taken_bytes_ = 0;  // of it, when last looked at

  std::mutex stream_mutex_;
  std::list<std::shared_ptr<const StreamText>> stream_pending_;
  std::size_t stream_waiting_bytes_ = 0;  // of what is pending or being written
  bool stream_overflow_ = false;
  bool stream_ended_ = false;
  bool stream_closed_ = false;   // nobody reads it any more
  bool stream_writing_ = false;  // from here on for the worker's thread alone
  bool stream_finished_ = false;
  bool stream_begun_ = false;                       // the head is in out_, to be written first
  std::string_view stream_piece_;                   // what is to be written next: of out_ or of the following
  std::shared_ptr<const StreamText> stream_large_;  // one that is not worth a copy
  std::size_t stream_piece_bytes_ = 0;              // of stream_waiting_bytes_ that are in the piece
  std::function<void()> stream_gone_;
  Clock::time_point heartbeat_at_{};
};

}  // namespace gatetorio::transport_http
