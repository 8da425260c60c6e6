// What SQL a list asks, and which cursors it takes. That pages walk a real table: rules_test.cpp of registration.
#include <catch2/catch_test_macros.hpp>
#include <gatetorio/identifiers.hpp>
#include <gatetorio/lists.hpp>
#include <gatetorio/sql_reader.hpp>

namespace gatetorio {
namespace {

const ListSource kGates{.name = "gates",
                        .columns = "id, name",
                        .from = "gates",
                        .default_sort = "name",
                        .sorts = {{"name", {list_text("name")}}, {"age", {list_integer("made"), list_integer("id")}}}};
const ListSource kDoors{.name = "doors",
                        .columns = "id, name",
                        .from = "doors",
                        .default_sort = "-age",
                        .sorts = kGates.sorts,
                        .has_total = false};

struct GatesInput {
  std::optional<std::string> colour;
  std::optional<std::string> sort;
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(GatesInput, (), (colour, sort, limit, cursor))

struct DoorsInput {
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(DoorsInput, (), (limit, cursor))

// Each statement with its arguments, as a reader of the batch sees them.
std::vector<std::string> said(const ListQuery& query) {
  const Result<sql::Batch> batch = query.batch();
  if (!batch) return {batch.error().fields.at(0).pointer};
  std::vector<std::string> list;
  sql::BatchReader in(batch->bytes());
  sql::Mode mode{};
  REQUIRE(in.mode(mode));
  CHECK(mode == sql::Mode::kRead);
  sql::StatementView statement;
  while (!in.at_end()) {
    REQUIRE(in.statement(statement));
    std::string& text = list.emplace_back(statement.sql);
    for (std::uint32_t i = 0; i < statement.parameters; ++i) {
      sql::Cell cell;
      REQUIRE(in.parameter(cell));
      text += cell.type == sql::Type::kText ? " '" + std::string(cell.bytes) + "'" : " " + std::to_string(cell.integer);
    }
  }
  return list;
}

void put_text(std::string& out, std::string_view text) {
  out.push_back(static_cast<char>(sql::Type::kText));
  wire::Writer(out).u32(static_cast<std::uint32_t>(text.size()));
  out.append(text);
}
void put_integer(std::string& out, std::int64_t number) {
  out.push_back(static_cast<char>(sql::Type::kInteger));
  wire::Writer(out).value(number);
}

// An answer with these rows, and a total: id, name, and what the rows are sorted by.
sql::Results answer(const std::vector<std::string>& names, bool by_age, std::optional<std::int64_t> total) {
  std::string bytes;
  wire::Writer out(bytes);
  out.value(std::int64_t{0});
  out.u32(by_age ? 4 : 3);
  out.u32(static_cast<std::uint32_t>(names.size()));
  for (std::size_t i = 0; i < names.size(); ++i) {
    put_integer(bytes, static_cast<std::int64_t>(i) + 1);
    put_text(bytes, names[i]);
    if (!by_age) put_text(bytes, names[i]);
    if (by_age) put_integer(bytes, 100);
    if (by_age) put_integer(bytes, static_cast<std::int64_t>(i) + 1);
  }
  if (total) {
    out.value(std::int64_t{0});
    out.u32(1);
    out.u32(1);
    put_integer(bytes, *total);
  }
  sql::Results results;
  REQUIRE(results.parse(std::move(bytes)));
  return results;
}

std::string cursor_of(GatesInput input) {
  input.limit = ListLimit{2};
  const ListQuery query(kGates, input);
  const bool by_age = input.sort && input.sort->ends_with("age");
  return query.page(answer({"a", "b", "c"}, by_age, 7)).next_cursor.value();
}

bool takes(GatesInput input, std::string cursor) {
  input.cursor = std::move(cursor);
  return said(ListQuery(kGates, input)) != std::vector<std::string>{"/cursor"};
}

}  // namespace

TEST_CASE("the first page of a list asks for its rows in their order, one more than it shows, and for their number") {
  CHECK(said(ListQuery(kGates, GatesInput{})) ==
        std::vector<std::string>{"SELECT id, name, name AS key_1 FROM gates ORDER BY name LIMIT $1 51",
                                 "SELECT COUNT(*) FROM gates"});
  CHECK(said(ListQuery(kGates, GatesInput{.sort = "-age", .limit = ListLimit{500}}))[0] ==
        "SELECT id, name, made AS key_1, id AS key_2 FROM gates ORDER BY made DESC, id DESC LIMIT $1 501");
}

TEST_CASE("what a caller gives is an argument of the statements, never a part of them") {
  ListQuery query(kGates, GatesInput{});
  query.where("colour = ?", "red' OR 1=1").where("made < ? OR id = ?", Timestamp{5}, std::int64_t{3});
  const std::string where = " WHERE (colour = $1) AND (made < $2 OR id = $3)", values = " 'red' OR 1=1' 5 3";
  CHECK(said(query) ==
        std::vector<std::string>{
            "SELECT id, name, name AS key_1 FROM gates" + where + " ORDER BY name LIMIT $4" + values + " 51",
            "SELECT COUNT(*) FROM (SELECT 1 FROM gates" + where + " LIMIT $4) AS counted" + values + " 200001"});
  CHECK(said(ListQuery(kGates, GatesInput{.sort = "name; DROP"})) == std::vector<std::string>{"/sort"});
}

TEST_CASE("a further column stands behind those of the description, and is not counted") {
  ListQuery query(kGates, GatesInput{});
  query.column("(SELECT COUNT(*) FROM keys WHERE keys.until > ?)", Timestamp{9}).where("id > ?", 4);
  CHECK(said(query) ==
        std::vector<std::string>{
            "SELECT id, name, (SELECT COUNT(*) FROM keys WHERE keys.until > $2), name AS key_1 FROM gates"
            " WHERE (id > $1) ORDER BY name LIMIT $3 4 9 51",
            "SELECT COUNT(*) FROM (SELECT 1 FROM gates WHERE (id > $1) LIMIT $2) AS counted 4 200001"});
}

TEST_CASE("the next page begins behind the last row of the one before, in the same order, and does not count again") {
  const ListQuery first(kGates, GatesInput{.sort = "age", .limit = ListLimit{2}});
  const ListPage page = first.page(answer({"a", "b", "c"}, true, 7));
  CHECK(page.rows == 2);
  CHECK(page.total == 7);
  ListQuery next(kGates, GatesInput{.sort = "age", .limit = ListLimit{2}, .cursor = page.next_cursor});
  next.where("id > ?", 0);
  const std::string select = "SELECT id, name, made AS key_1, id AS key_2 FROM gates WHERE (id > $1) AND ";
  CHECK(said(next) == std::vector<std::string>{"SELECT * FROM (" + select +
                                               "made = $2 AND id > $3 ORDER BY made, id LIMIT $4) AS"
                                               " range_2 UNION ALL SELECT * FROM (" +
                                               select +
                                               "made > $2 ORDER BY made, id LIMIT $4)"
                                               " AS range_1 ORDER BY key_1, key_2 LIMIT $4 0 100 2 3"});
  const ListPage last = next.page(answer({"c"}, true, std::nullopt));
  CHECK(last.rows == 1);
  CHECK(last.total == 7);
  CHECK_FALSE(last.next_cursor);

  const GatesInput back{.sort = "-name", .cursor = cursor_of({.sort = "-name"})};
  CHECK(said(ListQuery(kGates, back))[0] ==
        "SELECT id, name, name AS key_1 FROM gates WHERE name < $1 ORDER BY name DESC LIMIT $2 'b' 51");
}

TEST_CASE("more behind a filter than is counted has no total, and a whole table has one") {
  ListQuery whole(kGates, GatesInput{}), few(kGates, GatesInput{}), many(kGates, GatesInput{});
  few.where("id > ?", 0);
  many.where("id > ?", 0);
  CHECK(whole.page(answer({"a"}, false, kListCount + 1)).total == kListCount + 1);
  CHECK(few.page(answer({"a"}, false, kListCount)).total == kListCount);
  CHECK_FALSE(many.page(answer({"a"}, false, kListCount + 1)).total);
}

TEST_CASE("a page that is exactly full is the last one where nothing follows") {
  const ListQuery query(kGates, GatesInput{.limit = ListLimit{2}});
  CHECK_FALSE(query.page(answer({"a", "b"}, false, 2)).next_cursor);
  CHECK(query.page(answer({}, false, 0)).rows == 0);
}

TEST_CASE("a cursor holds for its own list, sort and filters, whatever the limit") {
  const std::string plain = cursor_of({}), red = cursor_of({.colour = "red"}), aged = cursor_of({.sort = "age"});
  CHECK(takes({}, plain));
  CHECK(takes({.sort = "name"}, plain));
  CHECK(takes({.limit = ListLimit{9}}, plain));
  CHECK(takes({.colour = "red"}, red));
  CHECK_FALSE(takes({.colour = "red"}, plain));
  CHECK_FALSE(takes({.colour = "blue"}, red));
  CHECK_FALSE(takes({}, red));
  CHECK_FALSE(takes({.sort = "-name"}, plain));
  CHECK_FALSE(takes({}, aged));
  CHECK_FALSE(takes({.sort = "-age"}, aged));
  CHECK(said(ListQuery(kDoors, DoorsInput{.cursor = plain})) == std::vector<std::string>{"/cursor"});
}

TEST_CASE("what is no cursor is refused at the cursor, whatever it is") {
  const std::string good = cursor_of({});
  for (const std::string& bad : {std::string(), std::string("x"), std::string("00"), good.substr(2), good + "00",
                                 good.substr(0, good.size() - 2), std::string(2000, 'f'), "zz" + good.substr(2)}) {
    CAPTURE(bad);
    CHECK_FALSE(takes({}, bad));
  }
}

TEST_CASE("a cursor that somebody made up cannot give a value of another type, or text that is none") {
  const auto forged = [](detail::CursorValue value) {
    detail::ListCursor cursor;
    REQUIRE(wire::decode(from_hex(cursor_of({})), cursor));
    cursor.values = {std::move(value)};
    return to_hex(wire::encode(cursor));
  };
  CHECK(takes({}, forged({std::nullopt, "m"})));
  CHECK_FALSE(takes({}, forged({5, ""})));
  CHECK_FALSE(takes({}, forged({std::nullopt, std::string("a\0b", 3)})));
  CHECK_FALSE(takes({}, forged({std::nullopt, "\xff"})));
}

TEST_CASE("a list without a total and with one order counts nothing and takes no sort") {
  CHECK(said(ListQuery(kDoors, DoorsInput{})) ==
        std::vector<std::string>{
            "SELECT id, name, made AS key_1, id AS key_2 FROM doors ORDER BY made DESC, id DESC LIMIT $1 51"});
  const ListQuery query(kDoors, DoorsInput{.limit = ListLimit{1}});
  const ListPage page = query.page(answer({"a", "b"}, true, std::nullopt));
  CHECK(page.next_cursor);
  CHECK_FALSE(page.total);
}

TEST_CASE("a search looks at a bounded piece of what the filters leave, says where that ends, and counts what it saw") {
  ListQuery query(kGates, GatesInput{.sort = "-age"});
  query.search("colour = ?", "red").where("id > ?", 4).search("name LIKE ?", "a%");
  const std::string found = "CASE WHEN (colour = $2) AND (name LIKE $3) THEN 1 ELSE 0 END AS is_found, ",
                    keys = "made AS key_1, id AS key_2 FROM gates WHERE (id > $1) ORDER BY made DESC, id DESC";
  CHECK(said(query) ==
        std::vector<std::string>{"SELECT * FROM (SELECT id, name, " + found + keys +
                                     " LIMIT $4) AS seen WHERE is_found = 1 ORDER BY key_1 DESC, key_2 DESC LIMIT $5"
                                     " 4 'red' 'a%' 20000 51",
                                 "SELECT " + keys + " LIMIT 1 OFFSET $2 4 19999",
                                 "SELECT COALESCE(SUM(is_found), 0) FROM (SELECT " + found + keys +
                                     " LIMIT $4) AS seen 4 'red' 'a%' 20000"});
}

TEST_CASE("a piece of text is found as it is written, not as a pattern") {
  CHECK(like_part("50%_a!b") == "%50!%!_a!!b%");
  CHECK(like_part("") == "%%");
}

}  // namespace gatetorio
