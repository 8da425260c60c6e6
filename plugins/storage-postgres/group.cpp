#include "group.hpp"

#include <algorithm>

#include "exchange.hpp"

namespace gatetorio::storage_postgres {
namespace {

// Another transaction in the way is gone a moment later. After so many rounds this group takes its turn alone, which
// cannot fail for the same reason again but against transactions that are not the hub's.
constexpr std::size_t kRoundsTogether = 2;
constexpr std::size_t kMostRounds = 6;

enum class Outcome {
  kRan,        // all that did not fail is ready to be committed
  kCommitted,  // or nothing was left to commit
  kCareful,    // an entry failed: all again, one after the other
  kRepeat,     // other transactions, or a table that changed its shape: all again
  kApart,      // the commit itself was refused: each entry in a transaction of its own
  kLost,       // the connection broke before the commit: no effect
  kUnknown,    // it broke while the server was committing
};

struct Round {
  bool is_careful = false;
  bool is_alone = false;
};

bool is_live(const Entry& entry) { return !entry.failure; }

bool wants_repeat(const Failure& failure) {
  return failure.remedy == Remedy::kRepeat || failure.remedy == Remedy::kPrepare;
}

// The snapshot of a SERIALIZABLE transaction is taken after this lock: LOCK TABLE needs none.
void begin(Exchange& exchange, bool is_alone) {
  exchange.control("BEGIN ISOLATION LEVEL SERIALIZABLE");
  exchange.control(is_alone ? "LOCK TABLE gatetorio_turn IN EXCLUSIVE MODE"
                            : "LOCK TABLE gatetorio_turn IN ROW SHARE MODE");
}

class Group {
 public:
  Group(Connection& connection, std::span<Entry> entries) : connection_(connection), entries_(entries) {}

  GroupResult run() {
    GroupResult result;
    Round round;
    for (std::size_t rounds = 0; rounds < kMostRounds; ++rounds) {
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
      reset_round();
    }
    fail_live(failure_of("40001", "other transactions were in the way " + std::to_string(kMostRounds) + " times"));
    return result;
  }

 private:
  Outcome attempt(const Round& round) {
    const Outcome ran = round.is_careful ? run_careful(round.is_alone) : run_together(round.is_alone);
    return ran == Outcome::kRan ? commit() : ran;
  }

  // All entries in one trip to the server, without savepoints: the common case, in which none fails.
  Outcome run_together(bool is_alone) {
    Exchange exchange(connection_);
    begin(exchange, is_alone);
    for (Entry& entry : entries_) exchange.batch(entry);
    exchange.sync();
    if (!exchange.finish()) return Outcome::kLost;
    if (exchange.control_failure()) return control_outcome(*exchange.control_failure());
    const auto failed = std::find_if_not(entries_.begin(), entries_.end(), is_live);
    if (failed == entries_.end()) return Outcome::kRan;
    if (wants_repeat(*failed->failure)) return repeat(*failed->failure);
    // Alone in its group, its failure is final and nothing is left to commit.
    if (entries_.size() == 1) return finish_alone();
    return Outcome::kCareful;
  }

  // Entry after entry, each undone alone where it fails, so that those after it see nothing of it.
  Outcome run_careful(bool is_alone) {
    bool is_first = true;
    for (Entry& entry : entries_) {
      Exchange exchange(connection_);
      if (is_first) begin(exchange, is_alone);
      exchange.control("SAVEPOINT batch");
      exchange.batch(entry);
      exchange.control("SET CONSTRAINTS ALL IMMEDIATE");
      exchange.sync();
      is_first = false;
      if (!exchange.finish()) return Outcome::kLost;
      if (exchange.control_failure() && !entry.failure) {
        if (wants_repeat(*exchange.control_failure())) return repeat(*exchange.control_failure());
        entry.failure = exchange.control_failure();
      }
      if (entry.failure && wants_repeat(*entry.failure)) return repeat(*entry.failure);
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
    for (Entry& entry : entries_) entry.reset();
  }

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
