#include "broker/guard.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

namespace gatetorio::transport_mqtt {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// The broker stands still while it waits for the hub. A slow hub may cost it 200 ms a second, and 400 ms at once.
constexpr microseconds kMostBudget{400'000};
constexpr int kBudgetDivisor = 5;
constexpr std::size_t kMaxCredentialBytes = 512;
constexpr milliseconds kCountersEvery{1000};

std::string sha256(std::string_view text) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

SessionOpened opened(const Session& session) {
  return {session.number, session.username, session.client_id, session.peer};
}

}  // namespace

Guard::Guard(GuardSettings settings, BrokerHooks hooks)
    : settings_(std::move(settings)), hooks_(std::move(hooks)), wait_budget_(kMostBudget), budget_at_(Steady::now()) {
  settings_.hub_password = sha256(settings_.hub_password);
  if (!settings_.client_ids_file.empty()) client_ids_.load(settings_.client_ids_file, ClientIds::Clock::now());
  link_ = std::make_unique<Link>(settings_.hub_socket);
}

Guard::~Guard() = default;

void Guard::wait_until_synced(milliseconds longest) {
  const auto deadline = Steady::now() + longest;
  while (!synced_ && link_->wait_until(deadline)) hear();
}

bool Guard::may_connect(const ConnectAttempt& attempt) {
  hear();
  if (attempt.username.empty() || attempt.password.empty()) return refuse_connect();
  if (attempt.username.size() > kMaxCredentialBytes || attempt.password.size() > kMaxCredentialBytes) {
    return refuse_connect();
  }
  const std::string hash = sha256(attempt.password);
  const bool known = is_hub(attempt.username) ? same(hash, settings_.hub_password)
                                              : confirmed(attempt.username, hash) || ask_hub(attempt);
  return known && admit(attempt) ? true : refuse_connect();
}

bool Guard::refuse_connect() {
  ++counters_.connects_refused;
  return false;
}

bool Guard::confirmed(std::string_view username, const std::string& hash) const {
  const auto found = policies_.find(username);
  if (found == policies_.end() || !found->second.valid) return false;
  bool matches = false;
  for (const std::string& known : found->second.password_hashes) matches = same(known, hash) || matches;
  return matches;
}

bool Guard::ask_hub(const ConnectAttempt& attempt) {
  const auto now = Steady::now();
  const auto earned = std::chrono::duration_cast<microseconds>(now - budget_at_) / kBudgetDivisor;
  wait_budget_ = std::min(kMostBudget, wait_budget_ + earned);
  budget_at_ = now;
  const auto longest = std::min<microseconds>(settings_.connect_deadline, wait_budget_);
  if (longest <= microseconds::zero() || !link_->up()) {
    ++counters_.connects_unanswered;
    return false;
  }
  const std::uint64_t id = ++last_request_;
  link_->send(to_frame(ConnectRequest{id, std::string(attempt.username), std::string(attempt.password),
                                      std::string(attempt.client_id), std::string(attempt.peer)}));
  const bool answered = await_reply(id, now + longest);
  budget_at_ = Steady::now();
  wait_budget_ -= std::chrono::duration_cast<microseconds>(budget_at_ - now);
  if (!answered) ++counters_.connects_unanswered;
  return answered && answer_;
}

bool Guard::await_reply(std::uint64_t id, Steady::time_point deadline) {
  while (answered_request_ != id) {
    if (!link_->wait_until(deadline)) return false;
    hear();
    if (!link_->up()) return false;
  }
  return true;
}

bool Guard::admit(const ConnectAttempt& attempt) {
  const std::string* owner = sessions_.live_owner(attempt.client_id);
  if (owner != nullptr && *owner != attempt.username) return false;
  const auto probe = [this](const std::string& client_id) {
    probing_ = true;
    const bool exists = hooks_.session_exists(client_id);
    probing_ = false;
    return exists;
  };
  if (client_ids_.held_by_other(attempt.client_id, attempt.username, probe, ClientIds::Clock::now())) return false;
  client_ids_.forget(attempt.client_id);
  Session session;
  session.username = attempt.username;
  session.client_id = attempt.client_id;
  session.peer = attempt.peer;
  session.clean_start = attempt.clean_start;
  session.may_persist = attempt.may_persist;
  const Session& now_open = sessions_.open(attempt.client, std::move(session));
  if (!is_hub(attempt.username)) link_->send(to_frame(opened(now_open)));
  return true;
}

void Guard::disconnected(SessionTable::Client client) {
  const auto session = sessions_.close(client);
  if (!session || is_hub(session->username)) return;
  if (session->may_persist && !session->superseded) {
    client_ids_.left(session->client_id, session->username, ClientIds::Clock::now());
  }
  const char* reason = session->revoked ? "revoked" : session->superseded ? "taken over" : "closed";
  link_->send(to_frame(SessionClosed{session->number, session->username, session->client_id, reason}));
}

void Guard::tick() {
  hear();
  for (const std::string& username : std::exchange(to_kick_, {})) {
    sessions_.mark_revoked(username);
    hooks_.kick(username);
  }
  probing_ = true;
  client_ids_.sweep(hooks_.session_exists, ClientIds::Clock::now());
  probing_ = false;
  const auto now = Steady::now();
  if (counters_ != counters_told_ && now - told_at_ > kCountersEvery) {
    link_->send(to_frame(counters_));
    counters_told_ = counters_;
    told_at_ = now;
  }
}

void Guard::save() {
  if (settings_.client_ids_file.empty()) return;
  for (const Session& session : sessions_.all()) {
    if (!session.clean_start) client_ids_.left(session.client_id, session.username, ClientIds::Clock::now());
  }
  client_ids_.save(settings_.client_ids_file);
}

}  // namespace gatetorio::transport_mqtt
