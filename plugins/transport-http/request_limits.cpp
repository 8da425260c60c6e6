#include "request_limits.hpp"

#include <algorithm>
#include <cmath>

namespace gatetorio::transport_http {
namespace {

constexpr std::size_t kKeys = 32 * 1024;  // of each kind; a megabyte each

unsigned whole_seconds(double wait) { return static_cast<unsigned>(std::clamp(std::ceil(wait), 1.0, 3600.0)); }

}  // namespace

RequestLimits::RequestLimits(const RateLimits& rates)
    : enabled_(rates.enabled),
      addresses_(rates.address, rates.enabled ? kKeys : 1),
      credentials_(rates.credential, rates.enabled ? kKeys : 1),
      failed_logins_(rates.failed_login, rates.enabled ? kKeys : 1) {}

RequestLimits::Wait RequestLimits::admit(std::uint64_t prefix, std::string_view secret, Clock::time_point now) {
  if (!enabled_) return {};
  const double of_address = addresses_.take(prefix, now);
  // Guessing costs nothing but attempts, so they are what is limited; before the credential is even looked at.
  if (const double wait = failed_logins_.wait_time(prefix, now); wait > 0) return {whole_seconds(wait), true};
  if (of_address > 0) return {whole_seconds(of_address)};
  return {admit_credential(secret, now)};
}

unsigned RequestLimits::admit_credential(std::string_view secret, Clock::time_point now) {
  if (!enabled_ || secret.empty()) return 0;
  if (const double wait = credentials_.take(key_of(secret), now); wait > 0) return whole_seconds(wait);
  return 0;
}

void RequestLimits::count_failed_login(std::uint64_t prefix, Clock::time_point now) {
  if (enabled_) failed_logins_.take(prefix, now);
}

}  // namespace gatetorio::transport_http
