#include <algorithm>
#include <cstdio>
#include <pqxx/pqxx>

#include "copy_side.hpp"
#include "gatetorio/encoding.hpp"

namespace gatetorio::storage_postgres {
namespace {

constexpr const char* kOwnBooks = "('gatetorio_migrations', 'gatetorio_turn')";

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text.append(c == '"' ? "\"\"" : std::string(1, c));
  return text + "\"";
}

std::string list_of(const CopyTable& table) {
  std::string list;
  for (const std::string& column : table.columns) list.append(list.empty() ? "" : ", ").append(quoted(column));
  return list;
}

template <class Field>
CopyCell cell_of(const Field& field, std::uint32_t type) {
  enum : std::uint32_t { kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kFloat4 = 700, kFloat8 = 701 };
  if (field.is_null()) return {};
  const std::string text(field.c_str(), field.size());
  switch (type) {
    case kInt8:
    case kInt2:
    case kInt4:
      return {.type = sql::Type::kInteger, .integer = std::stoll(text)};
    case kFloat4:
    case kFloat8:
      return {.type = sql::Type::kReal, .real = std::stod(text)};
    case kBytea:
      return {.type = sql::Type::kBlob, .bytes = from_hex(std::string_view(text).substr(2))};  // behind "\x"
    default:
      return {.type = sql::Type::kText, .bytes = text};
  }
}

// Throws where a hub has it: what that acknowledges while it is read, or remembers while it is written, would be lost.
// From here on no hub begins, until the connection ends.
void keep_hubs_away(pqxx::connection& connection) {
  pqxx::nontransaction session(connection);
  session.exec("SET lock_timeout = '1s'");  // the server takes a moment to notice that a hub has ended
  try {
    session.exec("SELECT pg_advisory_lock(" + std::string(kHubsLock) + ")");
    session.exec("RESET lock_timeout");
    return;
  } catch (const pqxx::sql_error& error) {
    constexpr const char* kLockNotAvailable = "55P03";
    if (error.sqlstate() != kLockNotAvailable) throw;
  }
  const auto users = session.exec(
      "SELECT string_agg(DISTINCT application_name || ' at ' || COALESCE(client_addr::text, 'this machine'), ', ')"
      " FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND granted"
      " AND pid <> pg_backend_pid() AND pg_locks.database ="
      " (SELECT oid FROM pg_database WHERE datname = current_database())");
  throw CopyError("a hub uses the PostgreSQL database (" + users[0][0].as<std::string>("it has ended just now") +
                  "); stop all hubs first");
}

class PostgresSide : public CopySide {
 public:
  PostgresSide(const Login& login, bool for_writing)
      : connection_(login.conninfo()), transaction_((keep_hubs_away(connection_), connection_)) {
    transaction_.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    transaction_.exec("SET LOCAL bytea_output = hex");
    transaction_.exec("SET LOCAL extra_float_digits = 3");
    // For hubs of before, which know no other way to be kept away.
    if (for_writing) transaction_.exec("LOCK TABLE gatetorio_turn IN EXCLUSIVE MODE");
  }

  std::vector<std::string> migrations() override {
    std::vector<std::string> all;
    for (const auto& row : transaction_.exec("SELECT plugin, number FROM gatetorio_migrations")) {
      const auto plugin = row[0].as<std::string>();
      if (!plugin.starts_with("storage-")) all.push_back(plugin + "/" + row[1].as<std::string>());
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  std::vector<CopyTable> tables() override {
    std::vector<CopyTable> all;
    const auto rows = transaction_.exec(
        "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables"
        " USING (table_schema, table_name) WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        " AND table_name NOT IN " +
        std::string(kOwnBooks) + " ORDER BY table_name COLLATE \"C\", column_name COLLATE \"C\"");
    for (const auto& row : rows) {
      const auto name = row[0].as<std::string>();
      if (all.empty() || all.back().name != name) all.push_back({name, {}});
      all.back().columns.push_back(row[1].as<std::string>());
    }
    return all;
  }

  std::int64_t count(const CopyTable& table) override {
    return transaction_.exec("SELECT count(*) FROM " + quoted(table.name))[0][0].as<std::int64_t>();
  }

  void read(const CopyTable& table, const std::function<void(CopyRow)>& take) override {
    transaction_.exec("DECLARE copying CURSOR FOR SELECT " + list_of(table) + " FROM " + quoted(table.name));
    for (;;) {
      const pqxx::result rows = transaction_.exec("FETCH 1000 FROM copying");
      if (rows.empty()) break;
      for (const auto& row : rows) {
        CopyRow cells;
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
          const auto column = static_cast<pqxx::row::size_type>(i);
          cells.push_back(cell_of(row[column], rows.column_type(column)));
        }
        take(std::move(cells));
      }
    }
    transaction_.exec("CLOSE copying");
  }

  void append(const CopyTable& table, const std::vector<CopyRow>& rows) override {
    // Ids are kept as they are, also in columns that otherwise give them.
    std::string sql = "INSERT INTO " + quoted(table.name) + " (" + list_of(table) + ") OVERRIDING SYSTEM VALUE VALUES ";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      sql += i == 0 ? "(" : ", (";
      for (std::size_t j = 0; j < rows[i].size(); ++j) sql.append(j == 0 ? "" : ", ").append(literal(rows[i][j]));
      sql += ")";
    }
    transaction_.exec(sql);
  }

  std::int64_t last_id(const CopyTable& table) override {
    const std::string sequence = sequence_of(table);
    if (sequence.empty()) return 0;
    return transaction_.exec("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM " + sequence)[0][0]
        .as<std::int64_t>();
  }

  void set_last_id(const CopyTable& table, std::int64_t id) override {
    const std::string sequence = sequence_of(table);
    if (!sequence.empty()) {
      transaction_.exec("SELECT setval(" + transaction_.quote(sequence) + ", " + std::to_string(id) + ")");
    }
  }

  void commit() override { transaction_.commit(); }

 private:
  std::string literal(const CopyCell& cell) {
    switch (cell.type) {
      case sql::Type::kInteger:
        return std::to_string(cell.integer);
      case sql::Type::kReal: {
        char text[32];
        std::snprintf(text, sizeof text, "%.17g", cell.real);
        return "CAST('" + std::string(text) + "' AS DOUBLE PRECISION)";
      }
      case sql::Type::kText:
        return transaction_.quote(cell.bytes);
      case sql::Type::kBlob:
        return "'\\x" + to_hex(cell.bytes) + "'::bytea";
      case sql::Type::kNull:
        break;
    }
    return "NULL";
  }

  std::string sequence_of(const CopyTable& table) {
    const auto rows = transaction_.exec(
        "SELECT pg_get_serial_sequence(quote_ident(table_name), column_name) FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND is_identity = 'YES' AND table_name = " +
        transaction_.quote(table.name));
    return rows.empty() ? std::string() : rows[0][0].as<std::string>();
  }

  pqxx::connection connection_;
  pqxx::work transaction_;
};

}  // namespace

std::unique_ptr<CopySide> postgres_side(const Login& login, bool for_writing) {
  return std::make_unique<PostgresSide>(login, for_writing);
}

}  // namespace gatetorio::storage_postgres
