// Reads a text/event-stream as it comes.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "support/http_client.hpp"

namespace gatetorio::testing {

struct StreamEvent {
  std::string id;
  std::string type;
  std::string data;
};

class EventReader {
 public:
  // Asks for a stream; `after`: the Last-Event-ID to resume from. `headers`: whole lines, without the line end.
  EventReader(const std::string& address, const std::string& path, const std::string& bearer,
              const std::string& after = {}, const std::vector<std::string>& headers = {});
  ~EventReader();

  // Of the response's head; 0 where none came.
  int status() const { return status_; }
  const std::string& content_type() const { return content_type_; }
  // The next event, comments left out; nothing where none comes in time or the stream has ended.
  std::optional<StreamEvent> next(milliseconds patience = kPatience);
  // The next event of a type; drops the ones before.
  std::optional<StreamEvent> next_of(const std::string& type, milliseconds patience = kPatience);
  // Does the hub end the stream? Drops the events before.
  bool ends(milliseconds patience = kPatience);

 private:
  struct Parser;
  bool fill(milliseconds patience);  // false: the end, or too late
  void cut_events();

  Socket socket_;
  std::unique_ptr<Parser> parser_;
  int status_ = 0;
  std::string content_type_;
  std::string text_;
  std::deque<StreamEvent> events_;
  bool ended_ = false;
};

}  // namespace gatetorio::testing
