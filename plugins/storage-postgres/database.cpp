#include "database.hpp"

#include <mutex>
#include <utility>

#include "gatetorio/job_threads.hpp"
#include "gatetorio/sql_reader.hpp"
#include "group.hpp"
#include "migrator.hpp"
#include "pool.hpp"
#include "reads.hpp"
#include "statistics.hpp"

namespace gatetorio::storage_postgres {

// In the order of their making.
struct Database::Parts {
  Parts(Login way, Observer told) : login(std::move(way)), observer(std::move(told)) {}

  void changed(std::size_t& open, int change) {
    const std::lock_guard lock(mutex);  // held while telling: news arrive in their order
    const bool was = readers_open > 0 && writers_open > 0;
    open += static_cast<std::size_t>(change);
    const bool is = readers_open > 0 && writers_open > 0;
    if (was != is) observer.connected(is);
    observer.connections(readers_open + writers_open);
  }
  void ended() {
    if (--still_running == 0) closed();
  }

  const Login login;
  const Observer observer;
  std::mutex mutex;  // guards the two that follow
  std::size_t readers_open = 0;
  std::size_t writers_open = 0;
  std::atomic<int> still_running{2};  // pools
  std::function<void()> closed;
  StopTime stop_migrating;
  std::unique_ptr<Pool> readers;
  std::unique_ptr<Pool> writers;
  std::unique_ptr<Statistics> statistics;  // reads by the pool
  JobThreads jobs{"pg-migrate", 1, [this](std::string_view what) { observer.problem("a job failed", what); }};
};

namespace {

PoolSettings pool_settings(const DatabaseSettings& settings, Access access) {
  PoolSettings pool{.access = access,
                    .threads = access == Access::kRead ? settings.readers : settings.writers,
                    .max_waiting = settings.max_waiting,
                    .max_wait = settings.max_wait,
                    .stop_grace = settings.stop_grace};
  // Reads are shared out, because each saves only a trip; writes are not, because a group saves a flush of the disk.
  pool.is_shared_fairly = access == Access::kRead;
  if (access == Access::kWrite) pool.max_together = settings.max_group;
  return pool;
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(DatabaseSettings settings, Observer observer) {
  Result<Login> login = Login::make(settings.login);
  if (!login) return login.error();
  auto parts = std::make_unique<Parts>(*std::move(login), std::move(observer));
  Parts& p = *parts;
  p.readers = std::make_unique<Pool>(
      p.login, pool_settings(settings, Access::kRead), &run_reads,
      [&p](int change) { p.changed(p.readers_open, change); }, p.observer);
  const auto write = [&p](Connection& connection, std::span<Entry> entries) {
    const auto begun = std::chrono::steady_clock::now();
    const GroupResult group = commit_group(connection, entries);
    p.observer.committed({.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(),
                          .batches = entries.size(),
                          .waiting = p.writers == nullptr ? 0 : p.writers->waiting(),
                          .repeats = group.repeats});
  };
  p.writers = std::make_unique<Pool>(
      p.login, pool_settings(settings, Access::kWrite), write, [&p](int change) { p.changed(p.writers_open, change); },
      p.observer);
  std::unique_ptr<Database> database(new Database(std::move(parts)));
  const auto read = [raw = database.get()](std::string batch, Done done) {
    raw->run(std::move(batch), std::move(done));
  };
  p.statistics = std::make_unique<Statistics>(p.login, read, p.observer);
  return database;
}

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Database::~Database() {
  shutdown([] {});
  join();
}

void Database::run(std::string batch, Done done) {
  const std::optional<sql::BatchShape> shape = sql::inspect(batch);
  if (!shape) return done(Error{.status = Status::kMalformed, .detail = "The batch cannot be read."});
  Pool& pool = shape->mode == sql::Mode::kRead ? *parts_->readers : *parts_->writers;
  pool.submit({.batch = std::move(batch), .statements = shape->statements, .done = std::move(done)});
}

void Database::migrate(sql::MigrateRequest request, Done done, std::chrono::milliseconds patience) {
  Parts& p = *parts_;
  const auto cancelled = [done] { done(Error{.status = Status::kCancelled, .detail = "The database is closing."}); };
  const auto job = [&p, request = std::move(request), patience, done] {
    Result<std::string> result = Error{.status = Status::kInternal, .detail = "The database's thread failed."};
    contain([&] { result = storage_postgres::migrate(p.login, request, patience, p.stop_migrating, p.observer); },
            [&](std::string_view what) { result = Error{.status = Status::kInternal, .detail = std::string(what)}; });
    done(std::move(result));
  };
  if (!p.jobs.run(job, cancelled)) cancelled();
}

void Database::shutdown(std::function<void()> closed) {
  if (parts_->closed) return;
  parts_->closed = std::move(closed);
  parts_->stop_migrating.set(StopTime::Clock::now());
  parts_->jobs.close();
  parts_->statistics->shutdown();
  parts_->readers->shutdown([this] { parts_->ended(); });
  parts_->writers->shutdown([this] { parts_->ended(); });
}

void Database::join() {
  parts_->statistics->join();
  parts_->readers->join();
  parts_->writers->join();
  parts_->jobs.stop();
}

const Login& Database::login() const { return parts_->login; }

}  // namespace gatetorio::storage_postgres
