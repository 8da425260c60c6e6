#include "sql_text.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::storage_postgres {
namespace {

TEST_CASE("parameters are counted where the server would see them") {
  CHECK(read_sql("SELECT $1, $2").parameters == 2);
  CHECK(read_sql("SELECT '$1', $1").parameters == 1);
  CHECK(read_sql("SELECT 'it''s $2', $1").parameters == 1);
  CHECK(read_sql("SELECT E'a\\'$2', $1").parameters == 1);
  CHECK(read_sql("SELECT \"$2\", $1").parameters == 1);
  CHECK(read_sql("SELECT $1 -- and $2").parameters == 1);
  CHECK(read_sql("SELECT /* $2 /* $3 */ $4 */ $1").parameters == 1);
  CHECK(read_sql("SELECT $x$ $2 $x$, $$ $3 $$, $1").parameters == 1);
  CHECK(read_sql("SELECT a$2 FROM t WHERE a$2 = $1").parameters == 1);
  CHECK_FALSE(read_sql("SELECT $2, $1, $2").has_gap);
  CHECK(read_sql("SELECT $1, $3").has_gap);
  CHECK(read_sql("SELECT $0").has_gap);
  CHECK(read_sql("SELECT $99999999999999999999").has_gap);
}

TEST_CASE("what ends a transaction or sets up the session is not allowed, however it is dressed") {
  for (const char* sql : {"COMMIT",
                          "commit;",
                          " \n\tRollback",
                          "-- hello\nBEGIN",
                          "/* a /* b */ */ SAVEPOINT x",
                          "END",
                          "ABORT",
                          "START TRANSACTION",
                          "RELEASE x",
                          "PREPARE TRANSACTION 'x'",
                          "SET ROLE postgres",
                          "RESET ALL",
                          "DISCARD ALL",
                          "LISTEN x",
                          "COPY t FROM STDIN",
                          "DEALLOCATE ALL",
                          "CALL p()",
                          "SELECT 1; COMMIT",
                          "LOCK TABLE t",
                          "VACUUM"}) {
    INFO(sql);
    CHECK_FALSE(read_sql(sql).is_allowed);
  }
  for (const char* sql :
       {"SELECT 1", "(SELECT 1) UNION (SELECT 2)", "insert into t values (1)", "UPDATE t SET a = 'COMMIT'",
        "WITH x AS (SELECT 1) SELECT * FROM x", "CREATE TABLE commit_log (id BIGINT)",
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN COMMIT; END $$ LANGUAGE plpgsql; SELECT 1"}) {
    INFO(sql);
    CHECK(read_sql(sql).is_allowed);
  }
}

TEST_CASE("empty statements and the ledger's name are noticed") {
  for (const char* sql : {"", " ;; \n", "-- nothing", "/* nothing */", "/* not closed", "'"})
    CHECK(read_sql(sql).parameters == 0);
  CHECK(read_sql(" ; -- x\n").is_empty);
  CHECK_FALSE(read_sql("SELECT 1").is_empty);
  CHECK(read_sql("DELETE FROM Gatetorio_Migrations").names_ledger);
  CHECK(read_sql("DELETE FROM \"gatetorio_migrations\"").names_ledger);
  CHECK_FALSE(read_sql("SELECT 'gatetorio_migrations'").names_ledger);
}

}  // namespace
}  // namespace gatetorio::storage_postgres
