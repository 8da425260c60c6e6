// Lists: pages of a table for an operation, from a description of what can be sorted by.
//
//   struct GatesInput { std::optional<Label<64>> colour;            // filters of its own, and always these:
//                       std::optional<std::string> sort; std::optional<ListLimit> limit;
//                       std::optional<std::string> cursor; };
//   struct GatesOutput { std::vector<Gate> gates; std::optional<std::string> next_cursor; std::optional<std::int64_t>
//   total; };
//
//   const ListSource kGates{.name = "gates", .columns = "id, name", .from = "gates", .default_sort = "name",
//                           .sorts = {{"name", {list_text("name"), list_integer("id")}}}};
//   ListQuery query(kGates, input);
//   if (input.colour) query.where("colour = ?", input.colour->value);      // an index begins with the colour
//   if (input.note) query.search("note LIKE ?", like_part(*input.note));   // none serves this
//   const ListRows list = co_await ok(read_list(database_, std::move(query)));
//   for (std::size_t row = 0; row < list.page.rows; ++row) gate_from(list.table(), row);  // with the described columns
//
// A page begins behind the last row of the one before, by the values that the rows are sorted by, never by counting
// rows: it costs the same wherever it lies, where an index begins with the columns of its sort, and rows that come and
// go elsewhere make no row come twice or stay away. Needs libsodium (target gatetorio::secrets). One thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/json.hpp"
#include "gatetorio/secret.hpp"
#include "gatetorio/sql.hpp"
#include "gatetorio/utf8.hpp"

namespace gatetorio {

using ListLimit = Integer<1, 500>;
inline constexpr std::int64_t kDefaultListLimit = 50;

// A column or expression, in SQL of the plugin's own. It is never NULL.
struct ListColumn {
  std::string_view sql;
  sql::Type type = sql::Type::kInteger;  // or kText
};
inline ListColumn list_integer(std::string_view sql) { return {sql, sql::Type::kInteger}; }
inline ListColumn list_text(std::string_view sql) { return {sql, sql::Type::kText}; }

struct ListSort {
  std::string_view name;            // as callers write it; with "-" before it, from the last to the first
  std::vector<ListColumn> columns;  // no two rows have the same values in all of them
};

// Lives as long as the plugin. All SQL in it is the plugin's own, never input.
struct ListSource {
  std::string_view name;     // of the list in the hub: a cursor of another one is refused
  std::string_view columns;  // what is selected
  std::string_view from;     // a table, or a join
  std::string_view default_sort;
  std::vector<ListSort> sorts;
  bool has_total = true;  // count what matches, once: with the first page
};

struct ListPage {
  std::size_t rows = 0;
  std::optional<std::string> next_cursor;  // empty: this was the last page
  std::optional<std::int64_t> total;       // of all that matched when the first page was read; empty: not known
};

// So many rows a page looks at where it searches, and so many it counts behind a filter: what takes a few ten
// milliseconds.
inline constexpr std::int64_t kListWindow = 20'000;
inline constexpr std::int64_t kListCount = 200'000;

namespace detail {

struct CursorValue {
  std::optional<std::int64_t> integer;  // empty: it is the text
  std::string text;
};
BOOST_DESCRIBE_STRUCT(CursorValue, (), (integer, text))

// Where a page ended, and of which list.
struct ListCursor {
  std::string binding;
  std::int64_t total = -1;          // -1: not known
  std::vector<CursorValue> values;  // of the sort's columns
};
BOOST_DESCRIBE_STRUCT(ListCursor, (), (binding, total, values))

}  // namespace detail

// What LOWER(column) LIKE LOWER(?) ESCAPE '!' must be given to find a piece of text wherever it stands.
inline std::string like_part(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '!' || c == '%' || c == '_') pattern.push_back('!');
    pattern.push_back(c);
  }
  return pattern + "%";
}

