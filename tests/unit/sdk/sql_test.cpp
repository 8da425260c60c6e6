#include <catch2/catch_test_macros.hpp>
#include <gatetorio/sql.hpp>
#include <random>

namespace gatetorio::sql {
namespace {

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// One statement's answer: 3 changes, 2 columns, 2 rows: (7, "text"), (null, blob of a zero byte).
std::string sample() {
  std::string out;
  put<std::int64_t>(out, 3);
  put<std::uint32_t>(out, 2);
  put<std::uint32_t>(out, 2);
  put(out, Type::kInteger);
  put<std::int64_t>(out, 7);
  put(out, Type::kText);
  put<std::uint32_t>(out, 4);
  out.append("text");
  put(out, Type::kNull);
  put(out, Type::kBlob);
  put<std::uint32_t>(out, 1);
  out.push_back('\0');
  return out;
}

}  // namespace

TEST_CASE("a batch is encoded as documented") {
  Batch batch(Mode::kWrite);
  batch.add("A", 7, nullptr == nullptr).require("B", "x", std::nullopt, 0.5, Blob{"y"}, Timestamp{9});
  std::string expected;
  put(expected, Mode::kWrite);
  put<std::uint32_t>(expected, 1);
  expected.append("A");
  put(expected, Expect::kAnything);
  put<std::uint32_t>(expected, 2);
  put(expected, Type::kInteger);
  put<std::int64_t>(expected, 7);
  put(expected, Type::kInteger);
  put<std::int64_t>(expected, 1);
  put<std::uint32_t>(expected, 1);
  expected.append("B");
  put(expected, Expect::kRow);
  put<std::uint32_t>(expected, 5);
  put(expected, Type::kText);
  put<std::uint32_t>(expected, 1);
  expected.append("x");
  put(expected, Type::kNull);
  put(expected, Type::kReal);
  put(expected, 0.5);
  put(expected, Type::kBlob);
  put<std::uint32_t>(expected, 1);
  expected.append("y");
  put(expected, Type::kInteger);
  put<std::int64_t>(expected, 9);
  CHECK(batch.bytes() == expected);
}

TEST_CASE("an empty optional is NULL, a full one its value") {
  Batch with(Mode::kRead), without(Mode::kRead), plain(Mode::kRead);
  with.add("A", std::optional<std::int64_t>(5));
  plain.add("A", std::int64_t{5});
  without.add("A", std::optional<std::string>());
  CHECK(with.bytes() == plain.bytes());
  CHECK(without.bytes().back() == static_cast<char>(Type::kNull));
}

TEST_CASE("results are read, and stay readable when they move") {
  Results first;
  REQUIRE(first.parse(sample() + sample()));
  const Results results = std::move(first);
  REQUIRE(results.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const Table& table = results[i];
    CHECK(table.changes == 3);
    CHECK(table.rows() == 2);
    CHECK(table.integer(0, 0) == 7);
    CHECK(table.text(0, 1) == "text");
    CHECK(table.is_null(1, 0));
    CHECK_FALSE(table.integer_or_null(1, 0));
    CHECK(table.text_or_null(1, 1) == std::string(1, '\0'));
  }
  CHECK_THROWS_AS(results[2], std::out_of_range);
  CHECK_THROWS_AS(results[0].at(2, 0), std::out_of_range);
}

TEST_CASE("an answer that is cut off, or lies about its size, is refused") {
  const std::string good = sample();
  for (std::size_t size = 1; size < good.size(); ++size) {
    CAPTURE(size);
    Results results;
    CHECK_FALSE(results.parse(good.substr(0, size)));
  }
  std::string lie;
  put<std::int64_t>(lie, 0);
  put<std::uint32_t>(lie, 0xffffffff);
  put<std::uint32_t>(lie, 0xffffffff);
  Results results;
  CHECK_FALSE(results.parse(lie));
  std::string odd = good;
  odd[16] = 9;  // no such type of cell
  CHECK_FALSE(results.parse(odd));
}

TEST_CASE("random answers are never read outside their end") {
  std::mt19937 random(7);
  const std::string good = sample();
  std::size_t accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    Results results;
    if (results.parse(std::move(bytes))) ++accepted;
  }
  CHECK(accepted < 20'000);
}

TEST_CASE("an object that is parsed into again forgets what it had") {
  Results results;
  REQUIRE(results.parse(sample()));
  REQUIRE(results.parse(sample()));
  CHECK(results.size() == 1);
  REQUIRE(results.parse(""));
  CHECK(results.size() == 0);
}

}  // namespace gatetorio::sql
