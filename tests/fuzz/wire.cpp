// The encoding of service requests and replies. The first byte chooses what the rest is read as.
#include "gatetorio/wire.hpp"

#include "fuzz.hpp"
#include "gatetorio/content.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/sql.hpp"
#include "gatetorio/sql_reader.hpp"

using namespace gatetorio;

namespace {

enum class Narrow : std::uint8_t { kOne = 1, kTwo = 2 };
struct Inner {
  std::string text;
  std::optional<double> real;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (text, real))

// Every kind of field there is.
struct Everything {
  bool yes = false;
  std::int64_t big = 0;
  std::uint64_t positive = 0;
  std::int32_t small = 0;
  std::uint8_t byte = 0;
  double real = 0;
  Narrow choice = Narrow::kOne;
  std::string text;
  std::optional<Inner> inner;
  std::vector<Inner> inners;
  std::vector<std::int32_t> numbers;
  std::vector<std::vector<std::optional<std::string>>> nested;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (yes, big, positive, small, byte, real, choice, text, inner, inners, numbers, nested))

// A struct that begins like it and ends sooner: an older version of it.
struct Older {
  bool yes = false;
  std::int64_t big = 0;
  std::uint64_t positive = 0;
};
BOOST_DESCRIBE_STRUCT(Older, (), (yes, big, positive))

template <class T>
void check(std::string_view bytes) {
  T value{};
  if (!wire::decode(bytes, value)) return;
  const std::string encoded = wire::encode(value);
  const fuzz::Exact exact(encoded);
  T again{};
  FUZZ_HOLDS(wire::decode(exact.view(), again));
  FUZZ_HOLDS(wire::encode(again) == encoded);
  // Cut short it is refused: the size of a struct stands at its beginning.
  const fuzz::Exact cut(std::string_view(encoded).substr(0, encoded.size() - 1));
  T part{};
  FUZZ_HOLDS(!wire::decode(cut.view(), part));
}

// What holds no struct has one spelling: the value is written as it was read.
template <class T>
void check_spelling(std::string_view bytes) {
  T value{};
  if (wire::decode(bytes, value)) FUZZ_HOLDS(bytes.starts_with(wire::encode(value)));
}

void check_spellings(std::string_view bytes) {
  check_spelling<bool>(bytes);
  check_spelling<std::uint8_t>(bytes);
  check_spelling<std::int32_t>(bytes);
  check_spelling<std::uint64_t>(bytes);
  check_spelling<Narrow>(bytes);
  check_spelling<double>(bytes);
  check_spelling<std::vector<std::uint32_t>>(bytes);
  check_spelling<std::vector<std::optional<std::string>>>(bytes);
}

// Batches and results of the storage: views of what was given, nothing beyond it.
void check_sql(std::string_view bytes) {
  const auto shape = sql::inspect(bytes);
  if (shape) {
    sql::BatchReader in(bytes);
    sql::Mode mode{};
    FUZZ_HOLDS(in.mode(mode) && mode == shape->mode);
    for (std::uint32_t i = 0; i < shape->statements; ++i) {
      sql::StatementView statement;
      FUZZ_HOLDS(in.statement(statement));
      sql::Cell cell;
      for (std::uint32_t at = 0; at < statement.parameters; ++at) FUZZ_HOLDS(in.parameter(cell));
    }
    FUZZ_HOLDS(in.at_end());
  }
  sql::Results results;
  if (!results.parse(std::string(bytes))) return;
  for (std::size_t i = 0; i < results.size(); ++i) {
    FUZZ_HOLDS(results[i].rows() * results[i].columns == results[i].cells.size());
  }
}

// A count that lies takes no memory.
void check_room(std::string_view bytes) {
  std::vector<Inner> inners;
  wire::decode(bytes, inners);
  FUZZ_HOLDS(inners.capacity() <= bytes.size() / 4);
}

void check_versions(std::string_view bytes) {
  Everything now{};
  Older then{};
  const bool is_older = wire::decode(bytes, then);
  if (!wire::decode(bytes, now)) return;
  FUZZ_HOLDS(is_older && then.yes == now.yes && then.big == now.big && then.positive == now.positive);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const fuzz::Exact input(fuzz::text_of(data + 1, size - 1));
  switch (data[0] % 10) {
    case 0:
      check<Everything>(input.view());
      check_versions(input.view());
      break;
    case 1:
      check<Principal>(input.view());
      break;
    case 2:
      check<AccessQuery>(input.view());
      break;
    case 3:
      check<Grants>(input.view());
      break;
    case 4:
      check<Decision>(input.view());
      break;
    case 5:
      check<Device>(input.view());
      break;
    case 6:
      check_spellings(input.view());
      break;
    case 7:
      check_sql(input.view());
      break;
    case 8:
      check<std::vector<Inner>>(input.view());
      check_room(input.view());
      break;
    default:
      check<std::optional<Credential>>(input.view());
  }
  return 0;
}
