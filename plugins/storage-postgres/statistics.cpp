#include "statistics.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>

#include "exchange.hpp"
#include "gatetorio/contain.hpp"
#include "gatetorio/sql.hpp"

namespace gatetorio::storage_postgres {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPause{2'000};
constexpr milliseconds kLongestPause{60'000};  // where it fails again and again
constexpr milliseconds kPatience{60'000};      // with the server, which reads up to 30,000 pages of a table

// By the server's counters: looking at the tables themselves would wait for whoever has locked one.
constexpr std::string_view kGrown =
    "SELECT CAST(CAST(known.oid AS regclass) AS TEXT) FROM pg_class AS known JOIN pg_stat_user_tables AS counted"
    " ON counted.relid = known.oid WHERE counted.schemaname = current_schema()"
    " AND counted.n_live_tup >= 500 + 2 * GREATEST(known.reltuples, 0) AND pg_has_role(known.relowner, 'USAGE')";

}  // namespace

Statistics::Statistics(const Login& login, Read read, const Observer& observer)
    : login_(login), read_(std::move(read)), observer_(observer), thread_([this] { loop(); }) {}

Statistics::~Statistics() {
  shutdown();
  join();
}

void Statistics::shutdown() {
  const std::lock_guard lock(mutex_);
  is_stopping_ = true;
  stop_.set(StopTime::Clock::now());
  wake_.notify_all();
}

void Statistics::join() {
  if (thread_.joinable()) thread_.join();
}

void Statistics::loop() {
  milliseconds pause = kPause;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, pause, [this] { return is_stopping_; })) return;
    }
    Result<void> looked;
    const auto told = [&looked](std::string_view what) {
      looked = Error{.status = Status::kInternal, .detail = std::string(what)};
    };
    contain([&] { looked = look(); }, told);
    if (!looked && looked.error().status != Status::kUnavailable) {  // others tell that the server is away
      observer_.problem("tables that have grown cannot be analysed; what reads them may be slow",
                        looked.error().detail);
    }
    pause = looked ? kPause : std::min(4 * pause, kLongestPause);
  }
}

Result<void> Statistics::look() {
  const Result<std::vector<std::string>> tables = grown();
  if (!tables) return tables.error();
  return tables->empty() ? Result<void>() : analyse(*tables);
}

Result<std::vector<std::string>> Statistics::grown() {
  sql::Batch batch(sql::Mode::kRead);
  batch.add(kGrown);
  const auto answer = std::make_shared<std::promise<Result<std::string>>>();
  auto future = answer->get_future();
  read_(batch.bytes(), [answer](Result<std::string> result) { answer->set_value(std::move(result)); });
  Result<std::string> bytes = future.get();  // the pool answers each, also when it stops
  if (!bytes) return bytes.error();
  sql::Results results;
  if (!results.parse(*std::move(bytes))) return Error{.status = Status::kInternal, .detail = "No tables."};
  std::vector<std::string> tables;
  for (std::size_t row = 0; row < results[0].rows(); ++row) tables.push_back(results[0].text(row, 0));
  return tables;
}

// One after the other, so that what was found out about one counts at once. A table that somebody else has locked, or
// analyses just now, is left out.
Result<void> Statistics::analyse(const std::vector<std::string>& tables) {
  auto session = login_.connect(Access::kWrite, stop_);
  if (!session) return session.error();
  Connection connection(*std::move(session), kPatience, stop_);
  const std::string patience = "SET statement_timeout = " + std::to_string(kPatience.count());
  Exchange exchange(connection);
  exchange.control(patience.c_str());
  exchange.sync();
  std::vector<std::string> texts;
  for (const std::string& table : tables) texts.push_back("ANALYZE (SKIP_LOCKED) " + table);
  for (const std::string& text : texts) {
    exchange.control(text.c_str());
    exchange.sync();
  }
  const bool is_whole = exchange.finish();
  if (exchange.control_failure()) {
    const Failure& failure = *exchange.control_failure();
    return Error{.status = failure.error.status, .detail = failure.log.empty() ? failure.error.detail : failure.log};
  }
  if (!is_whole) return Error{.status = Status::kUnavailable, .detail = "the connection ended"};
  return {};
}

}  // namespace gatetorio::storage_postgres
