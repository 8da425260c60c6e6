#include "chunk_decoder.hpp"

#include <algorithm>
#include <cstring>

namespace gatetorio::transport_http {
namespace {

constexpr unsigned kMaxDigits = 15;
constexpr std::size_t kMaxUnread = 16 * 1024;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(char c) { return c == '\t' || static_cast<unsigned char>(c) >= 0x20; }

}  // namespace

bool ChunkDecoder::decode(char* bytes, std::size_t size, std::size_t* used, std::size_t* kept) {
  *used = *kept = 0;
  while (*used < size && at_ != At::kDone) {
    if (at_ != At::kData) {
      if (!take(bytes[(*used)++])) return false;
      continue;
    }
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size - *used));
    std::memmove(bytes + *kept, bytes + *used, piece);
    *used += piece;
    *kept += piece;
    left_ -= piece;
    if (left_ == 0) at_ = At::kDataReturn;
  }
  return true;
}

bool ChunkDecoder::take_size(char c) {
  const int value = hex_value(c);
  if (value >= 0) {
    left_ = left_ * 16 + static_cast<unsigned>(value);
    return ++digits_ <= kMaxDigits;
  }
  if (digits_ == 0) return false;
  if (c == '\r')
    at_ = At::kSizeEnd;
  else if (c == ';' || c == ' ' || c == '\t')
    at_ = At::kExtension;
  else
    return false;
  return true;
}

bool ChunkDecoder::take(char c) {
  switch (at_) {
    case At::kSize:
      return take_size(c);
    case At::kExtension:
      if (c == '\r') at_ = At::kSizeEnd;
      return (c == '\r' || is_text(c)) && ++unread_ <= kMaxUnread;
    case At::kSizeEnd:
      at_ = left_ == 0 ? At::kLine : At::kData;
      return c == '\n';
    case At::kDataReturn:
      at_ = At::kDataEnd;
      return c == '\r';
    case At::kDataEnd:
      at_ = At::kSize;
      digits_ = 0;
      return c == '\n';
    case At::kLine:  // of the trailers; an empty one ends the body
      at_ = c == '\r' ? At::kLastEnd : At::kTrailer;
      return c == '\r' || (is_text(c) && ++unread_ <= kMaxUnread);
    case At::kTrailer:
      if (c == '\r') at_ = At::kTrailerEnd;
      return (c == '\r' || is_text(c)) && ++unread_ <= kMaxUnread;
    case At::kTrailerEnd:
      at_ = At::kLine;
      return c == '\n';
    case At::kLastEnd:
      at_ = At::kDone;
      return c == '\n';
    case At::kData:
    case At::kDone:
      break;
  }
  return false;
}

}  // namespace gatetorio::transport_http
