// What RabbitMQ's management lists, and what the hub writes down of clients, without a broker.
#include "external/inventory.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "external/connection_book.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::transport_mqtt {
namespace {

// A file that is gone when the test ends.
struct TempFile {
  TempFile() {
    std::string name = (std::filesystem::temp_directory_path() / "gatetorio-ends-XXXXXX").string();
    ::close(::mkstemp(name.data()));
    path = name;
  }
  ~TempFile() { std::filesystem::remove(path); }
  std::string path;
};

TEST_CASE("a queue of RabbitMQ is a client's, and a client id is one principal's or nobody's") {
  CHECK(client_of_queue("mqtt-subscription-device-17-xqos1") == "device-17-x");
  CHECK(client_of_queue("mqtt-subscription-device-17qos0") == "device-17");
  CHECK(client_of_queue("mqtt-subscription-device-17-aqos1qos0") == "device-17-aqos1");
  for (const char* none :
       {"", "mqtt-subscription-qos1", "mqtt-subscription-device-17qos2", "mqtt-subscription-device-17", "other"}) {
    CAPTURE(none);
    CHECK_FALSE(client_of_queue(none));
  }
  CHECK(owner_of_client("device-17-x") == "device-17");
  CHECK(owner_of_client("user-5") == "user-5");
  for (const char* none :
       {"", "device", "device-", "device-017", "device-17x", "Device-17", "gatetorio-hub-1f", "17-device"}) {
    CAPTURE(none);
    CHECK_FALSE(owner_of_client(none));
  }
}

TEST_CASE(
    "connections and bindings are those of principals, at whatever place a version of RabbitMQ says the client id") {
  Inventory inventory;
  CHECK(read_connections(R"([
      {"user":"device-17","vhost":"/","connected_at":1795879396800,"variable_map":{"client_id":"device-17"}},
      {"user":"user-5","vhost":"/","connected_at":5,"client_properties":{"client_id":"user-5-app"}},
      {"user":"user-5","vhost":"/","client_id":"user-5-tab"},
      {"user":"user-6","vhost":"other","client_id":"user-6"},
      {"user":"gatetorio-hub","vhost":"/","client_id":"gatetorio-hub-1"}, {"vhost":"/"}])",
                         "/", inventory));
  CHECK(read_bindings(R"([
      {"destination":"mqtt-subscription-device-17qos1","routing_key":"gatetorio.gate.commands"},
      {"destination":"mqtt-subscription-user-7-xqos0","routing_key":"gatetorio.gate.status"},
      {"destination":"orders","routing_key":"#"}])",
                      inventory));
  REQUIRE(inventory.size() == 3);
  REQUIRE(inventory.at("device-17").connections.size() == 1);
  CHECK(inventory.at("device-17").connections[0].client_id == "device-17");
  CHECK(inventory.at("device-17").connections[0].connected_at_us == 1'795'879'396'800'000);
  CHECK(inventory.at("device-17").bindings.at(0).routing_key == "gatetorio.gate.commands");
  CHECK(inventory.at("user-5").connections.at(1).client_id == "user-5-tab");
  CHECK(inventory.at("user-7").connections.empty());
  CHECK(inventory.at("user-7").bindings.at(0).client_id == "user-7-x");
  for (const char* wrong : {"", "{}", "[1]", "null", "[{]"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read_connections(wrong, "/", inventory));
    CHECK_FALSE(read_bindings(wrong, inventory));
  }
}

TEST_CASE("what the hub knew of a client is known of the very connection that was written down") {
  constexpr std::int64_t kMinute = 60'000'000;
  const TempFile file;
  const std::int64_t now_us = now().us, later = now_us + 10 * kMinute;
  {
    ConnectionBook book;
    CHECK(book.open(file.path).empty());
    book.let_in("user-5-app", {later, ""}, now_us);
    book.let_in("device-6", {0, "front-gate"}, now_us);
    book.let_in("user-7", {now_us - 2 * kMinute, ""}, now_us - 3 * kMinute);
    REQUIRE(book.find("user-5-app", now_us));
  }
  std::ofstream(file.path, std::ios::app) << "user-8 17";  // the machine stopped here
  ConnectionBook book;
  const auto earlier = book.open(file.path);
  CHECK(earlier.size() == 3);
  CHECK(earlier.at("user-7").password_ends_us == now_us - 2 * kMinute);
  REQUIRE(book.find("user-5-app", now_us + 1'000'000));
  CHECK(book.find("user-5-app", now_us + 1'000'000)->password_ends_us == later);
  CHECK(book.find("user-5-app", now_us)->controller_id.empty());
  CHECK_FALSE(book.find("user-5-app", now_us + 2 * kMinute));
  CHECK_FALSE(book.find("user-5-app", 0));
  REQUIRE(book.find("device-6", now_us));
  CHECK(book.find("device-6", now_us)->controller_id == "front-gate");
  CHECK_FALSE(book.find("user-7", now_us - 3 * kMinute));
  CHECK_FALSE(book.find("user-8", now_us));
  CHECK_FALSE(book.find("user-9", now_us));
}

TEST_CASE("clients that connect again and again do not fill the disk") {
  const TempFile file;
  ConnectionBook book;
  CHECK(book.open(file.path).empty());
  const std::int64_t now_us = now().us;
  for (int i = 0; i < 30'000; ++i) book.let_in("user-5", {}, now_us);
  CHECK(std::filesystem::file_size(file.path) < 12'000 * 40);
  CHECK(book.find("user-5", now_us));
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
