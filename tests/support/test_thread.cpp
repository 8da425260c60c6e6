// Every program of tests has this beside Catch2's main: an assertion on a thread other than its test's ends the
// program, always. Catch2 keeps what it knows of the running test without locks, so that such an assertion would spoil
// one run of thousands. A test looks on its own thread at what others have written down (tests/support/eventually.hpp).
#include <catch2/catch_assertion_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace gatetorio::test {
namespace {

class TestThread final : public Catch::EventListenerBase {
 public:
  using EventListenerBase::EventListenerBase;

  void testCasePartialStarting(const Catch::TestCaseInfo&, std::uint64_t) override {
    thread_ = std::this_thread::get_id();
  }
  void assertionStarting(const Catch::AssertionInfo& assertion) override {
    if (std::this_thread::get_id() == thread_) {
      return;
    }
    std::fprintf(stderr, "%s:%zu: an assertion on a thread that is not its test's\n", assertion.lineInfo.file,
                 assertion.lineInfo.line);
    std::abort();
  }

 private:
  std::thread::id thread_;
};

CATCH_REGISTER_LISTENER(TestThread)

}  // namespace
}  // namespace gatetorio::test
