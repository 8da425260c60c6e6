// The operations of a fake host: what its plugins declare, called as a transport would after the hub has let the caller
// through. Nothing is authenticated or authorised here: the test says who calls and what it may.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gatetorio/abi/operation.h"
#include "gatetorio/identity.hpp"
#include "gatetorio/json.hpp"
#include "gatetorio/testing/pending.hpp"
#include "gatetorio/testing/record.hpp"
#include "gatetorio/wire.hpp"

namespace gatetorio::testing {

// What is asked, and by whom.
struct Ask {
  std::optional<Principal> principal = {};  // none: anybody
  boost::json::object body = {};            // parameters of the path and the query too, unless they stand in `params`
  Access access = {};                       // on the operation's resource
  std::map<std::string, std::string> params = {};
  std::string peer = "192.0.2.1";
  std::string resume_after = {};
  std::string preferred = {};
};

// What came of it.
struct Outcome {
  Status status = Status::kInternal;
  std::string text;          // as it was answered: JSON, or of another type; the bytes of a file
  boost::json::object body;  // of an answer in JSON
  std::map<std::string, std::string> headers;
  std::uint64_t stream = 0;

  bool is_ok() const { return !is_error(status); }
  Error error() const { return error_from_json(static_cast<gtr_status>(status), text); }
  // Throw where there is no such member.
  std::string word(std::string_view member) const { return std::string(body.at(member).as_string()); }
  std::int64_t number(std::string_view member) const { return body.at(member).to_number<std::int64_t>(); }
};

class Invocations {
 public:
  explicit Invocations(Work& work) : work_(work) {}

  gtr_status declare(const Party& who, std::string_view declaration, gtr_operation_fn handler, void* context) {
    const auto guard = work_.lock();
    boost::system::error_code wrong;
    const auto value = boost::json::parse(declaration, wrong);
    if (wrong || !value.is_object() || !value.get_object().contains("id")) return GTR_INVALID;
    const Declared declared{&who, handler, context, value.get_object()};
    return declared_.emplace(std::string(declared.text.at("id").as_string()), declared).second ? GTR_OK : GTR_CONFLICT;
  }

  Pending<Outcome> begin(const std::string& operation, Ask ask) {
    const auto guard = work_.lock();
    const auto found = declared_.find(operation);
    if (found == declared_.end()) throw std::invalid_argument("no plugin declares " + operation);
    if (!may_call(found->second.text, ask)) throw std::invalid_argument(operation + " is not for this kind of caller");
    Pending<Outcome> pending(work_, operation);
    const std::uint64_t slot = ++last_;
    open_.emplace(slot, std::make_unique<Open>(std::move(ask), pending.slot()));
    work_.post(found->second.who, [this, slot, declared = &found->second] { run(slot, *declared); });
    return pending;
  }

  // The plugin's answer, on any thread.
  void complete(gtr_call call, const gtr_reply& reply) {
    const auto guard = work_.lock();
    const auto found = open_.find(call.slot);
    if (found == open_.end()) return;
    Outcome outcome{static_cast<Status>(reply.status), std::string(to_view(reply.body)), {}, {}, reply.stream};
    for (std::uint32_t i = 0; i < reply.header_count; ++i) {
      outcome.headers[std::string(to_view(reply.headers[i].name))] = to_view(reply.headers[i].value);
    }
    if (reply.content != nullptr) outcome.text = read(*reply.content);
    boost::system::error_code wrong;
    const auto value = boost::json::parse(outcome.text, wrong);
    if (!wrong && value.is_object()) outcome.body = value.get_object();
    *found->second->answer = std::move(outcome);
    open_.erase(found);
    work_.notify();
  }

  std::uint64_t open_stream(const Party& who, gtr_completion closed) {
    const auto guard = work_.lock();
    streams_[++last_] = {&who, closed, true, {}};
    return last_;
  }
  gtr_status write(std::uint64_t stream, std::string_view event) {
    const auto guard = work_.lock();
    Stream& to = streams_.at(stream);
    if (to.is_open) to.events.emplace_back(event);
    return to.is_open ? GTR_OK : GTR_GONE;
  }
  // The plugin ends it, or the caller goes away.
  void close(std::uint64_t stream) {
    const auto guard = work_.lock();
    const auto found = streams_.find(stream);
    if (found == streams_.end() || !std::exchange(found->second.is_open, false)) return;
    work_.post(found->second.who, [done = found->second.closed] { done.done(done.context, GTR_OK, {}); });
  }
  bool is_open(std::uint64_t stream) const { return streams_.at(stream).is_open; }
  const std::vector<std::string>& events(std::uint64_t stream) const { return streams_.at(stream).events; }

 private:
  struct Declared {
    const Party* who;
    gtr_operation_fn handler;
    void* context;
    boost::json::object text;
  };
  struct Open {
    Open(Ask asked, Pending<Outcome>::Slot slot) : ask(std::move(asked)), answer(std::move(slot)) {}
    Ask ask;
    Pending<Outcome>::Slot answer;
    std::string body, principal, access;
    std::vector<gtr_field> params;
  };
  struct Stream {
    const Party* who = nullptr;
    gtr_completion closed{};
    bool is_open = false;
    std::vector<std::string> events;
  };

  static bool may_call(const boost::json::object& declaration, const Ask& ask) {
    for (const auto& caller : declaration.at("callers").as_array()) {
      const auto& kind = caller.as_object().at("kind").as_string();
      if (kind == "anyone" || (ask.principal && kind == ask.principal->kind)) return true;
    }
    return false;
  }
  void run(std::uint64_t slot, const Declared& declared) {
    Open& open = *open_.at(slot);
    open.body = boost::json::serialize(open.ask.body);
    if (open.ask.principal) open.principal = wire::encode(*open.ask.principal);
    if (!declared.text.at("resource").as_string().empty()) open.access = wire::encode(open.ask.access);
    for (const auto& [name, value] : open.ask.params) open.params.push_back({to_bytes(name), to_bytes(value)});
    gtr_operation_request request{};
    request.size = sizeof request;
    request.call = {slot, 1};
    request.body = to_bytes(open.body);
    request.params = open.params.data();
    request.param_count = static_cast<std::uint32_t>(open.params.size());
    request.principal = to_bytes(open.principal);
    request.access = to_bytes(open.access);
    request.request_id = to_bytes("test");
    request.peer = to_bytes(open.ask.peer);
    request.resume_after = to_bytes(open.ask.resume_after);
    request.preferred = to_bytes(open.ask.preferred);
    request.received_at_us = now().us;
    declared.handler(declared.context, &request);
  }
  static std::string read(const gtr_content& content) {
    std::string bytes(content.length, '\0');
    const ssize_t got = ::pread(content.descriptor, bytes.data(), bytes.size(), static_cast<off_t>(content.offset));
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }

  Work& work_;
  std::map<std::string, Declared> declared_;
  std::map<std::uint64_t, std::unique_ptr<Open>> open_;
  std::map<std::uint64_t, Stream> streams_;
  std::uint64_t last_ = 0;
};

}  // namespace gatetorio::testing
