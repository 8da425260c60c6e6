// The operations of a fake host: what its plugins declare, called as a transport would after the hub has let the caller
// through. Nothing is authenticated or authorised here: the test says who calls and what it may.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gatetorio/abi/operation.h"
#include "gatetorio/testing/ask.hpp"
#include "gatetorio/testing/body.hpp"
#include "gatetorio/testing/pending.hpp"
#include "gatetorio/testing/record.hpp"
#include "gatetorio/wire.hpp"

namespace gatetorio::testing {

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
    outcome.was_cut = found->second->bytes.was_cut();
    for (std::uint32_t i = 0; i < reply.header_count; ++i) {
      outcome.headers[std::string(to_view(reply.headers[i].name))] = to_view(reply.headers[i].value);
    }
    if (reply.content != nullptr) outcome.text = read(*reply.content);
    boost::system::error_code wrong;
    const auto value = boost::json::parse(outcome.text, wrong);
    if (!wrong && value.is_object()) outcome.body = value.get_object();
    *found->second->answer = std::move(outcome);
    found->second->bytes.end(work_);
    open_.erase(found);
    work_.notify();
  }

  void receive(const Party& who, gtr_call call, const gtr_receive& into, gtr_completion done) {
    const auto guard = work_.lock();
    const auto found = open_.find(call.slot);
    if (found != open_.end() && found->second->bytes.receive(work_, who, into, done)) return;
    work_.post(&who, [done] { done.done(done.context, GTR_GONE, {}); });
  }
  std::uint64_t open_transfer(const Party& who, gtr_call call, gtr_completion ended) {
    const auto guard = work_.lock();
    const auto found = open_.find(call.slot);
    if (found == open_.end()) {
      work_.post(&who, [ended] { ended.done(ended.context, GTR_GONE, {}); });
      return 0;
    }
    found->second->bytes.open_transfer(who, ended);
    return call.slot;
  }
  void cut(std::uint64_t transfer) {
    const auto guard = work_.lock();
    const auto found = open_.find(transfer);
    if (found != open_.end()) found->second->bytes.cut(work_);
  }
  // Lets the bodies that wait come.
  void release() {
    const auto guard = work_.lock();
    for (const auto& [slot, open] : open_) open->bytes.go_on(work_);
  }
  std::size_t held() const {
    const auto guard = work_.lock();
    return static_cast<std::size_t>(
        std::count_if(open_.begin(), open_.end(), [](const auto& open) { return open.second->bytes.is_waiting(); }));
  }

 private:
  struct Declared {
    const Party* who;
    gtr_operation_fn handler;
    void* context;
    boost::json::object text;
  };
  struct Open {
    Open(Ask asked, Pending<Outcome>::Slot slot)
        : ask(std::move(asked)), bytes(std::move(ask.stream)), answer(std::move(slot)) {}
    Ask ask;
    Body bytes;
    Pending<Outcome>::Slot answer;
    std::string body, principal, access;
    std::vector<gtr_field> params;
  };

  static bool may_call(const boost::json::object& declaration, const Ask& ask) {
    for (const auto& caller : declaration.at("callers").as_array()) {
      const auto& kind = caller.as_object().at("kind").as_string();
      if (kind == "anyone" || (ask.principal && kind == ask.principal->kind)) return true;
    }
    return false;
  }
  Open& find(std::uint64_t slot) const {
    const auto guard = work_.lock();
    return *open_.at(slot);
  }
  void run(std::uint64_t slot, const Declared& declared) {
    Open& open = find(slot);
    if (!open.ask.body.empty()) open.body = boost::json::serialize(open.ask.body);
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
    request.transport = to_bytes("transport-test");
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
  std::uint64_t last_ = 0;
};

}  // namespace gatetorio::testing