class ListQuery {
 public:
  // `input`: as above; `sort` may be missing where the list has one order. A cursor holds for an input with the same
  // values in all other members.
  template <class In>
  ListQuery(const ListSource& source, In input) : source_(source) {
    std::string sort(source.default_sort);
    if constexpr (requires { input.sort; }) {
      if (input.sort) sort = *input.sort;
      input.sort = sort;
    }
    choose(sort);
    if (input.limit) limit_ = input.limit->value;
    const std::optional<std::string> cursor = std::exchange(input.cursor, std::nullopt);
    input.limit.reset();
    constexpr std::size_t kBindingBytes = 8;
    binding_ = sha256(std::string(source.name) + " " + sort + " " + json::write(input)).substr(0, kBindingBytes);
    if (cursor && sort_ != nullptr && !resume(*cursor)) {
      refuse("/cursor", "is not of this list, its sort and its filters; begin without one");
    }
  }

  // Only rows for which this holds, by an index that finds them however rare they are. Each ? in it stands for one of
  // the values, in their order: integers, Timestamp and text. There is a total where no more than kListCount match.
  template <class... Values>
  ListQuery& where(std::string_view condition, const Values&... values) {
    filter_.push_back(term("(", condition, ")", values...));
    return *this;
  }
  // The same for what no index serves. A page looks at no more than kListWindow rows of those that where() leaves, in
  // their order, so that what is rare makes no page slow: a page may be short, or empty, and have a next one. There is
  // a total where the first page has looked at all of them.
  template <class... Values>
  ListQuery& search(std::string_view condition, const Values&... values) {
    search_.push_back(term("(", condition, ")", values...));
    return *this;
  }
  // A column more, after those of the description.
  template <class... Values>
  ListQuery& column(std::string_view sql, const Values&... values) {
    more_columns_.push_back(term("", sql, ", ", values...));
    return *this;
  }

  // Reads the page and, for the first one, the total. Errors: kInvalid at /sort or /cursor.
  Result<sql::Batch> batch() const {
    if (error_) return *error_;
    sql::Batch batch(sql::Mode::kRead);
    std::vector<Term> columns{{std::string(source_.columns) + ", ", {}}};
    columns.insert(columns.end(), more_columns_.begin(), more_columns_.end());
    if (search_.empty()) {
      Statement rows, number;
      add(batch, rows_of(rows, columns, limit_ + 1), rows);
      if (counts()) add(batch, count_of(number), number);
      return batch;
    }
    Term is_found{"CASE WHEN ", {}};
    for (const Term& condition : search_) {
      is_found.sql.append(&condition == search_.data() ? "" : " AND ").append(condition.sql);
      is_found.values.insert(is_found.values.end(), condition.values.begin(), condition.values.end());
    }
    is_found.sql.append(" THEN 1 ELSE 0 END AS is_found, ");
    columns.push_back(is_found);
    Statement rows, end, number;
    const std::string seen = "SELECT * FROM (" + rows_of(rows, columns, kListWindow) + ") AS seen WHERE is_found = 1";
    add(batch, seen + order_of_keys() + " LIMIT " + rows.numbered({"?", {limit_ + 1}}), rows);
    add(batch, rows_of(end, {}, kListWindow, true), end);
    if (counts()) {
      const std::string all = rows_of(number, {is_found}, kListWindow);
      add(batch, "SELECT COALESCE(SUM(is_found), 0) FROM (" + all + ") AS seen", number);
    }
    return batch;
  }

  // What that batch gave.
  ListPage page(const sql::Results& results) const {
    const auto limit = static_cast<std::size_t>(limit_);
    const bool is_full = results[0].rows() > limit, is_window_full = !search_.empty() && !results[1].empty();
    ListPage page{.rows = std::min(results[0].rows(), limit), .next_cursor = {}, .total = total_};
    if (counts() && !is_window_full) page.total = results[search_.empty() ? 1 : 2].integer(0, 0);
    if (!filter_.empty() && page.total > kListCount) page.total.reset();
    if (is_full) page.next_cursor = cursor_at(results[0], limit - 1, page.total);
    if (!is_full && is_window_full) page.next_cursor = cursor_at(results[1], 0, page.total);
    return page;
  }

