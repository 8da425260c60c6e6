// What the server counts. Written by its threads, read by whoever publishes metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace gatetorio::transport_http {

// Why a request or connection was turned away.
enum class Refusal : std::uint8_t {
  kMalformed,
  kTooLarge,
  kTimeout,
  kConnections,
  kInFlight,
  kRateLimit,
  kSlowReader,
  kSlowBody,
  kTransfers,
  kStreams,
  kConnectionShare,
  kInFlightShare,
  kTransferShare,
  kStreamShare
};
inline constexpr std::array<std::string_view, 14> kRefusalNames = {
    "malformed", "too_large", "timeout", "connections",      "in_flight",       "rate_limit",     "slow_reader",
    "slow_body", "transfers", "streams", "connection_share", "in_flight_share", "transfer_share", "stream_share"};

struct Counters {
  std::array<std::atomic<std::uint64_t>, 6> responses{};  // by hundreds of the status
  std::array<std::atomic<std::uint64_t>, kRefusalNames.size()> refusals{};
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> streams{0};

  void count_response(unsigned status) {
    if (status < 600) responses[status / 100].fetch_add(1, std::memory_order_relaxed);
  }
  void count_refusal(Refusal why) { refusals[static_cast<std::size_t>(why)].fetch_add(1, std::memory_order_relaxed); }
};

}  // namespace gatetorio::transport_http
