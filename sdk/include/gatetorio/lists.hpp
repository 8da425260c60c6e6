// Lists: pages of a table for an operation, from a description of what can be sorted by.
//
//   struct GatesInput { std::optional<Label<64>> colour;            // filters of its own, and always these:
//                       std::optional<std::string> sort; std::optional<ListLimit> limit;
//                       std::optional<std::string> cursor; };
//   struct GatesOutput { std::vector<Gate> gates; std::optional<std::string> next_cursor; std::int64_t total = 0; };
//
//   const ListSource kGates{.name = "gates", .columns = "id, name", .from = "gates", .default_sort = "name",
//                           .sorts = {{"name", {list_text("name"), list_integer("id")}}}};
//   ListQuery query(kGates, input);
//   if (input.colour) query.where("colour = ?", input.colour->value);
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
  std::int64_t total = 0;                  // of all that matched when the first page was read
};

namespace detail {

struct CursorValue {
  std::optional<std::int64_t> integer;  // empty: it is the text
  std::string text;
};
BOOST_DESCRIBE_STRUCT(CursorValue, (), (integer, text))

// Where a page ended, and of which list.
struct ListCursor {
  std::string binding;
  std::int64_t total = 0;
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

  // Only rows for which this holds. Each ? in it stands for one of the values, in their order: integers, Timestamp and
  // text.
  template <class... Values>
  ListQuery& where(std::string_view condition, const Values&... values) {
    filter_.append(filter_.empty() ? "(" : " AND (");
    place(filter_, condition, {value_of(values)...}, values_);
    filter_.push_back(')');
    return *this;
  }
  // A column more, after those of the description.
  template <class... Values>
  ListQuery& column(std::string_view sql, const Values&... values) {
    more_columns_.push_back({sql, {value_of(values)...}});
    return *this;
  }

  // Reads the page and, for the first one, the total. Errors: kInvalid at /sort or /cursor.
  Result<sql::Batch> batch() const {
    if (error_) return *error_;
    std::vector<sql::Value> values = values_;
    std::string columns(source_.columns), limit;
    for (const auto& [sql, given] : more_columns_) place(columns.append(", "), sql, given, values);
    std::vector<std::string> after(after_.size());
    for (std::size_t i = 0; i < after.size(); ++i) place(after[i], "?", {after_[i]}, values);
    place(limit, " LIMIT ?", {limit_ + 1}, values);
    sql::Batch batch(sql::Mode::kRead);
    batch.add(page_of(columns, after, limit), values);
    const std::string from = " FROM " + std::string(source_.from);
    if (counts()) batch.add("SELECT COUNT(*)" + from + where_of(filter_), values_);
    return batch;
  }

  // What that batch gave.
  ListPage page(const sql::Results& results) const {
    const sql::Table& table = results[0];
    const auto limit = static_cast<std::size_t>(limit_);
    ListPage page{.rows = std::min(table.rows(), limit), .next_cursor = {}, .total = total_};
    if (counts()) page.total = results[1].integer(0, 0);
    if (table.rows() <= limit) return page;
    detail::ListCursor cursor{binding_, page.total, {}};
    const std::size_t keys = sort_->columns.size();
    for (std::size_t i = 0; i < keys; ++i) {
      const sql::Cell& cell = table.at(limit - 1, table.columns - keys + i);
      const bool is_text = sort_->columns[i].type == sql::Type::kText;
      detail::CursorValue value{is_text ? std::nullopt : std::optional(cell.integer), std::string(cell.bytes)};
      cursor.values.push_back(std::move(value));
    }
    page.next_cursor = to_hex(wire::encode(cursor));
    return page;
  }

 private:
  bool counts() const { return source_.has_total && after_.empty(); }
  static std::string where_of(const std::string& condition) { return condition.empty() ? "" : " WHERE " + condition; }
  // What follows the values `after` is, of k columns, k ranges of an index: first what is equal in all columns but the
  // last, in the end what comes later in the first. One comparison of rows would say the same, but SQLite reads all
  // that are equal in the first column for it where the last one is the rowid.
  std::string page_of(const std::string& columns, const std::vector<std::string>& after,
                      const std::string& limit) const {
    std::string keys, order, result_order;
    for (std::size_t i = 0; i < sort_->columns.size(); ++i) {
      const std::string key = "key_" + std::to_string(i + 1), joint = i == 0 ? "" : ", ";
      const std::string_view direction = is_descending_ ? " DESC" : "";
      keys.append(", ").append(sort_->columns[i].sql).append(" AS ").append(key);
      order.append(joint).append(sort_->columns[i].sql).append(direction);
      result_order.append(joint).append(key).append(direction);
    }
    const auto select = [&](const std::string& condition) {
      return "SELECT " + columns + keys + " FROM " + std::string(source_.from) + where_of(condition) + " ORDER BY " +
             order + limit;
    };
    if (after.empty()) return select(filter_);
    std::string page;
    for (std::size_t equal = after.size(); equal-- > 0;) {
      std::string condition = filter_;
      for (std::size_t i = 0; i <= equal; ++i) {
        condition.append(condition.empty() ? "" : " AND ").append(sort_->columns[i].sql);
        condition.append(i < equal ? " = " : is_descending_ ? " < " : " > ").append(after[i]);
      }
      if (after.size() == 1) return select(condition);
      page.append(page.empty() ? "" : " UNION ALL ").append("SELECT * FROM (").append(select(condition));
      page.append(") AS range_").append(std::to_string(equal + 1));
    }
    return page + " ORDER BY " + result_order + limit;
  }
  // Appends SQL with a number for each ?, and the values to those that are numbered so.
  static void place(std::string& out, std::string_view sql, const std::vector<sql::Value>& values,
                    std::vector<sql::Value>& numbered) {
    std::size_t next = 0;
    for (const char c : sql) {
      if (c != '?') {
        out.push_back(c);
        continue;
      }
      numbered.push_back(values.at(next++));
      out.append("$").append(std::to_string(numbered.size()));
    }
  }
  struct Column {
    std::string_view sql;
    std::vector<sql::Value> values;
  };
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
    total_ = cursor.total;
    return true;
  }

  const ListSource& source_;
  const ListSort* sort_ = nullptr;
  bool is_descending_ = false;
  std::int64_t limit_ = kDefaultListLimit;
  std::string binding_;
  std::string filter_;              // SQL
  std::vector<sql::Value> values_;  // $1 and so on in it
  std::vector<Column> more_columns_;
  std::vector<sql::Value> after_;  // the last row of the page before; empty: from the beginning
  std::int64_t total_ = 0;
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
