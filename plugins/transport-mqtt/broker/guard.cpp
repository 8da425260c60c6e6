#include "broker/guard.hpp"

#include <algorithm>
#include <cstdio>

#include "gatetorio/identity.hpp"
#include "gatetorio/secret.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// The broker stands still while it waits for the hub. A slow hub may cost it 200 ms a second, and 400 ms at once.
constexpr microseconds kMostBudget{400'000};
constexpr int kBudgetDivisor = 5;
constexpr std::uint64_t kMostUnanswered = 1'000;  // questions that nobody waits for
constexpr std::size_t kMaxCredentialBytes = 512;
constexpr std::size_t kMaxClientIdBytes = 128;
constexpr milliseconds kCountersEvery{1000};
constexpr milliseconds kLookEvery{250};
constexpr std::chrono::seconds kSaveEvery{60};
constexpr std::chrono::seconds kWatchEvery{2};
// A client whose keep-alive is longer, or off, must send something in this time, or its connection ends: nobody else
// would notice that it is gone.
constexpr std::chrono::seconds kLongestSilence{600};

// A principal's own name is kept for it: predictable ids could be occupied before their owners come.
bool is_reserved(std::string_view client_id) {
  const auto named = parse_principal_name(client_id);
  return named && (named->kind == "device" || named->kind == "user");
}

bool is_relayed(std::string_view address) {
  int second = 0;
  const bool is_ours = std::sscanf(std::string(address).c_str(), "127.%3d.", &second) == 1;
  return is_ours && second >= 128;
}

SessionOpened opened(const Session& session) {
  return {session.number, session.username, session.client_id, session.peer};
}

}  // namespace

Guard::Guard(GuardSettings settings, BrokerHooks hooks)
    : settings_(std::move(settings)),
      hooks_(std::move(hooks)),
      clock_(std::chrono::system_clock::now(), Steady::now()),
      budgets_(settings_.limits),
      wait_budget_(kMostBudget),
      budget_at_(Steady::now()) {
  settings_.hub_password = sha256(settings_.hub_password);
  if (!settings_.client_ids_file.empty()) client_ids_.load(settings_.client_ids_file, ClientIds::Clock::now());
  if (!settings_.retained_file.empty()) retained_.load(settings_.retained_file);
  link_ = std::make_unique<Link>(settings_.hub_socket);
}

Guard::~Guard() = default;

void Guard::wait_until_synced(milliseconds longest) {
  const auto deadline = Steady::now() + longest;
  while (!synced_ && link_->wait_until(deadline)) hear();
}

Admission Guard::may_connect(ConnectAttempt attempt) {
  hear();
  if (is_relayed(attempt.peer)) {
    const std::string address(attempt.peer);
    // The hub has told whose it is before it connected: what it told may still be on the way.
    if (!wait_for_hub(longest_wait(), [&] { return relayed_.count(address) != 0; })) {
      return refuse_connect(Admission::kLater);
    }
    attempt.peer = relayed_.at(address);
  }
  if (attempt.username.empty() || attempt.password.empty()) return refuse_connect();
  if (attempt.username.size() > kMaxCredentialBytes || attempt.password.size() > kMaxCredentialBytes) {
    return refuse_connect();
  }
  const std::string hash = sha256(attempt.password);
  if (is_hub(attempt.username)) {
    return equal_in_constant_time(hash, settings_.hub_password) ? admit(attempt, 0) : refuse_connect();
  }
  const Password* password = confirmed(attempt.username, hash);
  if (password == nullptr) {
    // Whoever guesses must not use up the time in which others are asked about.
    if (!budgets_.may_ask(attempt.peer, attempt.username, Steady::now())) return refuse_connect(Admission::kLater);
    const std::optional<bool> is_right = ask_hub(attempt);
    if (!is_right) return refuse_connect(Admission::kLater);
    if (*is_right) password = confirmed(attempt.username, hash);
  }
  return password != nullptr ? admit(attempt, password->valid_until_us) : refuse_connect();
}

Admission Guard::refuse_connect(Admission why) {
  ++counters_.connects_refused;
  return why;
}

const Password* Guard::confirmed(std::string_view username, const std::string& hash) const {
  const auto found = policies_.find(username);
  if (found == policies_.end() || !found->second.valid) return nullptr;
  const Password* match = nullptr;
  const std::int64_t now_us = now().us;
  for (const Password& known : found->second.passwords) {
    const bool is_valid = known.valid_until_us == 0 || known.valid_until_us > now_us;
    if (equal_in_constant_time(known.hash, hash) && is_valid) match = &known;
  }
  return match;
}

