// For providers of gatetorio.sql/1: the tool `audit`, which is the same whatever the database.
//
//   gatetorio-hub audit --config FILE                       the newest entries of the audit log, the oldest of them
//   first gatetorio-hub audit --config FILE --follow              and those that come, until it is told to stop
//   gatetorio-hub audit --config FILE --action auth --json  of those that begin so, one JSON object a line
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatetorio/host.hpp"
#include "gatetorio/options.hpp"
#include "gatetorio/sql.hpp"
#include "gatetorio/time_text.hpp"
#include "gatetorio/tools.hpp"
#include "gatetorio/utf8.hpp"

namespace gatetorio::sql {

struct AuditArguments {
  std::int64_t last = 50;
  bool follow = false;
  std::string since;
  std::string who;
  std::string action;
  std::string target;
  bool json = false;
};

inline const OptionTable<AuditArguments>& audit_arguments() {
  static const OptionTable<AuditArguments> table = {
      option("last", &AuditArguments::last, "How many entries that are there are shown, the newest.")
          .range(0, 1'000'000),
      option("follow", &AuditArguments::follow,
             "Goes on with those that are written from now on, until SIGTERM or ^C."),
      option("since", &AuditArguments::since, "Only entries from this time on: 2026-11-23T07:00:00Z."),
      option("who", &AuditArguments::who, "Only what this one did; the beginning will do: \"user:17\", \"admin\"."),
      option("action", &AuditArguments::action, "Only actions that begin so: \"commands.\"."),
      option("target", &AuditArguments::target, "Only what was done to this one; the beginning will do: \"device:4\"."),
      option("json", &AuditArguments::json, "One JSON object a line, for programs.")};
  return table;
}

namespace detail {

struct AuditRow {
  std::int64_t id = 0;
  std::int64_t at = 0;
  std::vector<std::pair<std::string_view, std::string>> words;  // in the order in which a line has them
};

// What a client wrote can neither end a line nor command the terminal.
inline std::string harmless(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const utf8::Character c = utf8::first(text);
    const std::size_t bytes = c.bytes == 0 ? 1 : c.bytes;
    if (c.bytes == 0 || c.code_point < 0x20 || c.code_point == '\\' || utf8::is_hidden(c.code_point)) {
      char escaped[16];
      std::snprintf(escaped, sizeof escaped, "\\u{%x}",
                    c.bytes == 0 ? static_cast<unsigned>(static_cast<unsigned char>(text[0]))
                                 : static_cast<unsigned>(c.code_point));
      shown += escaped;
    } else {
      shown += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return shown;
}

inline std::string audit_line(const AuditRow& row, bool as_json) {
  if (as_json) {
    boost::json::object line{{"id", row.id}, {"at", to_rfc3339({row.at})}};
    for (const auto& [name, value] : row.words) line[name] = value;
    return boost::json::serialize(line);
  }
  std::string line = to_rfc3339({row.at});
  for (const auto& [name, value] : row.words) {
    if (!value.empty()) line.append(" ").append(name).append("=").append(harmless(value));
  }
  return line;
}

// Entries behind `after`, from `since` on, the newest `most` of them; the oldest first.
inline Result<std::vector<AuditRow>> audit_rows(const std::function<Result<std::string>(const std::string&)>& read,
                                                const AuditArguments& filter, std::int64_t after, std::int64_t since,
                                                std::int64_t most) {
  Batch batch(Mode::kRead);
  batch.add(
      "SELECT id, at, principal, action, target, outcome, peer, detail, request_id FROM gatetorio_audit"
      " WHERE id > $1 AND at >= $2 AND substr(principal, 1, length($3)) = $3 AND substr(action, 1, length($4)) = $4"
      " AND substr(target, 1, length($5)) = $5 ORDER BY id DESC LIMIT $6",
      after, since, filter.who, filter.action, filter.target, most);
  Result<std::string> answer = read(batch.bytes());
  if (!answer) return answer.error();
  Results results;
  if (!results.parse(*std::move(answer))) return Error{.detail = "the answer of the database cannot be read"};
  constexpr std::string_view kWords[] = {"who", "action", "target", "outcome", "peer", "detail", "request_id"};
  std::vector<AuditRow> rows;
  for (std::size_t i = results[0].rows(); i-- > 0;) {
    AuditRow row{results[0].integer(i, 0), results[0].integer(i, 1), {}};
    for (std::size_t word = 0; word < std::size(kWords); ++word) {
      row.words.emplace_back(kWords[word], results[0].text(i, 2 + word));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace detail

// `read` runs a batch for reading, as gatetorio.sql/1 has it, and may block: nothing else runs beside a tool. Errors:
// kInvalid for a time that is none, those of `read`.
inline Task<Result<void>> run_audit_tool(Host& host, std::function<Result<std::string>(const std::string&)> read,
                                         AuditArguments arguments, std::function<void(const std::string&)> print) {
  // Two hubs on one database, and two writers of one hub, may commit in another order than that of the ids.
  constexpr std::int64_t kLateIds = 1'000, kMostAtOnce = 100'000;
  constexpr std::uint64_t kLookMs = 500;
  const std::optional<Timestamp> since = parse_rfc3339(arguments.since);
  if (!since && !arguments.since.empty()) {
    co_return Error{.status = Status::kInvalid, .detail = "--since: expected a time like 2026-11-23T07:00:00Z"};
  }
  const std::int64_t from = since ? since->us : 0;
  // The newest entry of all, whatever the filter: what follows comes behind it.
  const auto newest = detail::audit_rows(read, AuditArguments{}, 0, 0, 1);
  if (!newest) co_return newest.error();
  std::int64_t last = newest->empty() ? 0 : newest->back().id;
  std::set<std::int64_t> told;
  auto rows = detail::audit_rows(read, arguments, 0, from, arguments.last);
  if (!rows) co_return rows.error();
  for (const auto& row : *rows) print(detail::audit_line(row, arguments.json));
  for (const auto& row : *rows) last = std::max(last, row.id);
  const std::int64_t first_new = last;
  bool is_going_on = arguments.follow;
  while (is_going_on) {
    is_going_on = co_await host.sleep(kLookMs);
    const auto more = detail::audit_rows(read, arguments, std::max(first_new, last - kLateIds), from, kMostAtOnce);
    if (!more) co_return more.error();
    for (const auto& row : *more) {
      if (told.insert(row.id).second) print(detail::audit_line(row, arguments.json));
      last = std::max(last, row.id);
    }
    while (!told.empty() && *told.begin() < last - kLateIds) told.erase(told.begin());
  }
  co_return Result<void>();
}

}  // namespace gatetorio::sql
