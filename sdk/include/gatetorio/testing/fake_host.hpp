// FakeHost: a hub for unit tests of a plugin's rules, in one process and on one thread. docs/plugin-guide/testing.md
//
//   FakeHost host({.plugin_dir = "/usr/lib/gatetorio/plugins", .migrations_dir = "/usr/share/gatetorio/migrations"});
//   host.load("storage-sqlite");
//   host.provide<Clock::Now>(Clock::kId, [](Zone) -> Result<Time> { return Time{12}; });
//   host.load("boot-counter");
//   host.start();
//   const Outcome told = host.invoke("boot-counter.count", {.principal = device});
//
// Nothing happens by itself: what a plugin begins runs when the test calls something that runs the host, in one order.
// Only for one thread at a time.
#pragma once

#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatetorio/json.hpp"
#include "gatetorio/testing/plugins.hpp"
#include "gatetorio/testing/temporary_folder.hpp"

namespace gatetorio::testing {

struct FakeHostSettings {
  std::string plugin_dir = {};      // where load(id) looks
  std::string migrations_dir = {};  // with a folder for each plugin; several with colons between them
  std::string data_dir = {};        // empty: a new one, which goes with the host
  std::string hub_id = "0123456789abcdef";
};

class FakeHost {
 public:
  explicit FakeHost(FakeHostSettings settings = {})
      : plugin_dir_(std::move(settings.plugin_dir)),
        data_dir_(settings.data_dir.empty() ? folder_.path() : settings.data_dir) {
    parts_.settings = {{"data_dir", data_dir_},
                       {"hub_id", settings.hub_id},
                       {"migrations_dir", settings.migrations_dir},
                       {"plugin_dir", plugin_dir_},
                       {"version", "0.0.0-test"}};
    test_.parts = &parts_;
    test_.id = "test";
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;
  ~FakeHost() {
    try {
      stop();
    } catch (const std::exception& wrong) {
      std::fprintf(stderr, "the fake host could not stop: %s\n", wrong.what());
      std::abort();  // a plugin still runs on what would be freed
    }
  }

  // Plugins, providers first: start() goes by this order. Options as in the TOML table, secrets as text. Throw with the
  // plugin's words.
  void load(const std::string& id, const boost::json::object& options = {}) {
    load_file(plugin_dir_ + "/gatetorio-" + id + ".so", options);
  }
  void load_file(const std::string& file, const boost::json::object& options = {}) {
    plugins_.load(Plugins::read(file), options);
  }
  void load(const gtr_plugin& descriptor, const boost::json::object& options = {}) {
    plugins_.load(descriptor, options);
  }
  void start() { plugins_.start(); }
  // Drains and stops all. The data stay: another host may be made on data_dir().
  void stop() {
    clear_faults();
    release();
    plugins_.stop();
  }
  const std::string& data_dir() const { return data_dir_; }

  // Runs what waits until nothing is left. Batches of SQL are waited for, other work of a plugin's own threads is not:
  // Pending::take() waits for that.
  void run() { parts_.work.run(); }
  // Runs until `is_done()`, and waits for threads of plugins. Throws where that takes 20 s.
  template <class IsDone>
  void run_until(IsDone is_done) {
    parts_.work.run_until(std::move(is_done), "what the test waits for");
  }

  // Time. The clocks stand still except here.
  Timestamp now() const { return parts_.clock.wall(); }
  // Lets time pass: timers end one after the other, and what they begin runs at their time.
  void advance(std::chrono::nanoseconds time) {
    run();
    const auto until = parts_.clock.steady() + time;
    for (auto due = parts_.work.next_timer(); due && *due <= until; due = parts_.work.next_timer()) {
      if (*due > parts_.clock.steady()) parts_.clock.pass(*due - parts_.clock.steady());
      parts_.work.fire_due_timers();
      run();
    }
    parts_.clock.pass(until - parts_.clock.steady());
  }
  // As if the machine had slept: both clocks go on, then the timers that are due end. For days, where advance() would
  // run every second of them.
  void leap(std::chrono::nanoseconds time) {
    run();
    parts_.clock.pass(time);
    parts_.work.fire_due_timers();
    run();
  }
  // Somebody sets the wall clock.
  void set_clock(std::chrono::microseconds by) { parts_.clock.set_wall(by); }

  // Services that the test answers, and calls of those that plugins provide.
  template <class Method>
  void provide(std::string_view id, std::function<Result<typename Method::Reply>(typename Method::Request)> answer,
               std::string_view selector = "") {
    parts_.calls.provide(test_, id, selector, Method::kMethod,
                         [answer = std::move(answer)](std::string_view bytes) -> Result<std::string> {
                           typename Method::Request request{};
                           if (!wire::decode(bytes, request)) return Error{.status = Status::kMalformed};
                           const auto reply = answer(std::move(request));
                           if (!reply) return reply.error();
                           return wire::encode(*reply);
                         });
  }
  template <class Method>
  Result<typename Method::Reply> call(std::string_view id, const typename Method::Request& request,
                                      std::string_view selector = "") {
    const Result<std::string> bytes = call_bytes(id, Method::kMethod, wire::encode(request), selector);
    if (!bytes) return bytes.error();
    typename Method::Reply reply{};
    if (!wire::decode(*bytes, reply)) throw std::runtime_error("an answer of " + std::string(id) + " cannot be read");
    return reply;
  }
  Result<std::string> call_bytes(std::string_view id, std::uint32_t method, std::string_view body,
                                 std::string_view selector = "") {
    if (parts_.calls.find(id, selector) == nullptr) {
      return Error{.status = Status::kUnavailable, .detail = "nobody provides it"};
    }
    return begin_call_bytes(id, method, body, selector).take();
  }
  // Two that were begun run side by side. The service is there.
  Pending<Result<std::string>> begin_call_bytes(std::string_view id, std::uint32_t method, std::string_view body,
                                                std::string_view selector = "") {
    Pending<Result<std::string>> pending(parts_.work, std::string(id));
    parts_.calls.call(test_, parts_.calls.find(id, selector), method, body, 0, completion(parts_.work, pending));
    return pending;
  }

  // What goes wrong with services, where the request holds `text` (faults.hpp); of SQL batches their words.
  void fail(std::string_view service, Error error, std::string_view text = "", int times = 1) {
    fault(service, text, 0, times, {Fault::Kind::kFail, std::move(error)});
  }
  // It is done, but its answer does not come back: kTimeout.
  void lose_answer(std::string_view service, std::string_view text = "") {
    fault(service, text, 0, 1, {Fault::Kind::kLoseAnswer, {.status = Status::kTimeout, .detail = "no answer"}});
  }
  // It waits, or its answer does, for release(). `spare` calls go by before that.
  void hold(std::string_view service, std::string_view text = "", int spare = 0) {
    fault(service, text, spare, 1, {Fault::Kind::kHold});
  }
  void hold_answer(std::string_view service, std::string_view text = "", int spare = 0) {
    fault(service, text, spare, 1, {Fault::Kind::kHoldAnswer});
  }
  void release() {
    parts_.calls.release();
    parts_.invocations.release();
  }
  std::size_t held() const { return parts_.calls.held() + parts_.invocations.held(); }
  // Faults that have found no call yet. A test ends with none.
  std::size_t faults_left() const { return parts_.calls.faults_left(); }
  void clear_faults() { parts_.calls.clear_faults(); }
  void set_available(std::string_view service, bool is_available) {
    parts_.calls.set_available(std::string(service), is_available);
  }

  // Operations. Throw where no plugin declares it, or it is not for callers of this kind. Two that were begun run side
  // by side, batch by batch.
  Pending<Outcome> begin(const std::string& operation, Ask ask = {}) {
    return parts_.invocations.begin(operation, std::move(ask));
  }
  Outcome invoke(const std::string& operation, Ask ask = {}) { return begin(operation, std::move(ask)).take(); }
  // Events that were written to a stream; and its end by the caller.
  std::vector<std::string> events_of(std::uint64_t stream) const { return parts_.streams.events(stream); }
  bool is_open(std::uint64_t stream) const { return parts_.streams.is_open(stream); }
  void hang_up(std::uint64_t stream) { parts_.streams.close(stream); }

  // Events.
  template <class Event>
  void publish(const Event& event, std::string_view key) {
    parts_.bus.publish(test_, Event::kTopic, key, json::write(event));
  }
  // All that plugins and the test have told so far.
  template <class Event>
  std::vector<Event> published() const {
    std::vector<Event> list;
    for (const Told& told : parts_.bus.told()) {
      if (told.topic == Event::kTopic) list.push_back(*json::parse<Event>(told.payload));
    }
    return list;
  }
  // The next events reach no subscriber; the one after them tells each that something is missing.
  void lose_events(std::size_t count = 1) { parts_.bus.lose(count); }

  // What plugins say about themselves.
  std::vector<LogLine> log() const { return parts_.record.lines(); }
  bool has_logged(std::string_view text) const {
    const auto lines = log();
    return std::any_of(lines.begin(), lines.end(),
                       [&](const LogLine& line) { return line.message.find(text) != std::string::npos; });
  }
  bool fact(const std::string& name) const { return parts_.record.word(name) == "true"; }
  std::string announced(const std::string& name) const { return parts_.record.word(name); }
  double metric(const std::string& name, const Record::Labels& labels = {}) const {
    return parts_.record.metric_value(name, labels);
  }

 private:
  void fault(std::string_view service, std::string_view text, int spare, int times, Fault fault) {
    parts_.calls.add_fault(std::string(service), std::string(text), spare, times, std::move(fault));
  }

  TemporaryFolder folder_;
  std::string plugin_dir_;
  std::string data_dir_;
  HostParts parts_;
  Party test_{};
  Plugins plugins_{parts_};
};

}  // namespace gatetorio::testing