std::optional<bool> Guard::ask_hub(const ConnectAttempt& attempt) {
  const microseconds longest = longest_wait();
  const bool may_wait = longest > microseconds::zero();
  if (!link_->up() || (!may_wait && unanswered_.size() >= kMostUnanswered)) {
    ++counters_.connects_unanswered;
    return std::nullopt;
  }
  const std::uint64_t id = ++last_request_;
  unanswered_.emplace(id, std::pair(std::string(attempt.peer), std::string(attempt.username)));
  link_->send(to_frame(ConnectRequest{id, std::string(attempt.username), std::string(attempt.password),
                                      std::string(attempt.client_id), std::string(attempt.peer)}));
  if (!may_wait) {
    // When thousands come at once: the answer will be here when this one tries again.
    ++counters_.connects_unanswered;
    return std::nullopt;
  }
  awaited_request_ = id;
  awaited_answer_.reset();
  if (!wait_for_hub(longest, [&] { return awaited_answer_.has_value(); })) {
    ++counters_.connects_unanswered;
    return std::nullopt;
  }
  return awaited_answer_;
}

// How long the broker may stand now. What it does not use of its time it saves up to a limit.
microseconds Guard::longest_wait() {
  const auto now = Steady::now();
  const auto earned = std::chrono::duration_cast<microseconds>(now - budget_at_) / kBudgetDivisor;
  wait_budget_ = std::min(kMostBudget, wait_budget_ + earned);
  budget_at_ = now;
  return std::min<microseconds>(settings_.connect_deadline, wait_budget_);
}

bool Guard::wait_for_hub(microseconds longest, const std::function<bool()>& is_here) {
  const auto begun = Steady::now();
  while (!is_here() && link_->up() && link_->wait_until(begun + longest)) hear();
  budget_at_ = Steady::now();
  wait_budget_ -= std::chrono::duration_cast<microseconds>(budget_at_ - begun);
  return is_here();
}

// May this principal use this client id?
bool Guard::is_free(const ConnectAttempt& attempt) {
  if (attempt.client_id != attempt.username && is_reserved(attempt.client_id)) return false;
  const std::string* owner = sessions_.live_owner(attempt.client_id);
  if (owner != nullptr && *owner != attempt.username) return false;
  const auto probe = [this](const std::string& client_id) {
    probing_ = true;
    const bool exists = hooks_.session_exists(client_id);
    probing_ = false;
    return exists;
  };
  return !client_ids_.held_by_other(attempt.client_id, attempt.username, probe, ClientIds::Clock::now());
}

void Guard::ask_about(const std::string& username) {
  probing_ = true;
  client_ids_.ask_about(username, hooks_.session_exists, ClientIds::Clock::now());
  probing_ = false;
}

// Is there room for one more connection of this principal, from there? The newest counts: an old one may be of a client
// that has long gone.
Admission Guard::find_room(const ConnectAttempt& attempt) {
  const auto now = Steady::now();
  const Limits& limits = budgets_.limits();
  const std::string username(attempt.username);
  if (attempt.client_id.size() > kMaxClientIdBytes) {
    budgets_.exceeded(Budget::client_id, username);
    return Admission::kNo;
  }
  if (budgets_.connect(username, now) != Answer::kYes) return Admission::kLater;
  if (!budgets_.has_room(attempt.peer)) {
    budgets_.exceeded(Budget::addresses, attempt.peer);
    return Admission::kLater;
  }
  const bool is_new = sessions_.live_owner(attempt.client_id) == nullptr && !client_ids_.is_held(attempt.client_id);
  const auto is_full = [&] {
    return limits.client_sessions > 0 && client_ids_.count(username) >= limits.client_sessions;
  };
  if (attempt.may_persist && is_new && is_full()) ask_about(username);  // the broker tells nobody when a session ends
  if (attempt.may_persist && is_new && is_full()) {
    budgets_.exceeded(Budget::sessions, username);
    return Admission::kNo;
  }
  if (limits.client_connections == 0) return Admission::kYes;
  const std::vector<std::uint64_t> others = sessions_.oldest_first(username, attempt.client_id);
  for (auto number = others.begin(); others.end() - number >= limits.client_connections; ++number) {
    budgets_.exceeded(Budget::connections, username);
    to_end_.push_back(*number);
  }
  return Admission::kYes;
}

Admission Guard::admit(const ConnectAttempt& attempt, std::int64_t valid_until_us) {
  if (Session* open = sessions_.find(attempt.client);
      open != nullptr && open->client_id == attempt.client_id && open->username == attempt.username) {
    // The broker has read its settings anew and asks about those who are connected: the session goes on.
    open->valid_until_us = valid_until_us;
    return Admission::kYes;
  }
  if (!is_free(attempt)) return refuse_connect();
  const Admission room = is_hub(attempt.username) ? Admission::kYes : find_room(attempt);
  if (room != Admission::kYes) return refuse_connect(room);
  const auto kept = client_ids_.is_back(attempt.client_id);
  Session session;
  session.username = attempt.username;
  session.client_id = attempt.client_id;
  session.peer = attempt.peer;
  session.clean_start = attempt.clean_start;
  session.may_persist = attempt.may_persist;
  session.valid_until_us = valid_until_us;
  session.has_keep_alive = attempt.keep_alive_s > 0 && std::chrono::seconds(attempt.keep_alive_s) <= kLongestSilence;
  session.heard_at = Steady::now();
  const Policy* policy = policy_of(attempt.username);
  if (policy != nullptr && policy->kind == "device") session.device_id = policy->id;
  if (!attempt.clean_start && kept) {
    session.listens_by = kept->listens_by;
    session.wildcards = kept->wildcards;
  }
  session.may_listen = !attempt.clean_start && !kept;
  const Session& now_open = sessions_.open(attempt.client, std::move(session));
  if (!is_hub(attempt.username)) {
    budgets_.opened(attempt.peer);
    link_->send(to_frame(opened(now_open)));
  }
  return Admission::kYes;
}