 private:
  // A piece of SQL, with a ? for each value.
  struct Term {
    std::string sql;
    std::vector<sql::Value> values;
  };
  template <class... Values>
  static Term term(std::string_view before, std::string_view sql, std::string_view behind, const Values&... values) {
    return {std::string(before).append(sql).append(behind), {value_of(values)...}};
  }
  // Collects the values of a statement while its text is put together.
  struct Statement {
    std::vector<sql::Value> values;
    // The text with numbers.
    std::string numbered(const Term& term) {
      std::string out;
      std::size_t next = 0;
      for (const char c : term.sql) {
        if (c != '?') {
          out.push_back(c);
          continue;
        }
        values.push_back(term.values.at(next++));
        out.append("$").append(std::to_string(values.size()));
      }
      return out;
    }
    std::string numbered(const std::vector<Term>& terms, std::string_view joint) {
      std::string out;
      for (const Term& term : terms) out.append(out.empty() ? "" : joint).append(numbered(term));
      return out;
    }
  };
  static void add(sql::Batch& batch, std::string_view text, const Statement& statement) {
    batch.add(text, statement.values);
  }

  bool counts() const { return source_.has_total && after_.empty(); }
  static std::string with_where(const std::string& condition) { return condition.empty() ? "" : " WHERE " + condition; }
  std::string count_of(Statement& statement) const {
    const std::string from = " FROM " + std::string(source_.from);
    if (filter_.empty()) return "SELECT COUNT(*)" + from;  // of a whole table, which databases know how to do
    const std::string matching = "SELECT 1" + from + with_where(statement.numbered(filter_, " AND "));
    return "SELECT COUNT(*) FROM (" + matching + " LIMIT " + statement.numbered({"?", {kListCount + 1}}) +
           ") AS counted";
  }
  // The next page begins behind this row, whose last columns are what the rows are sorted by.
  std::string cursor_at(const sql::Table& table, std::size_t row, std::optional<std::int64_t> total) const {
    detail::ListCursor cursor{binding_, total.value_or(-1), {}};
    const std::size_t keys = sort_->columns.size();
    for (std::size_t i = 0; i < keys; ++i) {
      const sql::Cell& cell = table.at(row, table.columns - keys + i);
      const bool is_text = sort_->columns[i].type == sql::Type::kText;
      detail::CursorValue value{is_text ? std::nullopt : std::optional(cell.integer), std::string(cell.bytes)};
      cursor.values.push_back(std::move(value));
    }
    return to_hex(wire::encode(cursor));
  }
  std::string order_of_keys() const {
    std::string order;
    for (std::size_t i = 0; i < sort_->columns.size(); ++i) {
      order.append(i == 0 ? " ORDER BY key_" : ", key_").append(std::to_string(i + 1));
      if (is_descending_) order.append(" DESC");
    }
    return order;
  }
  // At most `limit` rows of the list from where this page begins, in their order, or only the last of so many:
  // `columns` and what they are sorted by. What follows the values after_ is, of k columns, k ranges of an index: first
  // what is equal in all columns but the last, in the end what comes later in the first. One comparison of rows would
  // say the same, but SQLite reads all that are equal in the first column for it where the last one is the rowid.
  std::string rows_of(Statement& statement, const std::vector<Term>& columns, std::int64_t limit,
                      bool only_last = false) const {
    std::string keys, order;
    for (std::size_t i = 0; i < sort_->columns.size(); ++i) {
      const std::string joint = i == 0 ? "" : ", ";
      keys.append(joint).append(sort_->columns[i].sql).append(" AS key_").append(std::to_string(i + 1));
      order.append(joint).append(sort_->columns[i].sql).append(is_descending_ ? " DESC" : "");
    }
    const std::string filter = statement.numbered(filter_, " AND "), shown = statement.numbered(columns, "") + keys;
    std::vector<std::string> after;
    for (const sql::Value& value : after_) after.push_back(statement.numbered({"?", {value}}));
    const bool has_ranges = after.size() > 1;
    const std::string most = has_ranges || !only_last ? " LIMIT " + statement.numbered({"?", {limit}}) : "";
    const std::string end = only_last ? " LIMIT 1 OFFSET " + statement.numbered({"?", {limit - 1}}) : most;
    const auto select = [&](const std::string& condition) {
      return "SELECT " + shown + " FROM " + std::string(source_.from) + with_where(condition) + " ORDER BY " + order;
    };
    if (after.empty()) return select(filter) + end;
    std::string rows;
    for (std::size_t equal = after.size(); equal-- > 0;) {
      std::string condition = filter;
      for (std::size_t i = 0; i <= equal; ++i) {
        condition.append(condition.empty() ? "" : " AND ").append(sort_->columns[i].sql);
        condition.append(i < equal ? " = " : is_descending_ ? " < " : " > ").append(after[i]);
      }
      if (!has_ranges) return select(condition) + end;
      rows.append(rows.empty() ? "" : " UNION ALL ").append("SELECT * FROM (").append(select(condition));
      rows.append(most).append(") AS range_").append(std::to_string(equal + 1));
    }
    return rows + order_of_keys() + end;
  }
  template <class T>
  static sql::Value value_of(const T& value) {
    if constexpr (std::is_same_v<T, Timestamp>) {
      return value.us;
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<std::int64_t>(value);
    } else {
      return std::string(std::string_view(value));
    }
  }

