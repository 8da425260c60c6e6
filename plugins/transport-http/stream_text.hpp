// Events that wait for readers of streams: each text is in memory once, for however many streams it waits.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace gatetorio::transport_http {

// The text of one event, framed as a chunk of HTTP/1.1. Immutable.
class StreamText {
 public:
  // `waiting`: how many bytes wait in all; this one counts in it while it lives.
  StreamText(std::string_view event, std::shared_ptr<std::atomic<std::uint64_t>> waiting);
  ~StreamText();
  StreamText(const StreamText&) = delete;
  StreamText& operator=(const StreamText&) = delete;

  std::string_view as_chunk() const { return framed_; }
  std::string_view plain() const { return std::string_view(framed_).substr(begin_, size_); }
  std::size_t size() const { return size_; }
  // Whether it was made from `event`.
  bool is_from(std::string_view event) const;

 private:
  std::string framed_;
  std::size_t begin_ = 0;
  std::size_t size_ = 0;
  std::shared_ptr<std::atomic<std::uint64_t>> waiting_;
};

// Thread-safe.
class StreamTexts {
 public:
  // The text of this event: one that was made a moment ago and still waits somewhere, or a new one.
  std::shared_ptr<const StreamText> share(std::string_view event);
  // Of all texts that wait.
  std::uint64_t bytes() const { return waiting_->load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kRemembered = 8;  // writers of different events take turns
  std::shared_ptr<std::atomic<std::uint64_t>> waiting_ = std::make_shared<std::atomic<std::uint64_t>>(0);
  std::mutex mutex_;  // guards the following
  std::array<std::weak_ptr<const StreamText>, kRemembered> latest_;
  std::size_t next_ = 0;
};

}  // namespace gatetorio::transport_http
