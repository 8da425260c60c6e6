#include "cells.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace gatetorio::storage_postgres {
namespace {

// From pg_type.dat; they never change.
enum : Oid {
  kBool = 16,
  kBytea = 17,
  kChar = 18,
  kName = 19,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kOid = 26,
  kJson = 114,
  kFloat4 = 700,
  kFloat8 = 701,
  kUnknown = 705,
  kBpchar = 1042,
  kVarchar = 1043,
  kNumeric = 1700,
};

static_assert(std::endian::native == std::endian::little, "values are sent in the network's order");

// A big-endian integer of `T`'s size.
template <class T>
T read_number(const char* data) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>((value << 8) | static_cast<unsigned char>(data[i]));
  return value;
}

void put_integer(std::string& out, std::int64_t value) {
  out.push_back(static_cast<char>(sql::Type::kInteger));
  wire::Writer(out).value(value);
}

void put_real(std::string& out, double value) {
  out.push_back(static_cast<char>(sql::Type::kReal));
  wire::Writer(out).value(value);
}

void put_bytes(std::string& out, sql::Type type, const char* data, std::size_t size) {
  out.push_back(static_cast<char>(type));
  wire::Writer writer(out);
  writer.u32(static_cast<std::uint32_t>(size));
  writer.raw(data, size);
}

// The sum of integers is NUMERIC here and an integer elsewhere: whole numbers that fit become integers, others reals.
// Format: i16 digits, weight of the first, sign, scale, then the digits to base 10,000.
void put_numeric(std::string& out, const char* data) {
  constexpr int kBase = 10'000;
  constexpr std::uint16_t kNegative = 0x4000, kSpecial = 0xc000;
  const auto part = [data](int at) { return read_number<std::int16_t>(data + 2 * at); };
  const auto sign = static_cast<std::uint16_t>(part(2));
  if ((sign & kSpecial) == kSpecial) return put_real(out, std::nan(""));
  const int digits = part(0), weight = part(1);
  double real = 0;
  __extension__ __int128 whole = 0;  // 5 digits to base 10,000 are at most 10^20
  const bool may_fit = weight <= 4 && digits <= weight + 1;
  for (int i = 0; i < digits; ++i) {
    real += part(4 + i) * std::pow(static_cast<double>(kBase), weight - i);
    if (may_fit) whole = whole * kBase + part(4 + i);
  }
  for (int i = digits; may_fit && i <= weight; ++i) whole *= kBase;
  if (sign == kNegative) {
    real = -real;
    whole = -whole;
  }
  const auto narrow = static_cast<std::int64_t>(whole);
  if (may_fit && narrow == whole) return put_integer(out, narrow);
  put_real(out, real);
}

// False for a type that is not portable.
bool put_cell(std::string& out, Oid type, const char* data, std::size_t size) {
  switch (type) {
    case kInt8:
      put_integer(out, read_number<std::int64_t>(data));
      return true;
    case kInt4:
      put_integer(out, read_number<std::int32_t>(data));
      return true;
    case kInt2:
      put_integer(out, read_number<std::int16_t>(data));
      return true;
    case kOid:
      put_integer(out, read_number<std::uint32_t>(data));
      return true;
    case kBool:
      put_integer(out, data[0] != 0 ? 1 : 0);
      return true;
    case kFloat8:
      put_real(out, std::bit_cast<double>(read_number<std::uint64_t>(data)));
      return true;
    case kFloat4:
      put_real(out, std::bit_cast<float>(read_number<std::uint32_t>(data)));
      return true;
    case kNumeric:
      put_numeric(out, data);
      return true;
    case kText:
    case kVarchar:
    case kBpchar:
    case kName:
    case kUnknown:
    case kChar:
    case kJson:
      put_bytes(out, sql::Type::kText, data, size);
      return true;
    case kBytea:
      put_bytes(out, sql::Type::kBlob, data, size);
      return true;
    default:
      return false;
  }
}

std::uint64_t big_endian(std::uint64_t value) { return __builtin_bswap64(value); }

}  // namespace

Oid type_of(const sql::Cell& cell) {
  switch (cell.type) {
    case sql::Type::kInteger:
      return kInt8;
    case sql::Type::kReal:
      return kFloat8;
    case sql::Type::kText:
      return kText;
    case sql::Type::kBlob:
      return kBytea;
    case sql::Type::kNull:
      break;
  }
  return 0;
}

void Arguments::read(sql::BatchReader& in, std::uint32_t count) {
  types_.clear();
  values_.clear();
  lengths_.clear();
  numbers_.clear();
  formats_.assign(count, 1);
  for (std::uint32_t i = 0; i < count; ++i) {
    sql::Cell cell;
    in.parameter(cell);
    types_.push_back(type_of(cell));
    if (cell.type == sql::Type::kInteger || cell.type == sql::Type::kReal) {
      const auto bits = cell.type == sql::Type::kInteger ? static_cast<std::uint64_t>(cell.integer)
                                                         : std::bit_cast<std::uint64_t>(cell.real);
      values_.push_back(reinterpret_cast<const char*>(&numbers_.emplace_back(big_endian(bits))));
      lengths_.push_back(sizeof bits);
    } else if (cell.type == sql::Type::kNull) {
      values_.push_back(nullptr);
      lengths_.push_back(0);
    } else {
      values_.push_back(cell.bytes.empty() ? "" : cell.bytes.data());
      lengths_.push_back(static_cast<int>(cell.bytes.size()));
    }
  }
}

std::int64_t changes_of(const PGresult* result) {
  // The tag is "INSERT 0 5", "UPDATE 5", "DELETE 5", "MERGE 5"; a SELECT counts rows there that it only read.
  const std::string_view tag = PQcmdStatus(const_cast<PGresult*>(result));
  if (tag.starts_with("SELECT") || tag.find(' ') == std::string_view::npos) return 0;
  const std::string_view number = PQcmdTuples(const_cast<PGresult*>(result));
  std::int64_t changes = 0;
  std::from_chars(number.data(), number.data() + number.size(), changes);
  return changes;
}

std::optional<Failure> append_table(const PGresult* result, std::string& out) {
  const int rows = PQntuples(result), columns = PQnfields(result);
  wire::Writer writer(out);
  const std::int64_t changes = changes_of(result);
  writer.raw(&changes, sizeof changes);
  writer.u32(static_cast<std::uint32_t>(columns));
  writer.u32(static_cast<std::uint32_t>(rows));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        out.push_back(static_cast<char>(sql::Type::kNull));
        continue;
      }
      const Oid type = PQftype(result, column);
      const auto size = static_cast<std::size_t>(PQgetlength(result, row, column));
      if (!put_cell(out, type, PQgetvalue(result, row, column), size)) {
        return invalid("The database refused the statement.", "column " + std::string(PQfname(result, column)) +
                                                                  " is of a type (" + std::to_string(type) +
                                                                  ") that is not portable; cast it");
      }
    }
    if (out.size() > kMaxResultBytes) {
      return Failure{.error = {.status = Status::kTooLarge, .detail = "The answer is too large."},
                     .log = "over 64 MiB of rows"};
    }
  }
  return std::nullopt;
}

}  // namespace gatetorio::storage_postgres
