#include "statement_cache.hpp"

#include <sqlite3.h>

#include <charconv>
#include <utility>

namespace gatetorio::storage_sqlite {
namespace {

constexpr const char* kRefused = "The database refused the statement.";

// The number in "$7", or 0 for any other name. ("$7::bigint" is one name to SQLite: the portable form is CAST.)
std::uint32_t number_of(const char* name) {
  if (name == nullptr || name[0] != '$') return 0;
  const std::string_view digits(name + 1);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

std::optional<Failure> map_parameters(std::string_view sql, Prepared& out) {
  const int count = sqlite3_bind_parameter_count(out.statement);
  out.parameters.resize(static_cast<std::size_t>(count));
  for (int i = 1; i <= count; ++i) {
    // Names are distinct: if none of them is above $count, they are exactly $1 to $count.
    const std::uint32_t number = number_of(sqlite3_bind_parameter_name(out.statement, i));
    if (number == 0 || number > out.parameters.size()) {
      return invalid(kRefused, "parameters must be $1, $2, ... without a gap in: " + std::string(sql));
    }
    out.parameters[number - 1] = i;
  }
  return std::nullopt;
}

}  // namespace

Prepared::Prepared(Prepared&& other) noexcept
    : statement(std::exchange(other.statement, nullptr)),
      parameters(std::move(other.parameters)),
      read_only(other.read_only) {}

Prepared::~Prepared() { sqlite3_finalize(statement); }

std::optional<Failure> prepare(sqlite3* db, std::string_view sql, Prepared& out) {
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &out.statement, &tail);
  if (code != SQLITE_OK) {
    Failure failure = failure_of(db, code);
    failure.log += " in: " + std::string(sql);
    return failure;
  }
  const std::string_view rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
  if (out.statement == nullptr || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return invalid(kRefused, "expected one statement, got: " + std::string(sql));
  }
  out.read_only = sqlite3_stmt_readonly(out.statement) != 0;
  return map_parameters(sql, out);
}

Prepared* StatementCache::get(std::string_view sql, std::optional<Failure>& failure) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front().prepared;
  }
  Prepared prepared;
  failure = prepare(db_, sql, prepared);
  if (failure) return nullptr;
  if (entries_.size() >= capacity_) {
    by_sql_.erase(entries_.back().sql);
    entries_.pop_back();
  }
  entries_.push_front({std::string(sql), std::move(prepared)});
  by_sql_.emplace(entries_.front().sql, entries_.begin());
  return &entries_.front().prepared;
}

}  // namespace gatetorio::storage_sqlite
