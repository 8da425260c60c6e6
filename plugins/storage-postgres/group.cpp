#include "group.hpp"

#include <algorithm>
#include <chrono>

#include "batch_texts.hpp"
#include "exchange.hpp"

namespace gatetorio::storage_postgres {
namespace {

// Another transaction in the way is gone a moment later. After so many rounds this group takes its turn alone, which
// cannot fail for the same reason again but against transactions that are not the hub's.
constexpr std::size_t kRoundsTogether = 2;
constexpr std::size_t kMostRounds = 6;
constexpr std::chrono::milliseconds kLongestRounds{2000};  // no round begins later: those who wait have a deadline

enum class Outcome {
  kRan,        // all that did not fail is ready to be committed
  kCommitted,  // or nothing was left to commit
  kCareful,    // an entry failed: all again, one after the other
  kRepeat,     // other transactions, or a table that changed its shape: all again
  kTurn,       // another hub has its turn alone: all again
  kApart,      // the commit itself was refused: each entry in a transaction of its own
  kLost,       // the connection broke before the commit: no effect
  kUnknown,    // it broke while the server was committing
};

struct Round {
  bool is_careful = false;
  bool is_alone = false;
  bool has_met_lock = false;
};

bool is_live(const Entry& entry) { return !entry.failure; }

// It met a lock: out of this group, to be tried where it holds up nobody.
bool is_aside(const Entry& entry) { return entry.failure && entry.failure->remedy == Remedy::kAside; }

bool wants_repeat(const Failure& failure) {
  return failure.remedy == Remedy::kRepeat || failure.remedy == Remedy::kPrepare;
}

// The snapshot of a SERIALIZABLE transaction is taken after the lock of the turn: LOCK TABLE needs none. A turn alone
// is waited for until all others have committed. Afterwards, the first lock of somebody else's is waited for a moment;
// where one was met already, there may be more of them.
void begin(Exchange& exchange, const Round& round, bool is_pooled) {
  exchange.control("BEGIN ISOLATION LEVEL SERIALIZABLE");
  if (is_pooled) exchange.check_session();
  if (round.is_alone) {
    exchange.control("SET LOCAL lock_timeout = 1000");
    exchange.control("LOCK TABLE gatetorio_turn IN EXCLUSIVE MODE");
    exchange.control("SET LOCAL lock_timeout = 100");
  } else {
    exchange.control("LOCK TABLE gatetorio_turn IN ROW SHARE MODE");
  }
  if (round.has_met_lock) exchange.control("SET LOCAL lock_timeout = 20");
}

class Group {
 public:
  Group(Connection& connection, std::span<Entry> entries) : connection_(connection), entries_(entries) {}

  GroupResult run() {
    GroupResult result;
    Round round;
    const auto last_begin = std::chrono::steady_clock::now() + kLongestRounds;
    for (std::size_t rounds = 0; rounds < kMostRounds && std::chrono::steady_clock::now() < last_begin;) {
      const Outcome outcome = attempt(round);
      if (outcome == Outcome::kCommitted) {
        result.is_committed = true;
        return result;
      }
      if (outcome == Outcome::kLost || outcome == Outcome::kUnknown) {
        fail_live(lost(outcome == Outcome::kUnknown, "the connection ended"));
        return result;
      }
      roll_back();
      if (outcome == Outcome::kApart) return run_apart(result);
      if (outcome == Outcome::kCareful) round.is_careful = true;
      if (outcome == Outcome::kRepeat) round.is_alone = ++result.repeats >= kRoundsTogether;
      if (outcome != Outcome::kTurn) ++rounds;  // time alone limits these
      round.has_met_lock = std::any_of(entries_.begin(), entries_.end(), is_aside);
      reset_round();
    }
    fail_live(failure_of("40001", "other transactions were in the way again and again"));
    return result;
  }

 private:
  Outcome attempt(const Round& round) {
    const Outcome ran = round.is_careful ? run_careful(round) : run_together(round);
    return ran == Outcome::kRan ? commit() : ran;
  }

  // All entries in one trip to the server, without savepoints: the common case, in which none fails.
  Outcome run_together(const Round& round) {
    Exchange exchange(connection_);
    begin(exchange, round, is_pooled());
    for (Entry& entry : entries_) exchange.batch(entry);
    exchange.sync();
    if (!exchange.finish()) return Outcome::kLost;
    if (exchange.control_failure()) return control_outcome(*exchange.control_failure());
    const auto failed = std::find_if_not(entries_.begin(), entries_.end(), is_live);
    if (failed == entries_.end()) return Outcome::kRan;
    if (wants_repeat(*failed->failure)) return repeat(*failed->failure);
    // Alone in its group, its failure is final and nothing is left to commit.
    if (entries_.size() == 1) return finish_alone();
    if (is_aside(*failed)) set_aside_like(*failed);
    return Outcome::kCareful;
  }

