// What an operator may set in [plugins.transport-http].
#pragma once

#include <cstdint>
#include <gatetorio/options.hpp>
#include <string>
#include <vector>

#include "settings.hpp"

namespace gatetorio::transport_http {

struct Options {
  std::string listen = "127.0.0.1:8080";
  bool allow_plain_http = false;
  bool behind_proxy = false;
  std::string tls_certificate;
  std::string tls_key;
  std::vector<std::string> trusted_proxies;
  std::string client_header = "either";
  std::vector<std::string> allowed_origins;
  std::string public_url;

  std::int64_t io_threads = 0;
  std::int64_t max_connections = 10'000;
  std::int64_t max_connections_per_address = 1'024;
  std::int64_t max_connections_per_credential = 256;
  std::int64_t max_in_flight = 4'096;
  std::int64_t max_in_flight_per_address = 1'024;
  std::int64_t max_in_flight_per_credential = 128;
  std::int64_t max_transfers = 512;
  std::int64_t max_transfers_per_address = 128;
  std::int64_t max_transfers_per_credential = 16;
  std::int64_t max_streams = 4'096;
  std::int64_t max_streams_per_address = 512;
  std::int64_t max_streams_per_credential = 16;
  std::int64_t max_streams_waiting_mib = 64;
  std::int64_t min_transfer_bytes_per_second = 1'024;
  std::int64_t transfer_grace_ms = 30'000;
  std::int64_t header_timeout_ms = 10'000;
  std::int64_t body_timeout_ms = 30'000;
  std::int64_t idle_timeout_ms = 60'000;
  std::int64_t write_timeout_ms = 30'000;

  bool rate_limit = true;
  std::vector<std::string> rate_limit_exempt;
  std::int64_t rate_limit_address_per_second = 200;
  std::int64_t rate_limit_address_burst = 1'000;
  std::int64_t rate_limit_credential_per_second = 50;
  std::int64_t rate_limit_credential_burst = 300;
  std::int64_t rate_limit_failed_login_per_second = 10;
  std::int64_t rate_limit_failed_login_burst = 100;
};

const OptionTable<Options>& option_table();

// Throws OptionError, naming the option to change, where a value cannot be read or the options do not fit together.
Settings settings_from(const Options& options);

}  // namespace gatetorio::transport_http
