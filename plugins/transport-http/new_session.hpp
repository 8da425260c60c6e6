// Makes sessions, so that the two kinds of stream are compiled once each.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gatetorio/tls_files.hpp"
#include "stream_session.hpp"

namespace gatetorio::transport_http {

std::shared_ptr<Session> new_plain_session(std::shared_ptr<Worker> worker, PeerAddress peer, Socket socket);

// Certificate chain and key of a TLS server; TLS 1.2 at least.
class TlsContext {
 public:
  TlsContext();
  ~TlsContext();
  // Reads the files. Blocking. Says what is wrong, if anything.
  TlsFiles::State load(const TlsFiles& files);
  // Reads them again where one has changed; sessions that live keep what they have. Where the new ones cannot be used
  // the old ones stay. Says once how they were found. Blocking, and on the thread that makes sessions.
  std::optional<TlsFiles::State> reload_if_changed();

  struct Impl;
  std::unique_ptr<Impl> impl;

 private:
  TlsFiles files_{{}, {}};
  std::uint64_t stamp_ = 0;  // of the files that were read last
};

// `tls` outlives the session.
std::shared_ptr<Session> new_tls_session(std::shared_ptr<Worker> worker, PeerAddress peer, Socket socket,
                                         TlsContext& tls);

}  // namespace gatetorio::transport_http
