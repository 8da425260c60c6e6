#include "exchange.hpp"

namespace gatetorio::storage_postgres {
namespace {

constexpr int kBinary = 1;

bool is_success(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

Failure refused(std::string log) { return invalid("The database refused the statement.", std::move(log)); }

// What PostgreSQL would take and this storage must not.
std::optional<Failure> refusal(const SqlText& text, const sql::StatementView& view) {
  const std::string sql(view.sql);
  if (text.is_empty) return refused("expected one statement, got: " + sql);
  if (!text.is_allowed) return refused("a batch must not control the transaction or the session: " + sql);
  if (text.names_ledger) return refused("the ledger of migrations is the storage's own: " + sql);
  if (text.has_gap) return refused("parameters must be $1, $2, ... without a gap in: " + sql);
  if (text.parameters != view.parameters) {
    return refused("expected " + std::to_string(text.parameters) + " arguments, got " +
                   std::to_string(view.parameters) + " for: " + sql);
  }
  return std::nullopt;
}

}  // namespace

Exchange::Exchange(Connection& connection) : connection_(connection) {
  if (!connection.statements().is_full()) return;
  connection.statements().clear();
  control("DEALLOCATE ALL");
}

void Exchange::step_sent(int is_sent, Step step) {
  if (is_sent != 1) return connection_.give_up();
  steps_.push_back(std::move(step));
}

void Exchange::control(const char* sql) {
  step_sent(PQsendQueryParams(connection_.raw(), sql, 0, nullptr, nullptr, nullptr, nullptr, kBinary),
            {.kind = Kind::kControl, .sql = sql});
}

void Exchange::check_session() {
  constexpr const char* kAsk =
      "SELECT current_setting('gatetorio.session', true), current_setting('transaction_read_only'), CAST($1 AS TEXT)";
  std::string question = connection_.new_question();
  const char* const argument = question.c_str();
  step_sent(PQsendQueryParams(connection_.raw(), kAsk, 1, nullptr, &argument, nullptr, nullptr, kBinary),
            {.kind = Kind::kCheck, .sql = kAsk, .question = std::move(question)});
}

void Exchange::sync() { step_sent(PQpipelineSync(connection_.raw()), {.kind = Kind::kSync}); }

void Exchange::batch(Entry& entry) {
  entry.reset();
  sql::BatchReader in(entry.batch);
  sql::Mode mode{};
  in.mode(mode);
  for (std::int32_t index = 0; !in.at_end() && !entry.failure && !connection_.is_broken(); ++index) {
    sql::StatementView view;
    in.statement(view);
    statement(entry, view, in, index);
  }
}

void Exchange::statement(Entry& entry, const sql::StatementView& view, sql::BatchReader& in, std::int32_t index) {
  const Step step{
      .kind = Kind::kStatement, .entry = &entry, .expect = view.expect, .statement = index, .sql = view.sql};
  KnownText& known = connection_.statements().text(view.sql);
  if (auto failure = refusal(known.text, view)) return fail(entry, *std::move(failure), step);
  arguments_.read(in, view.parameters);
  Prepared& prepared = connection_.statements().prepared(known, arguments_.types());
  if (!prepared.is_ready) prepare(prepared, step);
  Step run = step;
  run.prepared = &prepared;
  step_sent(PQsendQueryPrepared(connection_.raw(), prepared.name.c_str(), arguments_.count(), arguments_.values(),
                                arguments_.lengths(), arguments_.formats(), kBinary),
            run);
}

// Sent ahead of its first use. It counts as ready at once, for the uses that follow in this exchange; take() corrects
// that where the server did not get to it.
void Exchange::prepare(Prepared& prepared, const Step& step) {
  Step preparing = step;
  preparing.kind = Kind::kPrepare;
  preparing.prepared = &prepared;
  const std::string sql(step.sql);
  step_sent(PQsendPrepare(connection_.raw(), prepared.name.c_str(), sql.c_str(),
                          static_cast<int>(prepared.types.size()), prepared.types.data()),
            preparing);
  prepared.is_ready = true;
}

bool Exchange::finish() {
  std::size_t at = 0;
  while (at < steps_.size() && !connection_.is_broken() && read(steps_[at])) ++at;
  return at == steps_.size() && !connection_.is_broken();
}

// One step's answer. A query's results end with a null one; a sync is a result alone.
bool Exchange::read(const Step& step) {
  const PgResult result = connection_.next();
  if (!result) {
    connection_.give_up();
    return false;
  }
  const ExecStatusType status = PQresultStatus(result.get());
  if (step.kind == Kind::kSync) {
    if (status != PGRES_PIPELINE_SYNC) connection_.give_up();
    return status == PGRES_PIPELINE_SYNC;
  }
  take(step, result.get());
  if (const PgResult end = connection_.next()) connection_.give_up();
  return !connection_.is_broken();
}

void Exchange::take(const Step& step, const PGresult* result) {
  const bool is_done = is_success(result);
  if (step.kind == Kind::kPrepare && !is_done) step.prepared->is_ready = false;
  if (is_done && step.kind == Kind::kStatement) return take_rows(step, result);
  if (is_done && step.kind == Kind::kCheck) return take_check(step, result);
  if (is_done && step.kind == Kind::kControl) control_tag_ = PQcmdStatus(const_cast<PGresult*>(result));
  if (is_done || PQresultStatus(result) == PGRES_PIPELINE_ABORTED) return;
  Failure failure = failure_of(result, connection_.session().access == Access::kRead);
  if (!failure.log.empty() && step.entry != nullptr) failure.log.append(" in: ").append(step.sql);
  if (failure.remedy == Remedy::kReconnect) connection_.give_up();
  if (step.entry != nullptr) {
    fail(*step.entry, std::move(failure), step);
  } else if (!control_failure_) {
    control_failure_ = std::move(failure);
  }
}

void Exchange::take_check(const Step& step, const PGresult* result) {
  const auto is = [result](int column, std::string_view expected) {
    return PQntuples(result) == 1 && std::string_view(PQgetvalue(result, 0, column)) == expected;
  };
  // A pooler between requests that were sent together passes answers to whom it has just given the session.
  if (!is(0, connection_.session().name) || !is(2, step.question)) return connection_.give_up_pooled();
  if (connection_.session().access == Access::kWrite && !is(1, "off")) connection_.give_up();
}

void Exchange::take_rows(const Step& step, const PGresult* result) {
  Entry& entry = *step.entry;
  if (entry.failure) return;
  ++entry.answered;
  if (step.expect == sql::Expect::kRow && PQntuples(result) == 0 && changes_of(result) == 0) {
    return fail(entry, {.error = {.status = Status::kGuardFailed, .detail = "A required row is not there."}}, step);
  }
  if (auto failure = append_table(result, entry.results)) fail(entry, *std::move(failure), step);
}

void Exchange::fail(Entry& entry, Failure failure, const Step& step) {
  if (entry.failure) return;
  entry.failure = std::move(failure);
  entry.failure->error.statement = step.statement;
}

}  // namespace gatetorio::storage_postgres
