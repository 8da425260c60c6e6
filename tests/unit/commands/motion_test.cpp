#include "motion.hpp"

#include <catch2/catch_test_macros.hpp>

#include "expectation.hpp"
#include "motion_watch.hpp"
#include "under_way.hpp"

namespace gatetorio::commands {
namespace {

const auto kStart = MotionWatch::Clock::now();

using Unclear = VerbPatterns::Unclear;

std::string motion_in(std::string_view command, const std::vector<std::string>& lines = default_verb_patterns(),
                      Unclear unclear = Unclear::kRefuse) {
  const Result<VerbPatterns> patterns = VerbPatterns::read(lines, "gate_number");
  REQUIRE(patterns);
  const Result<Motion> motion = patterns->motion_of(command, unclear);
  if (!motion) return motion.error().fields.at(0).pointer + " " + motion.error().fields.at(0).detail;
  return word_of(motion->verb) + " " + std::to_string(motion->gate) + (motion->names_gate ? "" : "?") +
         (motion->place.empty() ? "" : " " + motion->place);
}

std::string fault_of(const std::string& line) {
  const Result<VerbPatterns> patterns = VerbPatterns::read({line}, "gate_number");
  return patterns ? "none" : patterns.error().detail;
}

std::string heard(MotionWatch& watch, std::string_view state, std::chrono::seconds after = {}) {
  const auto step = watch.heard(7, state, kStart + after);
  return step ? step->command_id + " " + std::string(step->state) : "nothing";
}

void begin(MotionWatch& watch, const std::string& id, Motion motion) {
  watch.begin(7, id, motion, kStart);
  watch.acknowledged(7, id);
}

std::string expected(const Expect& expect, std::optional<LastStatus> last) {
  const Result<void> holds = check_expectation(expect, last, {100 * kMicrosecondsPerSecond});
  return holds ? "holds" : holds.error().extensions;
}

}  // namespace

TEST_CASE("the vocabularies of the gate software and of the incumbent are known") {
  CHECK(motion_in(R"({"cmd":"pulse","key":"cmd_open"})") == "open 1?");
  CHECK(motion_in(R"({"cmd":"pulse","key":"cmd_close"})") == "close 1?");
  CHECK(motion_in(R"({"cmd":"pulse","key":"cmd_stop"})") == "stop 1?");
  CHECK(motion_in(R"({"cmd":"pulse","key":"partial_2"})") == "partial 1? 2");
  CHECK(motion_in(R"({"cmd":"pulse","key":"step_logic"})") == "toggle 1?");
  CHECK(motion_in(R"({"action":"open_gate","gate_number":2})") == "open 2");
  CHECK(motion_in(R"({"\u0061ction":"open\u005fgate","gate_number":"2"})") == "open 2");
  for (const char* other :
       {"{}", R"({"cmd":"pulse"})", R"({"cmd":"hold","key":"cmd_open"})", R"({"action":"open_gates"})",
        R"({"action":["open_gate"]})", R"({"do":{"action":"open_gate"}})"}) {
    CAPTURE(other);
    CHECK(motion_in(other).starts_with("other"));
  }
}

TEST_CASE("a command that says two verbs, or names no gate, is refused, or passed on where motions are not merged") {
  const std::string both = R"({"action":"close_gate","cmd":"pulse","key":"cmd_open"})";
  CHECK(motion_in(both).starts_with("/command says two things"));
  CHECK(motion_in(both, default_verb_patterns(), Unclear::kPassOn) == "other 1?");
  for (const char* gate : {"-1", "1.5", "1e9", "\"one\"", "[1]", "true", "1000001", "99999999999999999999", "\"01x\"",
                           "\"nan\"", "\"inf\""}) {
    CAPTURE(gate);
    const std::string command = std::string(R"({"action":"open_gate","gate_number":)") + gate + "}";
    CHECK(motion_in(command).starts_with("/command/gate_number must be"));
    CHECK(motion_in(command, default_verb_patterns(), Unclear::kPassOn) == "open 1?");
  }
  for (const char* two : {"2", "2.0", "2e0", "\"2\"", "\"2.0\""}) {
    CHECK(motion_in(std::string(R"({"action":"open_gate","gate_number":)") + two + "}") == "open 2");
  }
  CHECK(motion_in(R"({"action":"light","gate_number":"left"})") == "other 1");
}

TEST_CASE("nothing that is unclear keeps a stop from the gate") {
  CHECK(motion_in(R"({"action":"stop_gate","cmd":"pulse","key":"cmd_open"})") == "stop 1?");
  CHECK(motion_in(R"({"action":"open_gate","cmd":"pulse","key":"cmd_stop","gate_number":2})") == "stop 2");
  for (const char* gate : {"\"A\"", "-1", "[1]", "1.5"}) {
    CHECK(motion_in(std::string(R"({"action":"stop_gate","gate_number":)") + gate + "}") == "stop 1?");
  }
  CHECK(motion_in(R"({"action":"stop_gate","gate_number":2.0})") == "stop 2");
}

TEST_CASE("an operator's patterns replace the vocabularies, and a wrong one is named") {
  CHECK(motion_in(R"({"move":"auf","level":5})", {"open: move=auf level=5"}) == "open 1?");
  CHECK(motion_in(R"({"cmd":"pulse","key":"cmd_open"})", {"open: move=auf"}).starts_with("other"));
  for (const char* wrong : {"", "open", "open:", "lift: a=b", "other: a=b", "open: a", "open: =b", ": a=b"}) {
    CAPTURE(wrong);
    CHECK(fault_of(wrong).find(std::string("'") + wrong) != std::string::npos);
  }
}

TEST_CASE("a motion begins, and ends where it should or turns round") {
  MotionWatch watch;
  begin(watch, "a", {.verb = Verb::open});
  CHECK(heard(watch, "CLOSED") == "nothing");
  CHECK(heard(watch, "CLOSING") == "nothing");  // of before
  CHECK(heard(watch, "OPENING") == "a moving");
  CHECK(heard(watch, "OPENING") == "nothing");
  CHECK(heard(watch, "OPEN") == "a completed");
  CHECK(heard(watch, "OPEN") == "nothing");
  begin(watch, "b", {.verb = Verb::close});
  CHECK(heard(watch, "CLOSING") == "b moving");
  CHECK(heard(watch, "REVERSING_FROM_CLOSE") == "b reversed");
  begin(watch, "c", {.verb = Verb::open});
  CHECK(heard(watch, "OPEN") == "c completed");  // it was open
  begin(watch, "d", {.verb = Verb::partial, .place = "1"});
  CHECK(heard(watch, "CLOSING_TO_PARTIAL_1") == "d moving");
  CHECK(heard(watch, "PARTIAL_2") == "nothing");
  CHECK(heard(watch, "PARTIAL_1") == "d completed");
  begin(watch, "e", {.verb = Verb::toggle});
  CHECK(heard(watch, "CLOSED") == "nothing");
  CHECK(heard(watch, "OPENING") == "e moving");
  CHECK(heard(watch, "STOPPED") == "e completed");
  begin(watch, "f", {.verb = Verb::stop});
  CHECK(heard(watch, "OPENING") == "nothing");
  CHECK(heard(watch, "STOPPED") == "f completed");
}

TEST_CASE("what a device reports counts from its acknowledgement on") {
  MotionWatch watch;
  watch.begin(7, "a", {.verb = Verb::toggle}, kStart);
  CHECK(heard(watch, "OPENING") == "nothing");
  watch.acknowledged(7, "b");
  CHECK(heard(watch, "OPENING") == "nothing");
  watch.acknowledged(7, "a");
  CHECK(heard(watch, "OPEN") == "a completed");  // it was seen moving
}

TEST_CASE("only the last command of a device is watched, and not for ever") {
  MotionWatch watch;
  begin(watch, "a", {.verb = Verb::open});
  begin(watch, "b", {.verb = Verb::open});
  watch.end(7, "a");
  CHECK(heard(watch, "OPENING") == "b moving");
  CHECK(heard(watch, "OPEN", MotionWatch::kLongestMotion + std::chrono::seconds(1)) == "nothing");
  begin(watch, "c", {.verb = Verb::open});
  watch.end(7, "c");
  CHECK(heard(watch, "OPENING") == "nothing");
  begin(watch, "d", {.verb = Verb::other});
  CHECK(heard(watch, "OPENING") == "nothing");
  watch.begin(8, "e", {.verb = Verb::open}, kStart);
  watch.forget(8);
  CHECK(heard(watch, "OPENING") == "nothing");
}

TEST_CASE("a stop cancels what has not gone out, and follows what is just going out") {
  UnderWay road;
  const auto at = [began = now().us - kMicrosecondsPerSecond](std::int64_t us) { return Timestamp{began + us}; };
  const auto command = [&](const std::string& id, std::int64_t device_id, Motion motion, std::int64_t us) {
    return Command{.id = id, .device_id = device_id, .motion = motion, .issued_at = at(us)};
  };
  const Motion open{.verb = Verb::open};
  UnderWay::Place waits(road, command("a", 7, open, 1)), goes(road, command("b", 7, open, 2)),
      other_gate(road, command("c", 7, {.verb = Verb::open, .gate = 2}, 3)),
      other_device(road, command("d", 8, open, 4)), other(road, command("e", 7, {}, 5));
  CHECK(goes.go());
  road.stop({command("stop", 7, {.verb = Verb::stop, .gate = 1}, 1'000), {}});
  CHECK_FALSE(waits.go());
  CHECK(goes.stop_since()->command.id == "stop");
  CHECK(other_gate.go());
  CHECK_FALSE(other_gate.stop_since());
  CHECK(other_device.go());
  CHECK(other.go());
  CHECK_FALSE(other.stop_since());
  // One that came before the stop and took its time has no place yet.
  UnderWay::Place slow(road, command("f", 7, open, 999)), later(road, command("g", 7, open, 1'001));
  CHECK_FALSE(slow.go());
  CHECK(later.go());
  road.stop({command("all", 7, {.verb = Verb::stop, .names_gate = false}, 2'000), {}});
  CHECK(other_gate.stop_since());
  CHECK_FALSE(other_device.stop_since());
  UnderWay::Place second_gate(road, command("h", 7, {.verb = Verb::open, .gate = 3}, 1'999));
  CHECK_FALSE(second_gate.go());
  // The clock was set back since.
  road.stop({command("future", 9, {.verb = Verb::stop, .names_gate = false}, 3'600'000'000), {}});
  UnderWay::Place after(road, command("i", 9, open, 3'000));
  CHECK(after.go());
  CHECK(road.has(9, "i"));
  CHECK_FALSE(road.has(9, "h"));
}

TEST_CASE("what the sender saw is compared with the last status") {
  const LastStatus last{7, R"({"state":"CLOSED"})", {90 * kMicrosecondsPerSecond}, {}, 5};
  const std::string shown =
      R"({"device_status":{"state":"CLOSED"},"status_at":"1970-01-01T00:01:30.000Z","sequence":5})";
  CHECK(expected({}, last) == "holds");
  CHECK(expected({}, {}) == R"({"device_status":null,"status_at":null,"sequence":null})");
  CHECK(expected({.sequence = Integer<0, 9'007'199'254'740'991>{5}}, last) == "holds");
  CHECK(expected({.sequence = Integer<0, 9'007'199'254'740'991>{4}}, last) == shown);
  CHECK(expected({.states = {{{"OPEN"}, {"CLOSED"}}}}, last) == "holds");
  CHECK(expected({.states = {{{"OPEN"}}}}, last) == shown);
  CHECK(expected({.states = std::vector<Text<StateRule>>()}, last) == shown);
  CHECK(expected({.max_age_seconds = Integer<1, 86'400>{10}}, last) == "holds");
  CHECK(expected({.max_age_seconds = Integer<1, 86'400>{9}}, last) == shown);
}

}  // namespace gatetorio::commands
