// Open streams: a feature writes events, a transport carries them to one caller.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gatetorio/abi/base.h"

namespace gatetorio::core {

class Streams {
 public:
  struct Sink {
    void (*data)(void* context, gtr_bytes event);
    void (*end)(void* context);
    void* context;
  };

  // `closed` fires once: when either side ended the stream.
  std::uint64_t open(Sink sink, gtr_completion closed);
  // The caller has its answer: what was written before follows now, and the end where that has come already.
  void begin(std::uint64_t stream);
  // GTR_GONE once it has ended.
  gtr_status write(std::uint64_t stream, std::string_view event);
  // By the feature: the transport is told, as soon as it knows of the stream.
  void end(std::uint64_t stream);
  // By the transport, or for an answer that never used it: the transport hears nothing more.
  void drop(std::uint64_t stream);
  void close_all();

 private:
  struct Stream {
    std::mutex mutex;  // orders the writes
    Sink sink;
    gtr_completion closed;
    bool begun = false;
    bool ended = false;
    std::vector<std::string> early;
    std::size_t early_bytes = 0;
  };
  std::shared_ptr<Stream> find(std::uint64_t stream) const;
  std::shared_ptr<Stream> remove(std::uint64_t stream);

  mutable std::mutex mutex_;  // guards both
  std::unordered_map<std::uint64_t, std::shared_ptr<Stream>> streams_;
  std::uint64_t last_ = 0;
};

}  // namespace gatetorio::core
