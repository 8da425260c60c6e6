// What checks of plugins say, read by a hub that does not trust them.
#include "core/app/finding.hpp"

#include <catch2/catch_test_macros.hpp>

#include "core/app/show_configuration.hpp"

namespace gatetorio::core {

TEST_CASE("what a check gives is read, and what it should not give is left out", "[finding]") {
  const PluginFindings read =
      read_findings("web",
                    R"({"findings": [{"level": "ok", "option": "listen", "detail": "is free", "mend": ""}, 7,
                       {"level": "catastrophe", "detail": "it burns"}, {}],
          "listens": [{"option": "listen", "host": "::", "port": 8443}, {"host": "::", "port": 70000},
                      {"host": "::", "port": "8443"}, {"host": "::", "port": -1}, null, {}]})");
  REQUIRE(read.findings.size() == 3);
  CHECK(read.findings[0].level == Finding::Level::kOk);
  CHECK(read.findings[0].plugin == "web");
  CHECK(read.findings[1].level == Finding::Level::kError);
  CHECK(read.findings[1].detail == "it burns");
  REQUIRE(read.listens.size() == 1);
  CHECK(read.listens[0].port == 8443);
  CHECK(read_findings("web", "").findings.empty());
  for (const char* text : {"[]", "{", "null", "\"x\""}) {
    const PluginFindings broken = read_findings("web", text);
    CAPTURE(text);
    REQUIRE(broken.findings.size() == 1);
    CHECK(has_error(broken.findings));
  }
}

TEST_CASE("a password in a URL is hidden, and nothing else", "[finding]") {
  struct Row {
    const char *text, *shown;
  };
  const Row rows[] = {
      {"postgresql://hub:secret@db/gates", "postgresql://hub:***@db/gates"},
      {"postgresql://hub:p@ss@db:5432/gates", "postgresql://hub:***@db:5432/gates"},
      {"postgresql://hub@db:5432/gates", "postgresql://hub@db:5432/gates"},
      {"postgresql:///gates?host=/run&password=secret&x=1", "postgresql:///gates?host=/run&password=***&x=1"},
      {"https://hub.example.org:8443/a:b@c", "https://hub.example.org:8443/a:b@c"},
      {"no url: a:b@c", "no url: a:b@c"}};
  for (const Row& row : rows) CHECK(without_password(row.text) == row.shown);
}

}  // namespace gatetorio::core
