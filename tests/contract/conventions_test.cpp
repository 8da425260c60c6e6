// Section 1: what every request and response has in common. HttpClient checks the form of each response itself.
#include <catch2/catch_test_macros.hpp>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

struct BadRequest {
  const char* name;
  const char* body;
  int status;
  const char* fields;  // of a 422
};

TEST_CASE("a body that cannot be a registration is refused with the right words") {
  const BadRequest cases[] = {
      {"no JSON", "{", 400, ""},
      {"no text", "", 422, "/hardware_id /controller_id"},
      {"two values", "{}{}", 400, ""},
      {"a comment", "{/**/}", 400, ""},
      {"not UTF-8", "{\"hardware_id\":\"\xff\xfe\",\"controller_id\":\"a\"}", 400, ""},
      {"a broken escape", R"({"hardware_id":"\ud800","controller_id":"a"})", 400, ""},
      {"NaN", R"({"hardware_id":NaN})", 400, ""},
      {"an array", "[]", 422, ""},
      {"a text", R"("x")", 422, ""},
      {"null", "null", 422, ""},
      {"nothing in it", "{}", 422, "/hardware_id /controller_id"},
      {"a number for a text", R"({"hardware_id":1,"controller_id":"a"})", 422, "/hardware_id"},
      {"null for a text", R"({"hardware_id":null,"controller_id":"a"})", 422, "/hardware_id"},
      {"an object for a text", R"({"hardware_id":"a","controller_id":{}})", 422, "/controller_id"},
      {"an empty text", R"({"hardware_id":"","controller_id":""})", 422, "/hardware_id /controller_id"},
      {"a control character", R"({"hardware_id":"a","controller_id":"a","device_name":"a\u001bb"})", 422,
       "/device_name"},
  };
  auto http = client();
  for (const BadRequest& wrong : cases) {
    CAPTURE(wrong.name);
    const auto response = http.request({.method = "POST", .path = "/devices/register", .body = wrong.body});
    CHECK(response.status == wrong.status);
    if (*wrong.fields != '\0') CHECK(response.wrong_fields() == wrong.fields);
  }
}

