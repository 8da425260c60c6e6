// Who is let in: limits, shares, and the pools that a call takes from.
#include <algorithm>

#include "api.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr unsigned kBusyRetryS = 2;

// How a refusal of each pool is counted and told.
struct PoolWords {
  Refusal total, share;
  std::string_view detail;
};
constexpr PoolWords kPoolWords[] = {
    {Refusal::kInFlight, Refusal::kInFlightShare, "You have too many requests under way; try again later."},
    {Refusal::kTransfers, Refusal::kTransferShare, "You have too many transfers under way; try again later."},
    {Refusal::kStreams, Refusal::kStreamShare, "You have too many event streams; end one of them first."}};

}  // namespace

bool Api::admit(Exchange& exchange, const RequestCredential& credential) {
  hold(exchange, credential.secret);
  if (!exchange.holder.is_exempt && !pass_limit(exchange, limits_.admit(exchange.client().prefix, credential.secret))) {
    return false;
  }
  if (credential.scheme.starts_with("cookie") && !is_same_origin(exchange.request())) {
    refuse(exchange, make_problem(403, "The request comes from another site."));
    return false;
  }
  return count_connection(exchange);
}

// The same for a credential that is not in the head.
bool Api::admit_found(Exchange& exchange, const RequestCredential& credential) {
  hold(exchange, credential.secret);
  const auto wait = exchange.holder.is_exempt ? 0 : limits_.admit_credential(credential.secret);
  return pass_limit(exchange, {wait}) && count_connection(exchange);
}

// An operation may decide itself whom it lets pass, but not for those who guess.
bool Api::pass_limit(Exchange& exchange, RequestLimits::Wait wait) {
  if (wait.seconds == 0) return true;
  const auto* operation = static_cast<const Offered*>(exchange.operation);
  exchange.over_limit_s = std::max(exchange.over_limit_s, wait.seconds);
  if (operation != nullptr && operation->judges_limits && !wait.is_for_guessing) return true;
  exchange.complain(Refusal::kRateLimit, who(exchange));
  refuse(exchange, make_problem(429, {}, wait.seconds));
  return false;
}

void Api::hold(Exchange& exchange, std::string_view secret) const {
  exchange.holder = {exchange.client().prefix, secret.empty() ? 0 : limits_.key_of(secret), is_exempt(exchange)};
}

bool Api::count_connection(Exchange& exchange) {
  if (exchange.holder.is_exempt || exchange.count_connection(exchange.holder.credential)) return true;
  exchange.complain(Refusal::kConnectionShare, who(exchange));
  refuse(exchange, make_problem(429, "There are too many connections with this credential.", kBusyRetryS));
  return false;
}

// Whom the log is to name.
std::string Api::who(Exchange& exchange) {
  const auto credential = exchange.holder.credential;
  const auto name = credential == 0 ? std::string() : exchange.shares()->name_of(credential);
  return name.empty() ? exchange.client().text : name + " at " + exchange.client().text;
}

// Takes one of the pool, or answers why not: 429 where it is the caller's own share that is used up.
bool Api::enter(Exchange& exchange, Pool pool) {
  const Full full = exchange.shares()->enter(pool, exchange.holder);
  if (full == Full::kNo) {
    exchange.holds = pool;
    return true;
  }
  const PoolWords& words = kPoolWords[static_cast<std::size_t>(pool)];
  if (full == Full::kTotal) {
    exchange.complain(words.total, "all together");
    refuse(exchange, make_problem(503, "The hub is busy; try again later.", kBusyRetryS));
    return false;
  }
  exchange.complain(words.share, full == Full::kAddress ? exchange.client().text : who(exchange));
  refuse(exchange, make_problem(429, words.detail, kBusyRetryS));
  return false;
}

void Api::give_back(Exchange& exchange) {
  if (exchange.holds) exchange.shares()->leave(*exchange.holds, exchange.holder);
  exchange.holds.reset();
}

}  // namespace gatetorio::transport_http
