// Makes sessions, so that the two kinds of stream are compiled once each.
#pragma once

#include <cstdint>
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
  std::string load(const std::string& certificate, const std::string& key);
  // Reads them again where one has changed; sessions that live keep what they have. Where the new ones do not fit
  // together the old ones stay, and what is wrong is returned once. Blocking, and on the thread that makes sessions.
  std::string reload_if_changed();

  struct Impl;
  std::unique_ptr<Impl> impl;

 private:
  std::string certificate_file, key_file;
  std::uint64_t loaded_stamp = 0, refused_stamp = 0;
};

// `tls` outlives the session.
std::shared_ptr<Session> new_tls_session(std::shared_ptr<Worker> worker, PeerAddress peer, Socket socket,
                                         TlsContext& tls);

}  // namespace gatetorio::transport_http