  // Entry after entry, each undone alone where it fails, so that those after it see nothing of it.
  Outcome run_careful(const Round& round) {
    bool is_first = true;
    for (Entry& entry : entries_) {
      if (is_aside(entry)) continue;
      Exchange exchange(connection_);
      if (is_first) begin(exchange, round, is_pooled());
      exchange.control("SAVEPOINT batch");
      exchange.batch(entry);
      exchange.control("SET CONSTRAINTS ALL IMMEDIATE");
      exchange.sync();
      is_first = false;
      if (!exchange.finish()) return Outcome::kLost;
      if (exchange.control_failure() && !entry.failure) {
        if (wants_repeat(*exchange.control_failure())) return repeat(*exchange.control_failure());
        if (!Exchange::is_answered(entry)) return control_outcome(*exchange.control_failure());
        entry.failure = exchange.control_failure();
      }
      if (entry.failure && wants_repeat(*entry.failure)) return repeat(*entry.failure);
      if (is_aside(entry)) set_aside_like(entry);
      if (!close_savepoint(entry.failure.has_value())) return Outcome::kLost;
    }
    return Outcome::kRan;
  }

  bool close_savepoint(bool is_failed) {
    Exchange exchange(connection_);
    if (is_failed) exchange.control("ROLLBACK TO SAVEPOINT batch");
    exchange.control("RELEASE SAVEPOINT batch");
    exchange.control("SET CONSTRAINTS ALL DEFERRED");
    exchange.sync();
    return exchange.finish() && !exchange.control_failure();
  }

  Outcome commit() {
    Exchange exchange(connection_);
    exchange.control("COMMIT");
    exchange.sync();
    // The answer decides, not the end of the exchange: a server may go down right after it.
    const bool is_whole = exchange.finish();
    if (exchange.control_failure()) return commit_outcome(*exchange.control_failure());
    if (exchange.control_tag() == "COMMIT") return Outcome::kCommitted;
    if (!is_whole) return Outcome::kUnknown;
    return Outcome::kRepeat;  // "ROLLBACK": the transaction had failed unseen
  }

  Outcome commit_outcome(const Failure& failure) {
    if (failure.remedy == Remedy::kReconnect) return Outcome::kUnknown;
    if (wants_repeat(failure)) return repeat(failure);
    if (live() > 1) return Outcome::kApart;
    fail_live(failure);
    return finish_alone();
  }

  // What there was has failed.
  Outcome finish_alone() {
    roll_back();
    return connection_.is_broken() ? Outcome::kLost : Outcome::kCommitted;
  }

  // The server takes no transaction: a standby, say, or one that is being shut down. Another connection may do better.
  Outcome control_outcome(const Failure& failure) {
    if (failure.remedy == Remedy::kAside) return Outcome::kTurn;
    if (wants_repeat(failure)) return repeat(failure);
    connection_.give_up();
    fail_live(lost(false, failure.log));
    return Outcome::kLost;
  }

  Outcome repeat(const Failure& failure) {
    if (failure.remedy == Remedy::kPrepare) must_forget_ = true;
    return Outcome::kRepeat;
  }

  GroupResult run_apart(GroupResult result) {
    for (Entry& entry : entries_) {
      if (is_aside(entry)) continue;
      if (connection_.is_broken()) {
        entry.failure = lost(false, "the connection ended");
        continue;
      }
      entry.reset();
      const GroupResult alone = commit_group(connection_, {&entry, 1});
      result.repeats += alone.repeats;
      result.is_committed = result.is_committed || alone.is_committed;
    }
    return result;
  }

  void roll_back() {
    if (connection_.is_broken()) return;
    Exchange exchange(connection_);
    exchange.control("ROLLBACK");
    if (must_forget_) exchange.control("DEALLOCATE ALL");
    exchange.sync();
    if (!exchange.finish()) return;
    if (must_forget_) connection_.statements().clear();
    must_forget_ = false;
  }

  void reset_round() {
    for (Entry& entry : entries_) {
      if (!is_aside(entry)) entry.reset();
    }
  }

  // The others that hold the statement which waits would only wait for the same lock.
  void set_aside_like(const Entry& stuck) {
    const std::string text(text_at(stuck.batch, stuck.failure->error.statement));
    for (Entry& entry : entries_) {
      if (entry.failure) continue;
      const auto statement =
          find_statement(entry.batch, [&](std::int32_t, std::string_view sql) { return sql == text; });
      if (statement < 0) continue;
      entry.failure = stuck.failure;
      entry.failure->error.statement = statement;
    }
  }

  bool is_pooled() const { return connection_.session().is_pooled; }

  std::ptrdiff_t live() const { return std::count_if(entries_.begin(), entries_.end(), is_live); }

  void fail_live(const Failure& failure) {
    bool is_said = false;
    for (Entry& entry : entries_) {
      if (entry.failure) continue;
      entry.failure = failure;
      entry.failure->error.statement = -1;  // none of its own statements
      if (is_said) entry.failure->log.clear();
      is_said = true;
    }
  }

  Connection& connection_;
  std::span<Entry> entries_;
  bool must_forget_ = false;
};

}  // namespace

GroupResult commit_group(Connection& connection, std::span<Entry> entries) { return Group(connection, entries).run(); }

}  // namespace gatetorio::storage_postgres
