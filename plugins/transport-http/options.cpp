#include "options.hpp"

#include <algorithm>
#include <gatetorio/plugin.hpp>
#include <thread>

namespace gatetorio::transport_http {
namespace {

unsigned threads_for(std::int64_t asked) {
  if (asked > 0) return static_cast<unsigned>(asked);
  const unsigned cores = std::thread::hardware_concurrency();
  return cores <= 2 ? 1 : cores / 2;
}

TokenRate rate(std::int64_t per_second, std::int64_t burst) {
  return {static_cast<double>(per_second), static_cast<double>(burst)};
}

PoolLimits pool(std::int64_t total, std::int64_t per_address, std::int64_t per_credential) {
  return {static_cast<std::uint32_t>(total), static_cast<std::uint32_t>(per_address),
          static_cast<std::uint32_t>(per_credential)};
}

ClientHeader client_header(const std::string& word) {
  if (word == "forwarded") return ClientHeader::kForwarded;
  return word == "x-forwarded-for" ? ClientHeader::kXForwardedFor : ClientHeader::kEither;
}

void check_reach(const Options& options, const Settings& settings) {
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    const char* missing = options.tls_key.empty() ? "tls_key" : "tls_certificate";
    throw OptionError(missing, "tls_certificate and tls_key are set together or not at all");
  }
  if (settings.tls() || settings.listen.is_loopback() || options.allow_plain_http || options.behind_proxy) return;
  throw OptionError(
      "listen",
      "would serve plain HTTP beyond this machine: set tls_certificate and tls_key, or behind_proxy = true "
      "where a proxy in front speaks TLS, or allow_plain_http = true to send credentials in the clear");
}

}  // namespace

