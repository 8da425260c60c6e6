#include "copy.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "gatetorio/secret.hpp"

namespace gatetorio::storage_postgres {
namespace {

constexpr std::size_t kRowsAtOnce = 500;

using Print = std::function<void(const std::string&)>;

// Of all rows, whatever their order: databases sort text differently.
struct Sum {
  std::int64_t rows = 0;
  std::uint64_t hashes = 0;
  friend bool operator==(const Sum&, const Sum&) = default;

  void add(const CopyRow& row) {
    std::string text;
    wire::Writer writer(text);
    for (const CopyCell& cell : row) {
      text.push_back(static_cast<char>(cell.type));
      writer.value(cell.integer);
      writer.value(static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(cell.real)));
      writer.value(cell.bytes);
    }
    std::uint64_t word = 0;
    std::memcpy(&word, sha256(text).data(), sizeof word);
    hashes += word;
    ++rows;
  }
};

Error conflict(std::string detail) { return {.status = Status::kConflict, .detail = std::move(detail)}; }

// The tables of a side without those that the other does not have and that are empty here: the storages' own tables
// may be newer on one of them.
std::vector<CopyTable> shared_tables(CopySide& side, CopySide& other) {
  std::vector<CopyTable> tables = side.tables();
  const std::vector<CopyTable> others = other.tables();
  std::erase_if(tables, [&](const CopyTable& table) {
    const auto is_same = [&table](const CopyTable& one) { return one.name == table.name; };
    return std::none_of(others.begin(), others.end(), is_same) && side.count(table) == 0;
  });
  return tables;
}

Result<void> check_fit(CopySide& from, CopySide& to, const std::vector<CopyTable>& tables) {
  if (from.migrations() != to.migrations()) {
    return conflict(
        "the two do not hold the same migrations; run `gatetorio-hub migrate` with the same plugins for both");
  }
  if (tables != shared_tables(to, from)) return conflict("the two do not have the same tables and columns");
  for (const CopyTable& table : tables) {
    if (to.count(table) != 0) return conflict("the target's table " + table.name + " is not empty");
  }
  return {};
}

Sum copy_table(CopySide& from, CopySide& to, const CopyTable& table, const Print& print) {
  const std::int64_t total = from.count(table);
  Sum sum;
  std::vector<CopyRow> rows;
  std::int64_t tenth = 1;
  from.read(table, [&](CopyRow row) {
    sum.add(row);
    rows.push_back(std::move(row));
    if (rows.size() == kRowsAtOnce) {
      to.append(table, rows);
      rows.clear();
    }
    for (; total >= 10'000 && tenth < 10 && sum.rows * 10 >= total * tenth; ++tenth) {
      print(table.name + ": " + std::to_string(10 * tenth) + " %");
    }
  });
  if (!rows.empty()) to.append(table, rows);
  if (sum.rows != total) {
    throw CopyError("of table " + table.name + ", " + std::to_string(sum.rows) + " of " + std::to_string(total) +
                    " rows were read; nothing was kept");
  }
  if (const std::int64_t last = from.last_id(table); last > 0) to.set_last_id(table, last);
  print(table.name + ": " + std::to_string(sum.rows) + " rows");
  return sum;
}

Result<void> copy_all(CopySide& from, CopySide& to, const Print& print) {
  const std::vector<CopyTable> tables = shared_tables(from, to);
  if (auto fit = check_fit(from, to, tables); !fit) return fit;
  std::vector<Sum> sums;
  for (const CopyTable& table : tables) sums.push_back(copy_table(from, to, table, print));
  print("checking");
  for (std::size_t i = 0; i < tables.size(); ++i) {
    Sum arrived;
    to.read(tables[i], [&arrived](const CopyRow& row) { arrived.add(row); });
    if (arrived != sums[i]) {
      return Error{.status = Status::kInternal,
                   .detail = "table " + tables[i].name + " did not arrive as it was sent; nothing was kept"};
    }
  }
  to.commit();
  return {};
}

}  // namespace

Result<void> copy_storage(CopySide& from, CopySide& to, const Print& print) {
  try {
    return copy_all(from, to, print);
  } catch (const std::exception& e) {
    return Error{.status = Status::kUnavailable, .detail = e.what()};
  }
}

}  // namespace gatetorio::storage_postgres
