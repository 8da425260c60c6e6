#include "status_order.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace gatetorio::transport_mqtt {

TEST_CASE("a command waits for the statuses that the broker passed on before it", "[order]") {
  StatusOrder order;
  std::string done;
  const auto note = [&done](char name) { return [&done, name] { done.push_back(name); }; };
  order.after(0, note('a'));
  CHECK(done == "a");
  order.after(2, note('c'));
  order.after(1, note('b'));
  CHECK(done == "a");
  order.heard(1);
  CHECK(done == "ab");
  order.heard(2);
  CHECK(done == "abc");
  order.after(2, note('d'));
  CHECK(done == "abcd");
}

TEST_CASE("a command does not wait for the statuses of a broker that has gone", "[order]") {
  StatusOrder order;
  int done = 0;
  order.begin(0);
  order.after(7, [&] { ++done; });
  order.begin(0);
  CHECK(done == 1);
  order.after(1, [&] { ++done; });
  CHECK(done == 1);
  order.heard(1);
  CHECK(done == 2);
}

TEST_CASE("no more than a thousand commands wait for statuses", "[order]") {
  StatusOrder order;
  int done = 0;
  for (int i = 0; i < 1'001; ++i) order.after(1, [&] { ++done; });
  CHECK(done == 1);
  order.heard(1);
  CHECK(done == 1'001);
}

}  // namespace gatetorio::transport_mqtt