void Guard::disconnected(SessionTable::Client client) {
  const auto session = sessions_.close(client);
  if (!session || is_hub(session->username)) return;
  budgets_.closed(session->peer);
  const Policy* policy = policy_of(session->username);
  const bool has_rights = policy != nullptr && policy->valid;
  if (session->may_persist && !session->superseded && has_rights) {
    client_ids_.left(session->client_id, {session->username, session->listens_by, session->wildcards},
                     ClientIds::Clock::now());
  }
  const char* reason = session->revoked ? "revoked" : session->superseded ? "taken over" : "closed";
  link_->send(to_frame(SessionClosed{session->number, session->username, session->client_id, reason}));
}

void Guard::tick() {
  if (clock_.was_set_back(std::chrono::system_clock::now(), Steady::now())) return hooks_.restart();
  hear();
  settle_news();
  probing_ = true;
  client_ids_.sweep(hooks_.session_exists, ClientIds::Clock::now());
  probing_ = false;
  end_outlived_sessions();
  watch_sockets(Steady::now());
  tell_counters();
  // The broker may be killed: what it keeps of sessions and retained messages has owners then, too.
  if (Steady::now() - saved_at_ > kSaveEvery) {
    saved_at_ = Steady::now();
    save();
  }
}

// What the hub's news mean for whoever is connected or away.
void Guard::settle_news() {
  for (const std::string& username : std::exchange(to_kick_, {})) {
    sessions_.mark_revoked(username);
    hooks_.kick(username);
  }
  for (std::string& client_id : std::exchange(to_judge_, {})) {
    judged_ = std::move(client_id);
    hooks_.judge_subscriptions(judged_);
  }
  judged_.clear();
  for (const std::uint64_t number : std::exchange(to_end_, {})) {
    if (const std::string* client_id = sessions_.connected(number)) hooks_.kick_session(*client_id);
  }
  for (const std::string& topic : std::exchange(to_clear_, {})) hooks_.clear_retained(topic);
}

void Guard::end_outlived_sessions() {
  const auto steady_now = Steady::now();
  if (steady_now - looked_at_ < kLookEvery) return;
  looked_at_ = steady_now;
  end_strayed_sessions(steady_now);
  for (const std::string& client_id : sessions_.outlived(now().us)) hooks_.kick_session(client_id);
  for (const std::string& client_id : sessions_.silent_since(steady_now - kLongestSilence))
    hooks_.kick_session(client_id);
}

// Connections that cost the broker something and are none of a principal's yet, or are read by nobody.
void Guard::watch_sockets(Steady::time_point now) {
  if (now - watched_at_ < kWatchEvery) return;
  watched_at_ = now;
  for (auto& [peer, reason] : hooks_.watch_sockets(budgets_.connections())) {
    const bool is_silent = reason == SocketWatch::Reason::kSilent;
    budgets_.exceeded(is_silent ? Budget::silent_sockets : Budget::unread_messages, peer);
  }
  budgets_.sweep(now);
  tell_excesses();
}

void Guard::tell_excesses() {
  if (!link_->up()) return;
  for (const Budgets::Excess& excess : budgets_.due(Steady::now())) {
    link_->send(to_frame(OverBudget{excess.who, boost::describe::enum_to_string(excess.budget, ""), excess.times}));
  }
}

void Guard::tell_counters() {
  const auto steady_now = Steady::now();
  counters_.over_budget.assign(budgets_.counts().begin(), budgets_.counts().end());
  if (counters_ == counters_told_ || steady_now - told_at_ < kCountersEvery) return;
  link_->send(to_frame(counters_));
  counters_told_ = counters_;
  told_at_ = steady_now;
}

void Guard::save() {
  if (!settings_.retained_file.empty() && retained_.has_changed()) retained_.save(settings_.retained_file);
  if (settings_.client_ids_file.empty()) return;
  ClientIds all = client_ids_;
  for (const Session& session : sessions_.all()) {
    if (session.clean_start) continue;
    all.left(session.client_id, {session.username, session.listens_by, session.wildcards}, ClientIds::Clock::now());
  }
  all.save(settings_.client_ids_file);
}

}  // namespace gatetorio::transport_mqtt