const OptionTable<Options>& option_table() {
  using O = Options;
  constexpr std::int64_t kMillion = 1'000'000;
  constexpr std::int64_t kMinute = 60'000;
  static const OptionTable<Options> table = {
      option("listen", &O::listen, "Address and port to listen on; port 0 takes a free one."),
      option("allow_plain_http", &O::allow_plain_http,
             "Serve plain HTTP on an address that others can reach. Credentials then travel in the clear."),
      option("behind_proxy", &O::behind_proxy,
             "A reverse proxy in front speaks TLS, so that plain HTTP may be served to it on any address."),
      option("tls_certificate", &O::tls_certificate, "PEM file with the certificate chain; makes the listener HTTPS."),
      option("tls_key", &O::tls_key, "PEM file with the private key of tls_certificate."),
      option("trusted_proxies", &O::trusted_proxies,
             "Addresses or networks (CIDR) of proxies that are believed when they name the client that they pass on."),
      option(
          "client_header", &O::client_header,
          "Where trusted_proxies name the client. either: in X-Forwarded-For, or in Forwarded (RFC 7239) where a "
          "request"
          " has no X-Forwarded-For. A proxy that writes Forwarded alone needs \"forwarded\", else clients can write the"
          " other themselves.")
          .choices({"either", "x-forwarded-for", "forwarded"}),
      option("allowed_origins", &O::allowed_origins,
             "Origins whose pages may use the API from a browser or web view (CORS), exactly as in "
             "\"https://app.example.org\""
             " or \"capacitor://localhost\". None: only pages that the hub serves itself."),
      option("public_url", &O::public_url,
             "What the URLs begin with that the hub hands out (of files), as in \"https://hub.example.org\"; empty: the"
             " address that it listens on."),
      option("io_threads", &O::io_threads, "Threads for connections; 0: one on up to two cores, else half the cores.")
          .range(0, 256),
      option("max_connections", &O::max_connections, "Connections at a time, in all.").range(1, kMillion),
      option("max_connections_per_address", &O::max_connections_per_address,
             "Connections at a time from one IPv4 address or IPv6 /64.")
          .range(1, kMillion),
      option("max_connections_per_credential", &O::max_connections_per_credential,
             "Connections at a time that were last used with one credential; what comes over another is answered with "
             "429.")
          .range(1, kMillion),
      option("max_in_flight", &O::max_in_flight,
             "Operations under way at a time, without transfers and streams; more are answered with 503.")
          .range(1, kMillion),
      option("max_in_flight_per_address", &O::max_in_flight_per_address,
             "Operations under way at a time for one IPv4 address or IPv6 /64; more are answered with 429.")
          .range(1, kMillion),
      option("max_in_flight_per_credential", &O::max_in_flight_per_credential,
             "Operations under way at a time with one credential; more are answered with 429.")
          .range(1, kMillion),
      option("max_transfers", &O::max_transfers,
             "Uploads and downloads at a time; more are answered with 503. An upload takes 128 KiB of memory.")
          .range(1, kMillion),
      option("max_transfers_per_address", &O::max_transfers_per_address,
             "Uploads and downloads at a time of one IPv4 address or IPv6 /64; more are answered with 429.")
          .range(1, kMillion),
      option("max_transfers_per_credential", &O::max_transfers_per_credential,
             "Uploads and downloads at a time with one credential; more are answered with 429. Signed URLs show none: "
             "plugins.file-transfer.max_transfers_per_holder holds for them.")
          .range(1, kMillion),
      option("max_streams", &O::max_streams, "Event streams at a time; more are answered with 503.").range(1, kMillion),
      option("max_streams_per_address", &O::max_streams_per_address,
             "Event streams at a time of one IPv4 address or IPv6 /64; more are answered with 429.")
          .range(1, kMillion),
      option("max_streams_per_credential", &O::max_streams_per_credential,
             "Event streams at a time with one credential; more are answered with 429.")
          .range(1, kMillion),
      option("max_streams_waiting_mib", &O::max_streams_waiting_mib,
             "What may wait in all for readers of event streams; above it the slow ones are ended, and may come back.")
          .unit("MiB")
          .range(1, 1'048'576),
      option("min_transfer_bytes_per_second", &O::min_transfer_bytes_per_second,
             "Uploads that come more slowly are answered with 408, downloads that are taken more slowly are ended; 0: "
             "any rate will do.")
          .unit("bytes per second")
          .range(0, 1'000 * kMillion),
      option("transfer_grace_ms", &O::transfer_grace_ms,
             "Over how long the rate of a transfer is judged; so long it may be slow at its beginning.")
          .unit("milliseconds")
          .range(50, 60 * kMinute),
      option("header_timeout_ms", &O::header_timeout_ms, "Time for a whole request head to arrive.")
          .unit("milliseconds")
          .range(50, 10 * kMinute),
      option("body_timeout_ms", &O::body_timeout_ms, "Time for a whole request body to arrive.")
          .unit("milliseconds")
          .range(50, 10 * kMinute),
      option("idle_timeout_ms", &O::idle_timeout_ms, "Time that a connection may rest between requests.")
          .unit("milliseconds")
          .range(50, 60 * kMinute),
      option("write_timeout_ms", &O::write_timeout_ms, "Time for a client to take a response.")
          .unit("milliseconds")
          .range(50, 10 * kMinute),
      option("rate_limit", &O::rate_limit, "Limit how often somebody may ask; false is for load tests."),
      option("rate_limit_exempt", &O::rate_limit_exempt,
             "Addresses or networks (CIDR) that no rate limit holds for: an external broker's, which asks for its "
             "clients."),
      option("rate_limit_address_per_second", &O::rate_limit_address_per_second,
             "Lasting rate from one IPv4 address or IPv6 /64.")
          .unit("requests per second")
          .range(1, kMillion),
      option("rate_limit_address_burst", &O::rate_limit_address_burst, "Requests that an address may make at once.")
          .range(1, kMillion),
      option("rate_limit_credential_per_second", &O::rate_limit_credential_per_second,
             "Lasting rate with one credential.")
          .unit("requests per second")
          .range(1, kMillion),
      option("rate_limit_credential_burst", &O::rate_limit_credential_burst,
             "Requests that may be made with one credential at once.")
          .range(1, kMillion),
      option("rate_limit_failed_login_per_second", &O::rate_limit_failed_login_per_second,
             "Lasting rate of refused credentials from one address; above it the address is told to wait.")
          .unit("requests per second")
          .range(1, kMillion),
      option("rate_limit_failed_login_burst", &O::rate_limit_failed_login_burst,
             "Refused credentials that an address may present at once.")
          .range(1, kMillion)};
  return table;
}

Settings settings_from(const Options& options) {
  Settings settings;
  const auto listen = ListenAddress::parse(options.listen);
  if (!listen) throw OptionError("listen", "expected an IP address and a port like 127.0.0.1:8080 or [::1]:8080");
  settings.listen = *listen;
  settings.tls_certificate = options.tls_certificate;
  settings.tls_key = options.tls_key;
  check_reach(options, settings);
  settings.public_url = options.public_url;
  while (settings.public_url.ends_with('/')) settings.public_url.pop_back();
  const bool is_url = settings.public_url.starts_with("http://") || settings.public_url.starts_with("https://");
  if (!settings.public_url.empty() && (!is_url || settings.public_url.find_first_of("?# \"<>") != std::string::npos)) {
    throw OptionError("public_url", "expected a URL like https://hub.example.org, without ? and #");
  }
  for (const auto& proxy : options.trusted_proxies) {
    if (settings.trusted_proxies.add(proxy)) continue;
    throw OptionError("trusted_proxies", "expected addresses or networks like 10.0.0.0/8, got " + proxy);
  }
  settings.client_header = client_header(options.client_header);
  for (const auto& origin : options.allowed_origins) {
    const auto wrong = settings.allowed_origins.add(origin);
    if (!wrong.empty()) throw OptionError("allowed_origins", origin + ": " + std::string(wrong));
  }
  settings.io_threads = threads_for(options.io_threads);
  settings.max_connections = static_cast<std::uint32_t>(options.max_connections);
  settings.max_connections_per_address = static_cast<std::uint32_t>(options.max_connections_per_address);
  settings.max_connections_per_credential = static_cast<std::uint32_t>(options.max_connections_per_credential);
  settings.max_in_flight = static_cast<std::uint32_t>(options.max_in_flight);
  settings.max_in_flight_per_address = static_cast<std::uint32_t>(options.max_in_flight_per_address);
  settings.max_in_flight_per_credential = static_cast<std::uint32_t>(options.max_in_flight_per_credential);
  settings.transfers =
      pool(options.max_transfers, options.max_transfers_per_address, options.max_transfers_per_credential);
  settings.streams = pool(options.max_streams, options.max_streams_per_address, options.max_streams_per_credential);
  settings.max_streams_waiting_bytes = static_cast<std::uint64_t>(options.max_streams_waiting_mib) << 20;
  settings.min_transfer_rate = static_cast<std::uint64_t>(options.min_transfer_bytes_per_second);
  settings.deadlines.pace = std::chrono::milliseconds(options.transfer_grace_ms);
  settings.deadlines.head = std::chrono::milliseconds(options.header_timeout_ms);
  settings.deadlines.body = std::chrono::milliseconds(options.body_timeout_ms);
  settings.deadlines.idle = std::chrono::milliseconds(options.idle_timeout_ms);
  settings.deadlines.write = std::chrono::milliseconds(options.write_timeout_ms);
  settings.rate_limits.enabled = options.rate_limit;
  for (const auto& peer : options.rate_limit_exempt) {
    if (settings.rate_limits.exempt.add(peer)) continue;
    throw OptionError("rate_limit_exempt", "expected addresses or networks like 10.0.0.0/8, got " + peer);
  }
  settings.rate_limits.address = rate(options.rate_limit_address_per_second, options.rate_limit_address_burst);
  settings.rate_limits.credential = rate(options.rate_limit_credential_per_second, options.rate_limit_credential_burst);
  settings.rate_limits.failed_login =
      rate(options.rate_limit_failed_login_per_second, options.rate_limit_failed_login_burst);
  return settings;
}

}  // namespace gatetorio::transport_http
