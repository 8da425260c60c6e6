// What the plugin does, without a hub: docs/plugin-guide/testing.md. Any test framework will do; this uses none.
#include <cstdio>

#include "gatetorio/testing/fake_host.hpp"

using gatetorio::Status;
using gatetorio::testing::FakeHost;
using gatetorio::testing::Outcome;

int main(int, char** arguments) {
  FakeHost host;
  host.load_file(arguments[1], {{"greeting", "Good day"}});
  host.start();
  const Outcome greeted = host.invoke("hello.greet", {.body = {{"name", "world"}}});
  const Outcome nobody = host.invoke("hello.greet", {.body = {{"name", "nobody"}}});
  const bool is_right = greeted.word("text") == "Good day, world!" && nobody.status == Status::kNotFound;
  std::puts(is_right ? "hello greets" : "hello greets wrongly");
  return is_right ? 0 : 1;
}
