#include "handovers.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::commands {
namespace {

using Ids = std::vector<std::string>;
const Handovers::Clock::time_point kStart = Handovers::Clock::now();

TEST_CASE("a command is delivered when its device says something after the hand-over") {
  Handovers book;
  CHECK(book.spoke(7, 1, kStart).empty());
  CHECK(book.handed_over(7, "a", 2, kStart).empty());
  CHECK(book.handed_over(7, "b", 3, kStart).empty());
  CHECK(book.spoke(8, 4, kStart).empty());  // another device's word
  CHECK(book.spoke(7, 5, kStart) == Ids{"a", "b"});
  CHECK(book.spoke(7, 6, kStart).empty());
  CHECK(book.size() == 0);
}

TEST_CASE("it does not matter which of the two is heard of first") {
  Handovers book;
  CHECK(book.spoke(7, 5, kStart).empty());
  CHECK(book.handed_over(7, "before", 4, kStart) == Ids{"before"});
  CHECK(book.handed_over(7, "after", 6, kStart).empty());
  CHECK(book.spoke(7, 3, kStart).empty());  // said before, heard of late
  CHECK(book.size() == 1);
}

TEST_CASE("what a session swallowed that has ended is never delivered") {
  Handovers book;
  CHECK(book.handed_over(7, "swallowed", 1, kStart).empty());
  book.session_ended(7, 2, kStart);
  CHECK(book.spoke(7, 3, kStart).empty());
  CHECK(book.handed_over(7, "heard of late", 1, kStart).empty());
  CHECK(book.handed_over(7, "in the next session", 4, kStart).empty());
  CHECK(book.spoke(7, 5, kStart) == Ids{"in the next session"});
  CHECK(book.handed_over(7, "lost sight of", 6, kStart).empty());
  book.forget_all();
  CHECK(book.spoke(7, 7, kStart).empty());
}

TEST_CASE("the book is bounded, for each device and in all, and forgets what no command outlives") {
  Handovers book;
  std::uint64_t sequence = 0;
  for (std::size_t i = 0; i < 2 * Handovers::kMostOfADevice; ++i)
    book.handed_over(7, std::to_string(i), ++sequence, kStart);
  CHECK(book.size() == Handovers::kMostOfADevice);
  for (std::int64_t device = 100; device < 100'000; ++device) book.handed_over(device, "x", ++sequence, kStart);
  CHECK(book.size() == Handovers::kMost);
  CHECK(book.spoke(7, ++sequence, kStart).back() == std::to_string(2 * Handovers::kMostOfADevice - 1));
  book.tidy(kStart + Handovers::kLongestLife + std::chrono::seconds(1));
  CHECK(book.size() == 0);
  CHECK(book.spoke(100, ++sequence, kStart).empty());
}

}  // namespace
}  // namespace gatetorio::commands
