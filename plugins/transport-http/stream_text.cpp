#include "stream_text.hpp"

#include <utility>

#include "response_format.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::string_view kEndOfEvent = "\n\n";

// What ends the event where its writer did not.
std::string_view missing_end(std::string_view event) {
  if (event.ends_with(kEndOfEvent)) return {};
  return event.ends_with('\n') ? kEndOfEvent.substr(1) : kEndOfEvent;
}

}  // namespace

StreamText::StreamText(std::string_view event, std::shared_ptr<std::atomic<std::uint64_t>> waiting)
    : waiting_(std::move(waiting)) {
  const auto end = missing_end(event);
  size_ = event.size() + end.size();
  begin_ = append_chunk_head(framed_, size_);
  framed_.reserve(begin_ + size_ + kEndOfChunk.size());
  framed_.append(event).append(end).append(kEndOfChunk);
  waiting_->fetch_add(framed_.size(), std::memory_order_relaxed);
}

StreamText::~StreamText() { waiting_->fetch_sub(framed_.size(), std::memory_order_relaxed); }

bool StreamText::is_from(std::string_view event) const {
  return size_ == event.size() + missing_end(event).size() && plain().starts_with(event);
}

std::shared_ptr<const StreamText> StreamTexts::share(std::string_view event) {
  const std::lock_guard lock(mutex_);
  for (const auto& remembered : latest_) {
    auto text = remembered.lock();
    if (text && text->is_from(event)) return text;
  }
  auto text = std::make_shared<const StreamText>(event, waiting_);
  latest_[next_++ % kRemembered] = text;
  return text;
}

}  // namespace gatetorio::transport_http
