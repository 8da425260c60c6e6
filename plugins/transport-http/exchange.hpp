// One request and its answer: what the connection offers to whoever handles the request.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "address.hpp"
#include "cors.hpp"
#include "counters.hpp"
#include "request.hpp"
#include "shares.hpp"
#include "target.hpp"
#include "transfer.hpp"

namespace gatetorio::transport_http {

// An answer. `extra_headers` are complete lines ("Allow: GET\r\n"). 204 goes out without body and content type.
struct Reply {
  unsigned status = 200;
  std::string_view content_type;
  std::string_view body;
  std::string_view extra_headers;
};

// Lives until it was answered: `respond`, or `start_stream` and later `end_stream`, whether the peer is still there or
// not. The request and its views live as long. Whoever answered must not touch it again.
class Exchange {
 public:
  virtual ~Exchange() = default;

  const Request& request() const { return request_; }
  const Target& target() const { return target_; }
  std::string_view request_id() const { return request_id_; }
  // The client; behind a trusted proxy the one that the proxy names.
  const PeerAddress& client() const { return client_; }

  // Answers, exactly once, from any thread. Copies the reply.
  virtual void respond(const Reply& reply) = 0;

  // Answers with an event stream, from any thread. `gone` is called on the connection's thread, at most once, when the
  // peer went away, did not keep up, or the server drains; `end_stream` is due all the same. Returns false where the
  // connection cannot have a stream any more: `gone` is not called, `end_stream` is due.
  virtual bool start_stream(std::function<void()> gone) = 0;
  // Sends an event, from any thread; `event` is its complete text. Does nothing after `gone`.
  virtual void write_event(std::string_view event) = 0;
  virtual void end_stream() = 0;

  // Answers with `length` bytes of a file, which becomes the exchange's; `reply` is the head. `kept` is let go of when
  // no more of them is sent, whatever the reason. Any thread.
  virtual void respond_file(const Reply& reply, Descriptor file, std::uint64_t offset, std::uint64_t length,
                            std::shared_ptr<const void> kept) = 0;
  // Takes the body of a request that streams it, once and before the answer. Any thread; the receipt is finished on
  // whichever, also when the peer goes away or the exchange is answered meanwhile.
  virtual void receive_body(std::unique_ptr<Receipt> receipt) = 0;

  // What closes the connection as long as this exchange is on it; nothing later. May be called from any thread, however
  // long it is kept.
  virtual std::function<void()> cutter() = 0;

  // What all clients share.
  virtual const std::shared_ptr<Shares>& shares() = 0;
  // Counts the connection as one of this credential. False where that is one too many: answer, and it will end.
  virtual bool count_connection(std::uint64_t credential) = 0;
  // Counts a refusal, and has the log name whom it is about: once a minute.
  virtual void complain(Refusal why, std::string_view who) = 0;

  // For the handler's own use between the request and the answer.
  Holder holder;              // of what it takes from the pools
  std::optional<Pool> holds;  // the one of which it has taken something
  void* handler_context = nullptr;
  const void* operation = nullptr;
  unsigned over_limit_s = 0;  // what the client should wait, where the operation decides whether it must

 protected:
  Request request_;
  Target target_;
  std::string request_id_;
  PeerAddress client_;
};

// Handles requests. Called on the connections' threads, several at once; must not block. The target was read well.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  // Where it throws, the exchange must be answered already or known to nobody else: then the peer gets 500.
  virtual void handle(Exchange& exchange) = 0;
  // Whether the body of such a request is not read before it is handled, but taken by Exchange::receive_body.
  virtual bool streams_body(const Request&) { return false; }
  // Names of headers, separated by commas, that pages of allowed origins may read. Lasts as long as the handler.
  virtual std::string_view exposed_headers() const { return kUsualResponseHeaders; }
};

}  // namespace gatetorio::transport_http