TEST_CASE("JSON nested without end is refused and hurts nobody") {
  auto http = client();
  const std::string deep = std::string(30'000, '[');
  CHECK(http.request({.method = "POST", .path = "/devices/register", .body = deep}).status == 400);
  const std::string closed = "{\"x\":" + std::string(20'000, '[') + std::string(20'000, ']') + "}";
  CHECK(http.request({.method = "POST", .path = "/devices/register", .body = closed}).status == 400);
  CHECK(http.root("/health").status == 200);
}

TEST_CASE("a body may have 64 KiB and not a byte more") {
  auto http = client();
  JsonObject body{{"hardware_id", unique("hw")}, {"controller_id", unique("gate")}, {"padding", ""}};
  const std::size_t bare = boost::json::serialize(body).size();
  body["padding"] = std::string(64 * 1024 - bare, 'x');
  CHECK(http.post("/devices/register", body).status == 201);
  body["padding"] = std::string(64 * 1024 - bare + 1, 'x');
  CHECK(http.post("/devices/register", body).status == 413);
}

TEST_CASE("a body of another type is refused") {
  auto http = client();
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp",
                           "multipart/form-data", "application/json; charset=latin1"}) {
    CAPTURE(type);
    CHECK(http.request({.method = "POST", .path = "/devices/register", .body = "{}", .content_type = type}).status ==
          415);
  }
  // Without a type it is taken for what it looks like, unless a web page sends it.
  const HttpRequest untyped{.method = "POST", .path = "/devices/register", .body = "{}", .content_type = ""};
  CHECK(http.request(untyped).status == 422);
  HttpRequest other = untyped;
  other.body = "hardware_id=a";
  CHECK(http.request(other).status == 415);
  other = untyped;
  other.headers = {"Origin: http://elsewhere.example"};
  CHECK(http.request(other).status == 415);
  other = untyped;
  other.content_type = "application/json";
  other.headers = {"Content-Encoding: gzip"};
  CHECK(http.request(other).status == 415);
  for (const char* type :
       {"application/json", "application/json; charset=utf-8", "APPLICATION/JSON; Charset=\"UTF8\""}) {
    CAPTURE(type);
    CHECK(http.request({.method = "POST", .path = "/devices/register", .body = "{}", .content_type = type}).status ==
          422);
  }
}

TEST_CASE("unknown fields are ignored") {
  const auto answer = client().post("/devices/register", {{"hardware_id", unique("hw")},
                                                          {"controller_id", unique("gate")},
                                                          {"colour", "green"},
                                                          {"is_admin", true},
                                                          {"device_id", 1}});
  CHECK(answer.status == 201);
}

TEST_CASE("what is not there is 404 and a wrong method 405 with what there is") {
  auto http = client();
  for (const char* path : {"/", "/devices", "/devices/", "/devices/a/b/c", "/users/register", "/admin/everything"}) {
    CAPTURE(path);
    CHECK(http.get(path).status == 404);
  }
  const auto wrong_method = http.get("/devices/register/");
  CHECK(wrong_method.status == 404);
  const auto not_allowed = http.request({.method = "PUT", .path = "/devices/register", .body = "{}"});
  CHECK(not_allowed.status == 405);
  CHECK(not_allowed.header("allow").find("POST") != std::string::npos);
}

TEST_CASE("every path says which methods it takes") {
  auto http = client();
  for (const char* path : {"/health", "/ready", "/metrics", "/openapi.json", "/docs", "/", "/api/v1/devices/register",
                           "/api/v1/commands/send", "/api/v1/uploads/1", "*"}) {
    CAPTURE(path);
    const auto answer = http.request({.method = "OPTIONS", .path = path, .at_root = true});
    CHECK(answer.status == 204);
    CHECK(answer.header("allow").find("OPTIONS") != std::string::npos);
  }
}

TEST_CASE("who comes without a path is led to the documentation") {
  for (const char* path : {"/", "/redoc"}) {
    const auto answer = client().root(path);
    CHECK(answer.status == 302);
    CHECK(client().root(answer.header("location")).status == 200);
  }
}

TEST_CASE("every response has a request id of its own") {
  auto http = client();
  const auto first = http.root("/health"), second = http.root("/health");
  CHECK_FALSE(first.header("x-request-id").empty());
  CHECK(first.header("x-request-id") != second.header("x-request-id"));
}

TEST_CASE("times are RFC 3339 in UTC with milliseconds") {
  const TestDevice device = new_device();
  const auto shown = client(device.token).get(device_path(device));
  CHECK(is_timestamp(shown.text("created_at")));
  CHECK(hours_ahead(shown.text("created_at")) == 0);
}

TEST_CASE("bytes that are no proper request get a 4xx or nothing, and the hub goes on") {
  const std::string host = "Host: x\r\n";
  const std::string cases[] = {
      "\r\n\r\n\r\n",
      "GET\r\n\r\n",
      "GET / HTTP/9.9\r\n" + host + "\r\n",
      "POST /api/v1/devices/register HTTP/1.1\r\n" + host +
          "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /api/v1/devices/register HTTP/1.1\r\n" + host + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
      "POST /api/v1/devices/register HTTP/1.1\r\n" + host + "Content-Length: -2\r\n\r\n{}",
      "POST /api/v1/devices/register HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n{}",
      "GET /api/v1/devices/%00 HTTP/1.1\r\n" + host + "\r\n",
      "GET /api/v1/devices/../../etc/passwd HTTP/1.1\r\n" + host + "\r\n",
      "GET /api/v1/devices/%2e%2e%2f HTTP/1.1\r\n" + host + "\r\n",
      "GET /health HTTP/1.1\r\n" + host + "X: " + std::string(9'000, 'x') + "\r\n\r\n",
      std::string(20'000, 'A'),
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
  };
  for (const std::string& bytes : cases) {
    CAPTURE(bytes.substr(0, 100));
    Socket socket(port_of(shared_hub().http()));
    socket.send(bytes);
    socket.finish_sending();
    const std::string answer = socket.read_all();
    const bool is_refused = answer.empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 505");
    CHECK(is_refused);
  }
  CHECK(client().root("/health").status == 200);
}

}  // namespace
}  // namespace gatetorio::testing
