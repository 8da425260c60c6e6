#include "support/event_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

namespace gatetorio::testing {

namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

struct EventReader::Parser {
  http::response_parser<http::string_body> http;
  std::string unread;
};

namespace {

StreamEvent event_from(std::string_view block) {
  StreamEvent event;
  while (!block.empty()) {
    const auto line = block.substr(0, block.find('\n'));
    block.remove_prefix(std::min(block.size(), line.size() + 1));
    const auto value_of = [&line](std::string_view name) {
      auto value = line.substr(name.size() + 1);
      if (value.starts_with(' ')) value.remove_prefix(1);
      return std::string(value);
    };
    if (line.starts_with("id:")) event.id = value_of("id");
    if (line.starts_with("event:")) event.type = value_of("event");
    if (line.starts_with("data:")) event.data += value_of("data");
  }
  return event;
}

}  // namespace

EventReader::EventReader(const std::string& address, const std::string& path, const std::string& bearer,
                         const std::string& after, const std::vector<std::string>& headers)
    : socket_(port_of(address)), parser_(std::make_unique<Parser>()) {
  std::string request = "GET /api/v1" + path + " HTTP/1.1\r\nHost: " + address + "\r\nAccept: text/event-stream\r\n";
  if (!bearer.empty()) request += "Authorization: Bearer " + bearer + "\r\n";
  if (!after.empty()) request += "Last-Event-ID: " + after + "\r\n";
  for (const std::string& line : headers) request += line + "\r\n";
  socket_.send(request + "\r\n");
  parser_->http.eager(true);
  parser_->http.body_limit(64 * 1024 * 1024);
  while (!parser_->http.is_header_done() && fill(kPatience)) {
  }
  if (!parser_->http.is_header_done()) return;
  status_ = parser_->http.get().result_int();
  content_type_ = parser_->http.get()[http::field::content_type];
}

EventReader::~EventReader() = default;

bool EventReader::fill(milliseconds patience) {
  if (ended_) return false;
  const auto part = socket_.read_some(patience);
  if (!part) return false;
  boost::system::error_code wrong;
  if (part->empty()) {
    ended_ = true;
    return false;
  }
  auto& [http, unread] = *parser_;
  unread += *part;
  while (!unread.empty() && !http.is_done()) {
    const auto used = http.put(boost::asio::buffer(unread), wrong);
    unread.erase(0, used);
    if (used == 0) break;
  }
  if (http.is_done()) ended_ = true;
  if (http.is_header_done()) text_ += std::exchange(http.get().body(), {});
  cut_events();
  return true;
}

void EventReader::cut_events() {
  for (auto end = text_.find("\n\n"); end != std::string::npos; end = text_.find("\n\n")) {
    const StreamEvent event = event_from(std::string_view(text_).substr(0, end));
    text_.erase(0, end + 2);
    if (!event.data.empty()) events_.push_back(event);
  }
}

std::optional<StreamEvent> EventReader::next(milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (events_.empty() && !ended_ && Clock::now() < deadline) {
    fill(std::chrono::ceil<milliseconds>(deadline - Clock::now()));
  }
  if (events_.empty()) return std::nullopt;
  StreamEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::optional<StreamEvent> EventReader::next_of(const std::string& type, milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (auto event = next(std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - Clock::now())))) {
    if (event->type == type) return event;
  }
  return std::nullopt;
}

bool EventReader::ends(milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (!ended_ && Clock::now() < deadline) {
    fill(std::chrono::ceil<milliseconds>(deadline - Clock::now()));
    events_.clear();
  }
  return ended_;
}

}  // namespace gatetorio::testing
