// The HTTP server: threads, listener, life. Knows nothing of operations; it hands requests to a RequestHandler.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "counters.hpp"
#include "exchange.hpp"
#include "gatetorio/tls_files.hpp"
#include "settings.hpp"

namespace gatetorio::transport_http {

class Server {
 public:
  // `handler` must live until every exchange it was given is answered.
  Server(Settings settings, RequestHandler& handler);
  ~Server();  // stops

  // Hears, on any thread, what escaped the work for a connection: that one was closed, the others go on. Set before
  // `start`; must not throw.
  void on_fault(std::function<void(std::string_view what)> fault);
  // Hears, on any thread, who has used up a share of what all clients share, or is too slow: of each client and reason
  // once a minute. Set before `start`; must not throw.
  void on_complaint(std::function<void(std::string_view reason, std::string_view who)> complaint);
  // Called several times a second on a thread of the server. Set before `start`.
  void on_tick(std::function<void()> tick);
  // Takes in a renewed certificate; connections that live keep theirs. Only inside `on_tick`. Says how it was found:
  // nothing where it has not changed. While it cannot be used the old one stays.
  std::optional<TlsFiles::State> reload_certificate();
  // When the certificate that was loaded at the start ends; 0 without TLS.
  Timestamp certificate_ends() const;

  // Loads the certificate, listens and starts the threads. Returns an empty string, or why it cannot; then it may be
  // called again.
  std::string start();
  // Whether start() failed for what may pass: somebody else has the port, or the machine does not have the address yet.
  bool is_address_taken() const;
  // The port that is listened on; after `start`.
  std::uint16_t port() const;

  // Takes no new connection, closes idle ones, lets the others finish their request, and closes all after `bound`.
  // `done` is called once, on a thread of the server.
  void drain(std::chrono::milliseconds bound, std::function<void()> done);
  // Closes what is left and joins the threads. Answers that come later are dropped. Not from a thread of the server.
  void stop();

  const Counters& counters() const;
  Counters& counters();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gatetorio::transport_http
