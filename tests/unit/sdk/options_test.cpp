#include <catch2/catch_test_macros.hpp>
#include <gatetorio/options.hpp>

namespace gatetorio {
namespace {

struct Settings {
  std::int64_t ttl_seconds = 10;
  bool loud = true;
  double ratio = 0.5;
  std::string mode = "key";
  std::vector<std::string> names = {"a"};
  Secret password;
};

const OptionTable<Settings>& options() {
  static const OptionTable<Settings> table = {
      option("ttl_seconds", &Settings::ttl_seconds, "Time to live.").unit("seconds").range(1, 300),
      option("loud", &Settings::loud, "Says it."),
      option("ratio", &Settings::ratio, "Half."),
      option("mode", &Settings::mode, "Which.").choices({"key", "open"}),
      option("names", &Settings::names, "All of them.").required(),
      option("password", &Settings::password, "Of the database.")};
  return table;
}

}  // namespace

TEST_CASE("a table of options declares what it loads") {
  CHECK(
      options().schema() ==
      R"([{"name":"ttl_seconds","type":"integer","default":10,"help":"Time to live.","unit":"seconds","min":1,"max":300},)"
      R"({"name":"loud","type":"boolean","default":true,"help":"Says it."},)"
      R"({"name":"ratio","type":"number","default":5E-1,"help":"Half."},)"
      R"({"name":"mode","type":"enum","default":"key","help":"Which.","choices":["key","open"]},)"
      R"({"name":"names","type":"string_list","help":"All of them.","required":true},)"
      R"({"name":"password","type":"secret","help":"Of the database."}])");
}

TEST_CASE("values that are set replace the defaults, null and absent ones do not") {
  const auto values = boost::json::parse(R"({"ttl_seconds":20,"loud":false,"ratio":2,"mode":null,"password":"s3cret",)"
                                         R"("names":["x","y"]})");
  const Settings settings = options().load(values.as_object());
  CHECK(settings.ttl_seconds == 20);
  CHECK_FALSE(settings.loud);
  CHECK(settings.ratio == 2.0);
  CHECK(settings.mode == "key");
  CHECK(settings.names == std::vector<std::string>{"x", "y"});
  CHECK(settings.password.reveal() == "s3cret");
  CHECK(options().load({}).password.empty());
}

}  // namespace gatetorio
