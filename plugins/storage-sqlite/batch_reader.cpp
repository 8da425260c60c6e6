#include "batch_reader.hpp"

#include <cmath>

namespace gatetorio::storage_sqlite {
namespace {

// SQLite counts sizes in an int; far above what any plugin sends.
constexpr std::size_t kMaxBatchBytes = std::size_t{256} << 20;

// Length of the sequence that starts with this byte and the range of the byte after it (Unicode 15, table 3-7); 0 where
// no sequence starts so.
struct Sequence {
  std::size_t size = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
};

Sequence sequence_of(unsigned char lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return {2};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead >= 0xe1 && lead <= 0xef) return {3};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead >= 0xf1 && lead <= 0xf3) return {4};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {};
}

bool is_portable(const sql::Cell& cell) {
  if (cell.type == sql::Type::kText) return is_portable_text(cell.bytes);
  return cell.type != sql::Type::kReal || !std::isnan(cell.real);
}

}  // namespace

bool BatchReader::mode(sql::Mode& out) { return in_.raw(&out, 1) && out <= sql::Mode::kWrite; }

bool BatchReader::statement(StatementView& out) {
  return in_.view(out.sql) && in_.raw(&out.expect, 1) && out.expect <= sql::Expect::kRow && in_.u32(out.parameters);
}

bool BatchReader::parameter(sql::Cell& out) {
  if (!in_.raw(&out.type, 1)) return false;
  switch (out.type) {
    case sql::Type::kNull:
      return true;
    case sql::Type::kInteger:
      return in_.value(out.integer);
    case sql::Type::kReal:
      return in_.value(out.real);
    case sql::Type::kText:
    case sql::Type::kBlob:
      return in_.view(out.bytes);
  }
  return false;
}

std::optional<BatchShape> inspect(std::string_view bytes) {
  BatchReader in(bytes);
  BatchShape shape;
  if (bytes.size() > kMaxBatchBytes || !in.mode(shape.mode)) return std::nullopt;
  while (!in.at_end()) {
    StatementView statement;
    if (!in.statement(statement)) return std::nullopt;
    for (std::uint32_t i = 0; i < statement.parameters; ++i) {
      sql::Cell cell;
      if (!in.parameter(cell) || !is_portable(cell)) return std::nullopt;
    }
    ++shape.statements;
  }
  if (shape.statements == 0) return std::nullopt;
  return shape;
}

bool is_portable_text(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    if (lead < 0x80) {
      if (lead == 0) return false;
      ++at;
      continue;
    }
    const Sequence sequence = sequence_of(lead);
    if (sequence.size == 0 || bytes.size() - at < sequence.size) return false;
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    if (second < sequence.low || second > sequence.high) return false;
    for (std::size_t i = 2; i < sequence.size; ++i) {
      if ((static_cast<unsigned char>(bytes[at + i]) & 0xc0) != 0x80) return false;
    }
    at += sequence.size;
  }
  return true;
}

}  // namespace gatetorio::storage_sqlite
