// Makes sessions, so that the two kinds of stream are compiled once each.
#pragma once

#include <memory>
#include <string>

#include "stream_session.hpp"

namespace gatetorio::transport_http {

std::shared_ptr<Session> new_plain_session(std::shared_ptr<Worker> worker, PeerAddress peer, Socket socket);

// Certificate chain and key of a TLS server; TLS 1.2 at least.
class TlsContext {
 public:
  TlsContext();
  ~TlsContext();
  // Reads the PEM files. Blocking. Returns an empty string, or what is wrong.
  std::string load(const std::string& certificate_file, const std::string& key_file);

  struct Impl;
  std::unique_ptr<Impl> impl;
};

// `tls` outlives the session.
std::shared_ptr<Session> new_tls_session(std::shared_ptr<Worker> worker, PeerAddress peer, Socket socket,
                                         TlsContext& tls);

}  // namespace gatetorio::transport_http
