// What the server is allowed to do and how long things may take; filled from the plugin's options.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "address.hpp"
#include "cors.hpp"
#include "forwarded.hpp"
#include "shares.hpp"
#include "token_buckets.hpp"

namespace gatetorio::transport_http {

// Deadlines of a connection. They are checked by one sweep per thread, so each may be late by up to a tick
// (an eighth of the shortest one, at most 250 ms).
struct Deadlines {
  std::chrono::milliseconds head{10'000};          // from the first byte (or the accept) to the end of the request head
  std::chrono::milliseconds body{30'000};          // from the end of the head to the end of the body
  std::chrono::milliseconds idle{60'000};          // between requests of a kept-alive connection
  std::chrono::milliseconds reply{60'000};         // for the operation; the hub's own deadlines are shorter
  std::chrono::milliseconds write{30'000};         // for the peer to take a response
  std::chrono::milliseconds linger{2'000};         // for the peer to close after our last byte, or to send more
  std::chrono::milliseconds whole_linger{30'000};  // the same however much it sends: a large body that was refused
  std::chrono::milliseconds heartbeat{15'000};     // between comments on a quiet event stream
  std::chrono::milliseconds pace{30'000};          // over which a transfer's rate is judged, from its beginning on
};

struct RateLimits {
  bool enabled = true;
  AddressSet exempt;                // peers that no rate holds for: a broker that asks for every client of its own
  TokenRate address{200, 1000};     // requests by address prefix (IPv4 /32, IPv6 /64)
  TokenRate credential{50, 300};    // requests by credential
  TokenRate failed_login{10, 100};  // refused credentials by address prefix
};

struct Settings {
  ListenAddress listen{"127.0.0.1", 8080};
  unsigned io_threads = 1;
  std::string tls_certificate;  // PEM files; both or neither
  std::string tls_key;
  std::string public_url;                              // without a slash at its end; empty: made from `listen`
  AddressSet trusted_proxies;                          // peers that are believed when they name their client
  ClientHeader client_header = ClientHeader::kEither;  // where they name it
  Origins allowed_origins;                             // whose pages may use the API

  std::size_t max_head_bytes = 8 * 1024;
  std::size_t max_body_bytes = 64 * 1024;
  std::size_t max_stream_bytes = 256 * 1024;  // waiting for one slow event-stream reader
  std::uint32_t max_connections = 10'000;
  std::uint32_t max_connections_per_address = 1'024;
  std::uint32_t max_connections_per_credential = 256;
  std::uint32_t max_in_flight = 4'096;  // operations under way, without transfers and streams
  std::uint32_t max_in_flight_per_address = 1'024;
  std::uint32_t max_in_flight_per_credential = 128;
  PoolLimits transfers{512, 128, 16};
  PoolLimits streams{4'096, 512, 16};
  std::uint64_t max_streams_waiting_bytes = 64u << 20;  // of events that wait for readers, each counted once
  std::uint64_t min_transfer_rate = 1'024;              // bytes a second; 0: none
  Deadlines deadlines;
  RateLimits rate_limits;

  std::array<PoolLimits, kPools> pools() const {
    return {PoolLimits{max_in_flight, max_in_flight_per_address, max_in_flight_per_credential}, transfers, streams,
            PoolLimits{~0u, ~0u, max_connections_per_credential}};
  }
  bool tls() const { return !tls_certificate.empty(); }
};

}  // namespace gatetorio::transport_http
