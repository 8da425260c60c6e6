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
  CHECK(book.spoke(8, 4, kStart).empty());  // another session
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

TEST_CASE("what a session swallowed is not delivered by another one, whenever that is heard of") {
  Handovers book;
  CHECK(book.handed_over(7, "swallowed", 1, kStart).empty());
  CHECK(book.spoke(8, 3, kStart).empty());  // the same device, in its next session
  CHECK(book.handed_over(7, "heard of late", 2, kStart).empty());
  CHECK(book.handed_over(8, "in the next session", 4, kStart).empty());
  CHECK(book.spoke(8, 5, kStart) == Ids{"in the next session"});
  CHECK(book.size() == 2);
}

TEST_CASE("without a session nothing is delivered: a will, the hub's own word, a broker that does not tell") {
  Handovers book;
  CHECK(book.handed_over(0, "x", 1, kStart).empty());
  CHECK(book.spoke(0, 2, kStart).empty());
  CHECK(book.size() == 0);
}

TEST_CASE("the book is bounded, for each session and in all, and forgets what no command outlives") {
  Handovers book;
  std::uint64_t sequence = 0;
  for (std::size_t i = 0; i < 2 * Handovers::kMostOfASession; ++i)
    book.handed_over(7, std::to_string(i), ++sequence, kStart);
  CHECK(book.size() == Handovers::kMostOfASession);
  for (std::uint64_t other = 100; other < 100'000; ++other) book.handed_over(other, "x", ++sequence, kStart);
  CHECK(book.size() == Handovers::kMost);
  CHECK(book.spoke(7, ++sequence, kStart).back() == std::to_string(2 * Handovers::kMostOfASession - 1));
  book.tidy(kStart + Handovers::kLongestLife + std::chrono::seconds(1));
  CHECK(book.size() == 0);
  CHECK(book.spoke(100, ++sequence, kStart).empty());
}

}  // namespace
}  // namespace gatetorio::commands
