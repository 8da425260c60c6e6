// Section 6: uploads in pieces (tus) and at once, and what is wrong with them.
#include "files_steps.hpp"

namespace gatetorio::testing {
namespace {

TEST_CASE("tus uploads in pieces, says how far it is, and goes on there") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::string bytes = random_bytes(50'000, 3);
  const auto made = announce(owner.token, device, bytes);
  const std::string url = made.text("upload_url");
  const auto begun = client().request(tus("HEAD", url));
  CHECK(begun.status == 200);
  CHECK(begun.header("upload-offset") == "0");
  CHECK(begun.header("upload-length") == "50000");
  CHECK(begun.header("tus-resumable") == "1.0.0");
  CHECK(begun.header("cache-control") == "no-store");
  CHECK(begun.header("upload-expires").ends_with("GMT"));
  auto http = client();
  const auto first = http.request(tus_patch(url, 0, bytes.substr(0, 20'000)));
  CHECK(first.status == 204);
  CHECK(first.header("upload-offset") == "20000");
  CHECK(http.request(tus("HEAD", url)).header("upload-offset") == "20000");
  CHECK(http.request(tus_patch(url, 0, bytes)).status == 409);
  CHECK(http.request(tus_patch(url, 20'001, "x")).status == 409);
  CHECK(http.request(tus_patch(url, 20'000, "")).header("upload-offset") == "20000");
  const auto last = http.request(tus_patch(url, 20'000, bytes.substr(20'000)));
  CHECK(last.status == 204);
  CHECK(last.header("upload-offset") == "50000");
  CHECK(http.request(tus("HEAD", url)).header("upload-offset") == "50000");
  CHECK(http.request(tus_patch(url, 50'000, "x")).status == 409);
  CHECK(fetch(download_url(owner.token, device, made.number("file_id"))).body == bytes);
}

TEST_CASE("tus says what it speaks and refuses what it does not") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::string url = announce(owner.token, device, "12345").text("upload_url");
  const auto options = client().request({.method = "OPTIONS", .path = path_of(url)});
  CHECK(options.status == 204);
  CHECK(options.header("tus-version") == "1.0.0");
  CHECK(options.header("tus-extension") == "expiration,checksum,termination");
  CHECK(options.header("tus-checksum-algorithm") == "sha1,sha256");
  CHECK(std::stoll(options.header("tus-max-size")) > 0);
  auto other = tus_patch(url, 0, "12345");
  other.headers[0] = "Tus-Resumable: 0.2.2";
  const auto refused = client().request(other);
  CHECK(refused.status == 412);
  CHECK(refused.header("tus-version") == "1.0.0");
  auto wrong_type = tus_patch(url, 0, "12345");
  wrong_type.content_type = "application/json";
  CHECK(client().request(wrong_type).status == 415);
  auto no_offset = tus("PATCH", url);
  no_offset.body = "12345";
  no_offset.content_type = "application/offset+octet-stream";
  CHECK(client().request(no_offset).status == 400);
  CHECK(client().request(tus("HEAD", url)).header("upload-offset") == "0");
}

TEST_CASE("a piece with a wrong checksum leaves nothing, one with a right one stays") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::string url = announce(owner.token, device, "hello, world").text("upload_url");
  auto http = client();
  // printf 'hello, ' | openssl dgst -binary -sha1 | base64
  const std::string right = "Upload-Checksum: sha1 UrAqqRrFeNxB6nAzXbNQfLW3mdU=";
  CHECK(http.request(tus_patch(url, 0, "hello, ", {"Upload-Checksum: sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA="})).status ==
        460);
  CHECK(http.request(tus("HEAD", url)).header("upload-offset") == "0");
  CHECK(http.request(tus_patch(url, 0, "hello, ", {"Upload-Checksum: md5 AAAA"})).status == 400);
  const auto good = http.request(tus_patch(url, 0, "hello, ", {right}));
  CHECK(good.status == 204);
  CHECK(http.request(tus_patch(url, 7, "world")).status == 204);
}

TEST_CASE("bytes over the size, too few of them, or a wrong SHA-256 are refused and leave nothing") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto small = announce(owner.token, device, "12345");
  CHECK(client().request(put(small.text("upload_url"), "123456")).status == 413);
  CHECK(client().request(tus_patch(small.text("upload_url"), 0, "123456")).status == 413);
  CHECK(client().request(put(small.text("upload_url"), "1234")).status == 422);
  CHECK(client().request(tus("HEAD", small.text("upload_url"))).header("upload-offset") == "0");
  CHECK(client().request(put(small.text("upload_url"), "12345")).status == 204);
  const auto wrong = announce(owner.token, device, "12345", {{"sha256", std::string(64, 'a')}});
  CHECK(client().request(put(wrong.text("upload_url"), "12345")).status == 460);
  CHECK(show(owner.token, device, wrong.number("file_id")).status == 404);
  CHECK(client().request(tus("HEAD", wrong.text("upload_url"))).status == 404);
}

TEST_CASE("an upload is given up by termination") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto made = announce(owner.token, device, "12345");
  client().request(tus_patch(made.text("upload_url"), 0, "123"));
  CHECK(client().request(tus("DELETE", made.text("upload_url"))).status == 204);
  CHECK(client().request(tus("HEAD", made.text("upload_url"))).status == 404);
  CHECK(show(owner.token, device, made.number("file_id")).status == 404);
}

TEST_CASE("of two uploads to one URL at once one gets through") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::string bytes = random_bytes(200'000, 4);
  const auto made = announce(owner.token, device, bytes);
  const std::string path = path_of(made.text("upload_url"));
  Socket slow(port_of(shared_hub().http()));
  slow.send("PUT /api/v1" + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + bytes.substr(0, 1000));
  const auto offset = [&] { return client().request(tus("HEAD", made.text("upload_url"))).header("upload-offset"); };
  REQUIRE(eventually([&] { return offset() == "1000"; }));
  CHECK(client().request(put(made.text("upload_url"), bytes)).status == 409);
  CHECK(client().request(tus_patch(made.text("upload_url"), 1000, "x")).status == 409);
  CHECK(offset() == "1000");
  slow.send(bytes.substr(1000));
  const auto answer = slow.read_some();
  REQUIRE(answer);
  CHECK(answer->find(" 204 ") != std::string::npos);
  CHECK(fetch(download_url(owner.token, device, made.number("file_id"))).body == bytes);
}

TEST_CASE("a body that comes in any pieces ends where its length says") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto made = announce(owner.token, device, "12345");
  const std::string path = path_of(made.text("upload_url"));
  Socket socket(port_of(shared_hub().http()));
  // The next request follows in the same packet.
  socket.send("PUT /api/v1" + path +
              " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345GET /ready HTTP/1.1\r\nHost: x\r\n" +
              "Connection: close\r\n\r\n");
  const std::string answers = socket.read_all();
  CHECK(answers.find(" 204 ") != std::string::npos);
  CHECK(answers.find("HTTP/1.1 200 OK") != std::string::npos);
  const std::string other = path_of(announce(owner.token, device, "12345").text("upload_url"));
  Socket chunked(port_of(shared_hub().http()));
  chunked.send("PUT /api/v1" + other +
               " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" +
               "2\r\n12\r\n3\r\n345\r\n0\r\n\r\n");
  CHECK(chunked.read_all().find(" 204 ") != std::string::npos);
}

}  // namespace
}  // namespace gatetorio::testing
