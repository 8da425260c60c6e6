#include <catch2/catch_test_macros.hpp>
#include <gatetorio/wire.hpp>
#include <limits>
#include <random>

namespace gatetorio::wire {
namespace {

enum class Colour : std::uint8_t { kRed = 1, kBlue = 2 };

struct Inner {
  std::string name;
  std::int64_t number = 0;
  friend bool operator==(const Inner&, const Inner&) = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (name, number))

struct Everything {
  bool yes = false;
  std::int64_t big = 0;
  std::int32_t small = 0;
  double real = 0;
  Colour colour = Colour::kRed;
  std::string text;
  std::optional<std::string> maybe;
  std::optional<Inner> maybe_inner;
  std::vector<std::int64_t> numbers;
  std::vector<Inner> inners;
  friend bool operator==(const Everything&, const Everything&) = default;
};
BOOST_DESCRIBE_STRUCT(Everything, (), (yes, big, small, real, colour, text, maybe, maybe_inner, numbers, inners))

Everything sample() {
  Everything all;
  all.yes = true;
  all.big = std::numeric_limits<std::int64_t>::min();
  all.small = -7;
  all.real = -0.5;
  all.colour = Colour::kBlue;
  all.text = std::string("a\0b", 3);
  all.maybe = "";
  all.maybe_inner = Inner{"x", 1};
  all.numbers = {1, -1, 0};
  all.inners = {{"one", 1}, {"", 2}};
  return all;
}

// What Inner was before `number` came, and what it may be one day.
struct OldInner {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(OldInner, (), (name))
struct NewInner {
  std::string name;
  std::int64_t number = 0;
  std::optional<std::string> note = "none";
  std::vector<std::string> more;
};
BOOST_DESCRIBE_STRUCT(NewInner, (), (name, number, note, more))

// A heap block of exactly these bytes, so that AddressSanitizer sees a read beyond them.
bool decodes(std::string_view bytes) {
  const std::vector<char> exact(bytes.begin(), bytes.end());
  Everything out;
  return decode(std::string_view(exact.data(), exact.size()), out);
}

}  // namespace

TEST_CASE("every type comes back as it went") {
  Everything back;
  REQUIRE(decode(encode(sample()), back));
  CHECK(back == sample());
  REQUIRE(decode(encode(Everything{}), back));
  CHECK(back == Everything{});
}

TEST_CASE("the encoding is the documented one, byte for byte") {
  CHECK(encode(Inner{"ab", -2}) == std::string("\x0e\0\0\0"
                                               "\x02\0\0\0"
                                               "ab"
                                               "\xfe\xff\xff\xff\xff\xff\xff\xff",
                                               18));
}

TEST_CASE("a truncated message is refused or has defaults, and nothing outside it is read") {
  const std::string bytes = encode(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(decodes(std::string_view(bytes).substr(0, size)));
  }
  CHECK(decodes(bytes));
}

TEST_CASE("sizes and counts that lie are refused") {
  struct Row {
    const char* what;
    std::string bytes;
  };
  const std::string ff(4, '\xff');
  const Row table[] = {{"a struct longer than the message", ff + "abc"},
                       {"a string longer than its struct", std::string("\x05\0\0\0", 4) + ff + "x"}};
  for (const Row& row : table) {
    CAPTURE(row.what);
    Inner inner;
    CHECK_FALSE(decode(row.bytes, inner));
  }
  std::vector<Inner> list;
  CHECK_FALSE(decode(ff, list));
  CHECK_FALSE(decode(ff + "some bytes", list));
  CHECK(list.capacity() < 1000);
  // As many elements as bytes, or nearly so: none is that small.
  const std::string many = std::string("\0\x10\0\0", 4) + std::string(4096, '\0');
  CHECK_FALSE(decode(many, list));
  CHECK(list.capacity() == 0);
  std::vector<std::int64_t> numbers;
  CHECK_FALSE(decode(many, numbers));
  CHECK(numbers.capacity() == 0);
  std::vector<std::optional<std::int64_t>> none;
  CHECK(decode(many, none));
  CHECK(none.size() == 4096);
}

TEST_CASE("a value has one spelling: what its type cannot hold is refused") {
  const auto number = [](std::int64_t value) { return encode(value); };
  std::int32_t narrow = 0;
  CHECK(decode(number(-2147483648), narrow));
  CHECK(narrow == std::numeric_limits<std::int32_t>::min());
  CHECK_FALSE(decode(number(2147483648), narrow));
  CHECK_FALSE(decode(number((std::int64_t{1} << 32) + 5), narrow));
  std::uint64_t positive = 0;
  CHECK(decode(number(-1), positive));
  CHECK(positive == std::numeric_limits<std::uint64_t>::max());
  std::uint32_t short_positive = 0;
  CHECK_FALSE(decode(number(-1), short_positive));
  Colour colour = Colour::kRed;
  CHECK(decode(number(2), colour));
  CHECK_FALSE(decode(number(258), colour));
  bool yes = false;
  CHECK(decode("\x01", yes));
  CHECK_FALSE(decode("\x02", yes));
  std::optional<std::string> maybe;
  CHECK_FALSE(decode(std::string("\xff") + encode(std::string("a")), maybe));
}

TEST_CASE("random bytes are never read outside their end") {
  std::mt19937 random(20261124);
  const std::string good = encode(sample());
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good.substr(0, random() % (good.size() + 1));
    for (int i = 0; i < 4 && !bytes.empty(); ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    accepted += decodes(bytes) ? 1 : 0;
  }
  CHECK(accepted < 20'000);
}

TEST_CASE("an older reader skips appended fields, in lists too") {
  std::vector<OldInner> old;
  REQUIRE(decode(encode(std::vector<NewInner>{{"a", 1, "n", {"x"}}, {"b", 2, {}, {}}}), old));
  REQUIRE(old.size() == 2);
  CHECK(old[0].name == "a");
  CHECK(old[1].name == "b");
}

TEST_CASE("a newer reader keeps the defaults of fields that an older writer did not know") {
  NewInner fresh;
  REQUIRE(decode(encode(OldInner{"a"}), fresh));
  CHECK(fresh.name == "a");
  CHECK(fresh.number == 0);
  CHECK(fresh.note == "none");
}

}  // namespace gatetorio::wire
