// Bodies in chunks (RFC 9112 section 7.1) that go into a file: takes the framing out, in whatever pieces they come.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gatetorio::transport_http {

// For one body. As strict as the parser of small bodies is: what could be read in two ways is refused. Not thread-safe.
class ChunkDecoder {
 public:
  // Takes the next `size` bytes and moves those of the body among them to their front: `*kept` is how many. `*used` of
  // the bytes were taken; less than `size` only where the body has ended, and the next request may follow. False where
  // they are no chunks, or where extensions and trailers, which nobody looks at, are more than 16 KiB.
  bool decode(char* bytes, std::size_t size, std::size_t* used, std::size_t* kept);
  // True when the last chunk and the trailers are over.
  bool done() const { return at_ == At::kDone; }

 private:
  enum class At : std::uint8_t {
    kSize,
    kExtension,
    kSizeEnd,
    kData,
    kDataReturn,
    kDataEnd,
    kLine,
    kTrailer,
    kTrailerEnd,
    kLastEnd,
    kDone
  };
  bool take(char c);
  bool take_size(char c);

  At at_ = At::kSize;
  std::uint64_t left_ = 0;  // of the chunk
  unsigned digits_ = 0;
  std::size_t unread_ = 0;  // bytes of extensions and trailers
};

}  // namespace gatetorio::transport_http
