// A wrong clock deletes nothing that cannot be brought back.
#include <catch2/catch_test_macros.hpp>

#include "support/shifted_clock.hpp"
#include "uploads.hpp"

namespace gatetorio::testing {
namespace {

constexpr std::chrono::hours kYears{800 * 24};

// A hub with three files, of which its sweep leaves one or none; started again with its clock years ahead.
struct Moved {
  explicit Moved(const std::string& grace)
      : hub({.more_toml = "[plugins.file-transfer]\nkeep_count = 2\n" + grace}), device(make_device(hub.http())) {
    for (std::int64_t& id : ids) {
      const auto made = announce(hub, device, 5);
      REQUIRE(HttpClient(hub.http()).request(put(made.url, "12345")).status == 204);
      id = made.id;
    }
    url = show(hub, device, ids[2]).text("download_url");
    upload = announce(hub, device, 5);
    CHECK(hub.stop() == 0);
    const ShiftedClock shift(kYears);
    hub.start();
  }
  int rows(const std::string& where = "1 = 1") {
    return static_cast<int>(ask_database(hub, "SELECT COUNT(*) FROM files WHERE " + where));
  }

  HubProcess hub;
  TestDevice device;
  std::int64_t ids[3] = {};
  std::string url;
  Announced upload;
};

TEST_CASE("a clock that is years ahead deletes no file, no upload and no key") {
  Moved moved("");
  // One goes because there are too many, whatever the time: so the sweep has been there.
  REQUIRE(eventually([&] { return moved.rows("state = 'complete'") == 2; }));
  CHECK(HttpClient(moved.hub.http()).request(tus("HEAD", moved.upload.url)).status ==
        403);  // its URL has expired, by this clock
  CHECK(moved.hub.stop() == 0);
  moved.hub.start();
  CHECK(moved.rows() == 3);
  HttpClient client(moved.hub.http());
  CHECK(client.request({.path = path_of(moved.url)}).body == "12345");
  CHECK(client.request(put(moved.upload.url, "12345")).status == 204);
  CHECK(ask_database(moved.hub, "SELECT COUNT(*) FROM file_url_keys") == 2);
}

TEST_CASE("without a grace the clock is believed") {
  Moved moved("sweep_grace_minutes = 0\n");
  CHECK(eventually([&] { return moved.rows() == 0; }));
}

}  // namespace
}  // namespace gatetorio::testing