  void refuse(std::string pointer, std::string detail) {
    error_ = Error{.status = Status::kInvalid,
                   .detail = "Some fields are wrong.",
                   .fields = {{std::move(pointer), std::move(detail)}}};
  }
  void choose(std::string_view wanted) {
    is_descending_ = wanted.starts_with('-');
    if (is_descending_) wanted.remove_prefix(1);
    std::string names;
    for (const ListSort& sort : source_.sorts) {
      if (sort.name == wanted) sort_ = &sort;
      names.append(names.empty() ? "" : ", ").append(sort.name);
    }
    if (sort_ == nullptr) refuse("/sort", "must be one of " + names + ", or one of these with - before it");
  }
  // False: it is none of ours, or of another list. What somebody made up may pass, and is then only values.
  bool resume(const std::string& text) {
    const std::string bytes = from_hex(text);
    detail::ListCursor cursor;
    if (bytes.empty() || !wire::decode(bytes, cursor) || wire::encode(cursor) != bytes) return false;
    if (cursor.binding != binding_ || cursor.values.size() != sort_->columns.size()) return false;
    for (std::size_t i = 0; i < cursor.values.size(); ++i) {
      detail::CursorValue& value = cursor.values[i];
      const bool is_text = sort_->columns[i].type == sql::Type::kText;
      if (value.integer.has_value() == is_text || !utf8::is_text(value.text)) return false;
      is_text ? after_.emplace_back(std::move(value.text)) : after_.emplace_back(*value.integer);
    }
    if (cursor.total >= 0) total_ = cursor.total;
    return true;
  }

  const ListSource& source_;
  const ListSort* sort_ = nullptr;
  bool is_descending_ = false;
  std::int64_t limit_ = kDefaultListLimit;
  std::string binding_;
  std::vector<Term> filter_, search_, more_columns_;
  std::vector<sql::Value> after_;  // the last row of the page before; empty: from the beginning
  std::optional<std::int64_t> total_;
  std::optional<Error> error_;
};

struct ListRows {
  ListPage page;
  sql::Results results;
  const sql::Table& table() const { return results[0]; }
};

// Errors: kInvalid at /sort or /cursor, those of the storage. `database` must outlive the task.
inline Task<Result<ListRows>> read_list(Database& database, ListQuery query) {
  Result<sql::Batch> batch = query.batch();
  if (!batch) co_return batch.error();
  ListRows rows;
  rows.results = co_await ok(database.run(*std::move(batch)));
  rows.page = query.page(rows.results);
  co_return rows;
}

}  // namespace gatetorio
