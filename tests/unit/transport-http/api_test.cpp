#include "api.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "test_server.hpp"

namespace gatetorio::transport_http::test {
namespace {

constexpr std::string_view kOperations = R"([
  {"number":0,"plugin":"registration","id":"registration.register","method":"POST","path":"/devices/register",
   "callers":[{"kind":"anyone","need":""}]},
  {"number":1,"plugin":"registration","id":"registration.get","method":"GET","path":"/devices/{controller_id}",
   "callers":[{"kind":"device","need":"self"}]},
  {"number":2,"plugin":"registration","id":"registration.delete","method":"DELETE","path":"/devices/{controller_id}",
   "callers":[{"kind":"user","need":"owner"}]},
  {"number":3,"plugin":"commands","id":"commands.internal","method":"","path":"","callers":[{"kind":"admin","need":""}]},
  {"number":4,"plugin":"transport-mqtt","id":"broker.ask","method":"POST","path":"/broker/{what}",
   "callers":[{"kind":"broker","need":""}],"form_body":true,"basic":true,"content_types":["text/plain"]},
  {"number":5,"plugin":"files","id":"files.append","method":"PATCH","path":"/uploads/{file_id}","body":"stream",
   "body_types":["application/offset+octet-stream"],"callers":[{"kind":"anyone","need":""}],
   "request_headers":[{"name":"Tus-Resumable","field":"tus"},{"name":"Upload-Offset","field":"offset"}],
   "response_headers":[{"name":"Tus-Resumable","value":"1.0.0"},{"name":"Upload-Offset"}]},
  {"number":6,"plugin":"files","id":"files.options","method":"OPTIONS","path":"/uploads/{file_id}",
   "callers":[{"kind":"anyone","need":""}],"request_headers":[{"name":"Tus-Resumable","field":"tus"}],
   "response_headers":[{"name":"Tus-Version","value":"1.0.0"}]},
  {"number":8,"plugin":"auth","id":"auth.discover","method":"POST","path":"/users/discover","credential_field":"user_token",
   "callers":[{"kind":"user","need":""}]},
  {"number":9,"plugin":"commands","id":"commands.events","method":"GET","path":"/devices/{controller_id}/events",
   "callers":[{"kind":"user","need":"readonly"}],"stream":true},
  {"number":7,"plugin":"files","id":"files.end","method":"DELETE","path":"/uploads/{file_id}",
   "callers":[{"kind":"anyone","need":""}],"request_headers":[{"name":"Tus-Resumable","field":"tus"}]}
])";

// Answers each call with what the test set, and remembers the last one.
class FakeBackend final : public Backend {
 public:
  Api* api = nullptr;
  gtr_status status = GTR_OK;
  std::string content_type;
  std::string body = "{}";
  std::string health = R"({"healthy":true,"ready":true,"status":"healthy","version":"1.2.3","facts":{},"plugins":{}})";
  bool hold = false;
  bool is_stranger = false;
  std::vector<gtr_field> headers;

  struct Call {
    std::uint64_t number = 0;
    std::string text;
  } last;
  std::vector<Exchange*> held;

  void invoke(const OperationCall& call, Exchange& exchange) override {
    last.number = call.number;
    last.text = std::string(call.credential.scheme).append(":").append(call.credential.name);
    last.text.append(call.credential.secret).append(" ");
    for (const auto& [name, value] : *call.params) last.text.append(name).append("=").append(value).append(" ");
    last.text.append(call.body);
    if (hold) {
      held.push_back(&exchange);
    } else {
      gtr_reply reply{};
      reply.size = sizeof reply;
      reply.status = status;
      reply.content_type = to_bytes(content_type);
      reply.body = to_bytes(body);
      reply.is_stranger = is_stranger ? 1 : 0;
      reply.headers = headers.data();
      reply.header_count = static_cast<std::uint32_t>(headers.size());
      api->answer(exchange, reply);
    }
  }
  void report(std::string_view name, std::function<void(gtr_status, std::string_view)> done) override {
    done(GTR_OK, name == "health" ? health : "metric 1\n");
  }
  void log_request(const Exchange&, unsigned) override {}
};

struct ApiServer {
  explicit ApiServer(Settings settings = unlimited()) : api(settings, backend), server(make(settings)) {}

  static Settings unlimited() {
    Settings settings;
    settings.rate_limits.enabled = false;
    return settings;
  }
  Response ask(const std::string& request) {
    RawClient client(server->port());
    client.send(request);
    return client.read(request.starts_with("HEAD"));
  }
  std::unique_ptr<Server> make(Settings settings) {
    backend.api = &api;
    REQUIRE(api.set_operations(kOperations, "1.2.3",
                               [](auto, auto why) { throw std::runtime_error(std::string(why)); }) == "");
    settings.listen.port = 0;
    auto made = std::make_unique<Server>(settings, api);
    REQUIRE(made->start() == "");
    return made;
  }

  FakeBackend backend;
  Api api;
  std::unique_ptr<Server> server;
};

}  // namespace

TEST_CASE("operations are called with parameters, body and credential") {
  ApiServer hub;
  hub.backend.status = GTR_CREATED;
  hub.backend.body = R"({"device_id":1})";
  auto response = hub.ask(post("/api/v1/devices/register", R"({"a":1})"));
  CHECK(response.status == 201);
  CHECK(response.body == R"({"device_id":1})");
  CHECK(response.header("content-type") == "application/json");
  CHECK(hub.backend.last.number == 0);
  CHECK(hub.backend.last.text == R"(: {"a":1})");
  response = hub.ask(get("/api/v1/devices/gate%207?x=y", "Authorization: Bearer gtd_1\r\n"));
  CHECK(hub.backend.last.number == 1);
  CHECK(hub.backend.last.text == "bearer:gtd_1 controller_id=gate 7 x=y ");
}

TEST_CASE("errors have the headers that their operation declares, as other answers do") {
  ApiServer hub;
  hub.backend.headers = {{to_bytes("Upload-Offset"), to_bytes("3")},
                         {to_bytes("X-Undeclared"), to_bytes("1")},
                         {to_bytes("Upload-Offset"), to_bytes("1\r\nX-Split: 1")}};
  for (const gtr_status status : {GTR_NO_CONTENT, GTR_CONFLICT}) {
    CAPTURE(status);
    hub.backend.status = status;
    hub.backend.body = "";
    const auto answer = hub.ask(
        "PATCH /api/v1/uploads/5 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Type: "
        "application/offset+octet-stream\r\nTus-Resumable: 1.0.0\r\n\r\n");
    CHECK(answer.status == (status == GTR_CONFLICT ? 409 : 204));
    CHECK(answer.header("upload-offset") == "3");
    CHECK(answer.header("tus-resumable") == "1.0.0");
    CHECK(answer.header("x-undeclared").empty());
    CHECK(answer.header("x-split").empty());
  }
}

TEST_CASE("an operation that says so takes a form, whose fields are parameters") {
  ApiServer hub;
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  CHECK(hub.ask(post("/api/v1/broker/user?x=1", "name=p+w%2B%26%3D&empty=&ip=::1", kForm)).status == 200);
  CHECK(hub.backend.last.text == ": what=user x=1 name=p w+&= empty= ip=::1 ");
  CHECK(hub.ask(post("/api/v1/broker/user", R"({"name":1})")).status == 200);
  CHECK(hub.backend.last.text == R"(: what=user {"name":1})");
  struct Row {
    std::string path, body;
    int status;
  };
  std::string many;
  for (int i = 0; i < 40; ++i) many += "f" + std::to_string(i) + "=1&";
  const Row rows[] = {{"/api/v1/broker/user", "a=1&a=2", 400},    {"/api/v1/broker/user?a=1", "a=2", 400},
                      {"/api/v1/broker/user", "what=vhost", 400}, {"/api/v1/broker/user", "a=%zz", 400},
                      {"/api/v1/broker/user", "a=%00", 400},      {"/api/v1/broker/user", "a=%ff", 400},
                      {"/api/v1/broker/user", many, 400},         {"/api/v1/devices/register", "a=1", 415}};
  for (const Row& row : rows) {
    CAPTURE(row.path, row.body);
    CHECK(hub.ask(post(row.path, row.body, kForm)).status == row.status);
  }
}

TEST_CASE("HTTP Basic is a credential only for an operation that says so") {
  ApiServer hub;
  const auto ask = [&](const std::string& path, const std::string& authorization) {
    hub.ask("POST " + path + " HTTP/1.1\r\nHost: hub\r\nAuthorization: " + authorization + "\r\n\r\n");
    return hub.backend.last.text;
  };
  CHECK(ask("/api/v1/broker/x", "Basic YnJva2VyOnM6MQ==") == "password:brokers:1 what=x ");
  CHECK(ask("/api/v1/broker/x", "basic YnJva2VyOg==") == "password:broker what=x ");
  CHECK(ask("/api/v1/broker/x", "Bearer gtb_1") == "bearer:gtb_1 what=x ");
  for (const std::string wrong :
       {"Basic", "Basic YnJva2Vy", "Basic YnJva2VyOnM6MQ", "Basic !!!!", "Basicx YnJva2VyOg=="}) {
    CAPTURE(wrong);
    CHECK(ask("/api/v1/broker/x", wrong) == ": what=x ");
  }
  CHECK(ask("/api/v1/devices/register", "Basic YnJva2VyOnM6MQ==") == ": ");
}

TEST_CASE("what is not there, not taken or not readable is refused") {
  ApiServer hub;
  struct Row {
    std::string request;
    int status;
  };
  const Row rows[] = {
      {get("/nowhere"), 404},
      {get("/api/v1"), 404},
      {get("/devices/gate-7"), 404},
      {get("/api/v1/devices/gate-7/"), 404},
      {get("/api/v1/devices/register"), 200},  // a device of that name
      {post("/api/v1/devices/gate-7", "{}"), 405},
      {post("/api/v1/devices/register", "{}", "text/plain"), 415},
      {post("/api/v1/devices/register", "{}", "application/json; charset=latin1"), 415},
      {post("/api/v1/devices/register", "", "text/plain"), 200},
      {get("/api/v1/devices/gate-7?controller_id=gate-8"), 400},
      {post("/health", "{}"), 405},
  };
  for (const auto& row : rows) {
    CAPTURE(row.request);
    const auto response = hub.ask(row.request);
    CHECK(response.status == row.status);
    if (row.status < 400) continue;
    CHECK(response.header("content-type") == "application/problem+json");
    CHECK(boost::json::parse(response.body).at("status") == row.status);
  }
}

TEST_CASE("methods of a path are told by 405 and OPTIONS, and HEAD works as GET") {
  ApiServer hub;
  CHECK(hub.ask("PUT /api/v1/devices/g HTTP/1.1\r\nHost: hub\r\n\r\n").header("allow") == "GET, HEAD, DELETE, OPTIONS");
  const auto options = hub.ask("OPTIONS /api/v1/devices/g HTTP/1.1\r\nHost: hub\r\n\r\n");
  CHECK(options.status == 204);
  CHECK(options.header("allow") == "GET, HEAD, DELETE, OPTIONS");
  CHECK_FALSE(options.has("content-length"));
  const auto head = hub.ask("HEAD /api/v1/devices/g HTTP/1.1\r\nHost: hub\r\n\r\n");
  CHECK(head.status == 200);
  CHECK(head.header("content-length") == "2");
}

TEST_CASE("OPTIONS is answered for every path, and for the server") {
  ApiServer hub;
  struct Row {
    std::string path, allow;
    int status;
  };
  const Row rows[] = {{"/health", "GET, HEAD, OPTIONS", 204},
                      {"/", "GET, HEAD, OPTIONS", 204},
                      {"/api/v1/devices/register", "GET, HEAD, POST, DELETE, OPTIONS", 204},
                      {"/api/v1/uploads/5", "PATCH, DELETE, OPTIONS", 200},
                      {"*", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", 204},
                      {"/nowhere", "", 404}};
  for (const Row& row : rows) {
    CAPTURE(row.path);
    const auto response = hub.ask("OPTIONS " + row.path + " HTTP/1.1\r\nHost: hub\r\n\r\n");
    CHECK(response.status == row.status);
    CHECK(response.header("allow") == row.allow);
    CHECK_FALSE(response.has("vary"));
  }
  CHECK(hub.ask("GET * HTTP/1.1\r\nHost: hub\r\n\r\n").status == 400);
}

TEST_CASE("the usual first pages lead to the documentation") {
  ApiServer hub;
  for (const auto* path : {"/", "/redoc"}) {
    CAPTURE(path);
    const auto response = hub.ask(get(path));
    CHECK(response.status == 302);
    CHECK(response.header("location") == "/docs");
  }
}

TEST_CASE("a body says how it is written, or looks like JSON") {
  ApiServer hub;
  struct Row {
    std::string headers, body;
    int status;
  };
  const Row rows[] = {{"Content-Type: application/json\r\n", "{}", 200},
                      {"content-type: APPLICATION/Json; Charset=UTF8\r\n", "{}", 200},
                      {"Content-Type: application/json\r\nContent-Encoding: identity\r\n", "{}", 200},
                      {"Content-Type: application/json\r\nContent-Encoding: gzip\r\n", "\x1f\x8b", 415},
                      {"Content-Type: application/json\r\nContent-Encoding: br\r\n", "{}", 415},
                      {"Content-Type: application/json\r\nContent-Encoding: gzip\r\n", "", 200},
                      {"", "{}", 200},
                      {"", " \r\n\t{\"a\":1}", 200},
                      {"", "", 200},
                      {"", "[]", 415},
                      {"", "a=1&b=2", 415},
                      {"", "  ", 415},
                      {"Content-Type:\r\n", "{}", 200},
                      {"Origin: http://evil\r\n", "{}", 415},
                      {"Content-Type: text/plain\r\n", "{}", 415}};
  for (const Row& row : rows) {
    CAPTURE(row.headers, row.body);
    const auto response = hub.ask("POST /api/v1/devices/register HTTP/1.1\r\nHost: hub\r\n" + row.headers +
                                  "Content-Length: " + std::to_string(row.body.size()) + "\r\n\r\n" + row.body);
    CHECK(response.status == row.status);
    const bool is_coded = row.headers.find("-Encoding: gzip") != std::string::npos && row.status == 415;
    if (is_coded) CHECK(response.header("accept-encoding") == "identity");
  }
}

TEST_CASE("an upload may write its method into a header, and nothing else may") {
  ApiServer hub;
  const auto ask = [&hub](const std::string& line, const std::string& headers) {
    hub.backend.last = {};
    return hub.ask(line + " HTTP/1.1\r\nHost: hub\r\nContent-Type: Application/Offset+Octet-Stream\r\n" + headers +
                   "\r\n");
  };
  const auto patched = ask("POST /api/v1/uploads/5", "X-HTTP-Method-Override: PATCH\r\nUpload-Offset: 7\r\n");
  CHECK(patched.status == 200);
  CHECK(hub.backend.last.number == 5);
  CHECK(hub.backend.last.text == ": file_id=5 offset=7 ");
  CHECK(ask("GET /api/v1/uploads/5", "x-http-method-override: DELETE\r\n").status == 200);
  CHECK(hub.backend.last.number == 7);
  CHECK(ask("PATCH /api/v1/uploads/5", "X-HTTP-Method-Override: GET\r\n").status == 405);
  CHECK(ask("PATCH /api/v1/uploads/5", "X-HTTP-Method-Override: BREW\r\n").status == 405);
  CHECK(ask("GET /api/v1/devices/g", "X-HTTP-Method-Override: DELETE\r\n").status == 200);
  CHECK(hub.backend.last.number == 1);
}

TEST_CASE("headers that contradict each other are refused, and refusals carry what every answer of an operation does") {
  ApiServer hub;
  const std::string head =
      "PATCH /api/v1/uploads/5 HTTP/1.1\r\nHost: hub\r\nContent-Type: application/offset+octet-stream\r\n";
  const auto twice = hub.ask(head + "Upload-Offset: 1\r\nUpload-Offset: 2\r\n\r\n");
  CHECK(twice.status == 400);
  CHECK(twice.header("tus-resumable") == "1.0.0");
  CHECK(hub.ask(head + "Upload-Offset: 1\r\nupload-offset: 1\r\n\r\n").status == 200);
  Settings settings;
  settings.rate_limits.address = {0.01, 1};
  ApiServer busy(settings);
  busy.ask(head + "\r\n");
  const auto limited = busy.ask(head + "\r\n");
  CHECK(limited.status == 429);
  CHECK(limited.header("tus-resumable") == "1.0.0");
}

TEST_CASE("pages of an allowed origin may use the API, and no others") {
  auto settings = ApiServer::unlimited();
  REQUIRE(settings.allowed_origins.add("https://app.example.org") == "");
  REQUIRE(settings.allowed_origins.add("capacitor://localhost") == "");
  ApiServer hub(settings);
  const std::string app = "Origin: https://app.example.org\r\n";
  const auto preflight = [&hub](const std::string& path, const std::string& headers) {
    return hub.ask("OPTIONS " + path + " HTTP/1.1\r\nHost: hub\r\n" + headers + "\r\n");
  };
  for (const auto* path : {"/api/v1/devices/register", "/api/v1/uploads/5", "/api/v1/nowhere", "/health"}) {
    CAPTURE(path);
    const auto asked = preflight(path, app +
                                           "Access-Control-Request-Method: PATCH\r\nAccess-Control-Request-Headers: "
                                           "authorization,upload-offset,x-app\r\n");
    CHECK(asked.status == 204);
    CHECK(asked.header("access-control-allow-origin") == "https://app.example.org");
    CHECK(asked.header("access-control-allow-methods").find("PATCH") != std::string::npos);
    CHECK(asked.header("access-control-allow-headers") == "authorization,upload-offset,x-app");
    CHECK(asked.header("vary") == "Origin");
    CHECK_FALSE(asked.has("access-control-allow-credentials"));
  }
  const auto bare =
      preflight("/api/v1/uploads/5", "Origin: capacitor://localhost\r\nAccess-Control-Request-Method: PATCH\r\n");
  for (const auto* name : {"Authorization", "Content-Type", "Tus-Resumable", "Upload-Offset"}) {
    CAPTURE(name);
    CHECK(bare.header("access-control-allow-headers").find(name) != std::string::npos);
  }
  const auto answer = hub.ask(get("/api/v1/devices/g", app));
  CHECK(answer.header("access-control-allow-origin") == "https://app.example.org");
  for (const auto* name : {"Tus-Resumable", "Tus-Version", "Upload-Offset", "X-Request-Id", "Retry-After", "ETag"}) {
    CAPTURE(name);
    CHECK(answer.header("access-control-expose-headers").find(name) != std::string::npos);
  }
  // Refusals can be read too, the server's own among them.
  CHECK(hub.ask(get("/nowhere", app)).header("access-control-allow-origin") == "https://app.example.org");
  CHECK(hub.ask("POST /health HTTP/1.1\r\nHost: hub\r\n" + app + "Content-Length: 65537\r\n\r\n")
            .header("access-control-allow-origin") == "https://app.example.org");
  for (const auto* other : {"https://evil", "null", "https://app.example.org.evil", "http://app.example.org"}) {
    CAPTURE(other);
    const auto asked =
        preflight("/health", std::string("Origin: ") + other + "\r\nAccess-Control-Request-Method: GET\r\n");
    CHECK_FALSE(asked.has("access-control-allow-origin"));
    CHECK_FALSE(asked.has("access-control-allow-methods"));
    CHECK(asked.header("vary") == "Origin");
  }
  CHECK(hub.ask(get("/health")).header("vary") == "Origin");
  ApiServer closed;
  CHECK_FALSE(closed.ask(get("/health", app)).has("access-control-allow-origin"));
}

TEST_CASE("failures become problem documents, and other media types pass through") {
  ApiServer hub;
  hub.backend.status = GTR_UNAUTHENTICATED;
  hub.backend.body = R"({"detail":"The credential is not valid.","errors":[],"retry_after_s":0})";
  const auto refused = hub.ask(get("/api/v1/devices/g"));
  CHECK(refused.status == 401);
  CHECK(refused.header("www-authenticate") == "Bearer");
  CHECK(boost::json::parse(refused.body).at("detail") == "The credential is not valid.");
  hub.backend.status = GTR_NO_CONTENT;
  const auto gone = hub.ask("DELETE /api/v1/devices/g HTTP/1.1\r\nHost: hub\r\n\r\n");
  CHECK(gone.status == 204);
  CHECK_FALSE(gone.has("content-type"));
  hub.backend.status = GTR_OK;
  hub.backend.content_type = "image/svg+xml";
  CHECK(hub.ask(get("/api/v1/devices/g")).header("content-type") == "image/svg+xml");
  hub.backend.content_type = "text/plain\r\nSet-Cookie: a=b";
  CHECK(hub.ask(get("/api/v1/devices/g")).header("content-type") == "application/json");
}

TEST_CASE("more operations than may be under way are turned away") {
  auto settings = ApiServer::unlimited();
  settings.max_in_flight = 1;
  ApiServer hub(settings);
  hub.backend.hold = true;
  RawClient first(hub.server->port());
  first.send(get("/api/v1/devices/g"));
  RawClient second(hub.server->port());
  CHECK(eventually([&] {
    second.send(get("/health"));
    return second.read().status == 200 && !hub.backend.held.empty();
  }));
  const auto refused = hub.ask(get("/api/v1/devices/g"));
  CHECK(refused.status == 503);
  CHECK(refused.has("retry-after"));
  hub.api.answer(*hub.backend.held.at(0), GTR_OK, "", "{}");
  CHECK(first.read().status == 200);
  hub.backend.hold = false;
  CHECK(hub.ask(get("/api/v1/devices/g")).status == 200);
}

TEST_CASE("an address that presents wrong credentials too often has to wait") {
  Settings settings;
  settings.rate_limits.failed_login = {0.01, 3};
  ApiServer hub(settings);
  hub.backend.status = GTR_UNAUTHENTICATED;
  for (int i = 0; i < 3; ++i) {
    CHECK(hub.ask(get("/api/v1/devices/g", "Authorization: Bearer guess-" + std::to_string(i) + "\r\n")).status == 401);
  }
  const auto limited = hub.ask(get("/api/v1/devices/g", "Authorization: Bearer guess-4\r\n"));
  CHECK(limited.status == 429);
  CHECK(std::stoi(limited.header("retry-after")) > 1);
}

TEST_CASE("a credential that proves nobody is a failed login, whatever the answer says and wherever it was") {
  const std::pair<const char*, std::string> table[] = {
      {"in the head", get("/api/v1/devices/g", "Authorization: Bearer guess\r\n")},
      {"in the body", post("/api/v1/users/discover", R"({"user_token":"guess"})")},
      {"in a cookie", get("/api/v1/devices/g", "Cookie: gatetorio_session=guess\r\n")},
      {"as Basic",
       post("/api/v1/broker/user", "a=b", "application/x-www-form-urlencoded\r\nAuthorization: Basic YTpi")}};
  for (const auto& [where, request] : table) {
    CAPTURE(where);
    Settings settings;
    settings.rate_limits.failed_login = {0.01, 3};
    ApiServer hub(settings);
    hub.backend.is_stranger = true;
    for (int i = 0; i < 3; ++i) CHECK(hub.ask(request).status == 200);
    CHECK(hub.ask(request).status == 429);
    CHECK(hub.ask(get("/api/v1/devices/g", "Authorization: Bearer another\r\n")).status == 429);
  }
}

TEST_CASE("the rate of a credential holds wherever it is given") {
  const std::pair<const char*, std::string> table[] = {
      {"in the head", get("/api/v1/devices/g", "Authorization: Bearer mine-1\r\n")},
      {"in the body", post("/api/v1/users/discover", R"({"user_token":"mine-1"})")},
      {"in the body, escaped", post("/api/v1/users/discover", R"({"user_\u0074oken":"mine\u002d1"})")},
      {"as Basic",
       post("/api/v1/broker/user", "a=b", "application/x-www-form-urlencoded\r\nAuthorization: Basic YTptaW5lLTE=")}};
  for (const auto& [where, request] : table) {
    CAPTURE(where);
    Settings settings;
    settings.rate_limits.credential = {0.01, 3};
    ApiServer hub(settings);
    for (int i = 0; i < 3; ++i) CHECK(hub.ask(request).status == 200);
    CHECK(hub.ask(request).status == 429);
    CHECK(hub.ask(get("/api/v1/devices/g", "Authorization: Bearer mine-1\r\n")).status == 429);  // it is the same one
    CHECK(hub.ask(post("/api/v1/users/discover", R"({"user_token":"other"})")).status == 200);
  }
}

TEST_CASE("a credential in the body is passed on as one, and a body that holds none is left alone") {
  ApiServer hub;
  hub.ask(post("/api/v1/users/discover", R"({"user_token":"mine"})"));
  CHECK(hub.backend.last.text == R"(bearer:mine {"user_token":"mine"})");
  for (const char* body : {R"({"user_token":7})", R"({"user_token":""})", "[]", "{", "{}"}) {
    CAPTURE(body);
    hub.ask(post("/api/v1/users/discover", body));
    CHECK(hub.backend.last.text == std::string(": ") + body);
  }
  hub.ask(post("/api/v1/devices/register", R"({"user_token":"mine"})"));  // an operation without such a field
  CHECK(hub.backend.last.text == R"(: {"user_token":"mine"})");
}

TEST_CASE("one credential's requests under way use up its own share alone") {
  auto settings = ApiServer::unlimited();
  settings.max_in_flight_per_credential = 1;
  ApiServer hub(settings);
  hub.backend.hold = true;
  RawClient first(hub.server->port());
  first.send(get("/api/v1/devices/g", "Authorization: Bearer mine\r\n"));
  REQUIRE(eventually([&] { return hub.ask(get("/health")).status == 200 && !hub.backend.held.empty(); }));
  hub.backend.hold = false;
  for (const auto& request : {get("/api/v1/devices/g", "Authorization: Bearer mine\r\n"),
                              post("/api/v1/users/discover", R"({"user_token":"mine"})")}) {
    const auto refused = hub.ask(request);
    CHECK(refused.status == 429);
    CHECK(refused.has("retry-after"));
  }
  CHECK(hub.ask(get("/api/v1/devices/g", "Authorization: Bearer other\r\n")).status == 200);
  CHECK(hub.server->counters().refusals[static_cast<std::size_t>(Refusal::kInFlightShare)].load() == 2);
  hub.api.answer(*hub.backend.held.at(0), GTR_OK, "", "{}");
  CHECK(first.read().status == 200);
  CHECK(hub.ask(get("/api/v1/devices/g", "Authorization: Bearer mine\r\n")).status == 200);
}

TEST_CASE("uploads that are under way leave the operations their room, and have a share of their own") {
  auto settings = ApiServer::unlimited();
  settings.max_in_flight = 1;
  settings.transfers = {10, 2, 10};
  ApiServer hub(settings);
  hub.backend.hold = true;
  const auto upload = [](const char* length) {
    return std::string(
               "PATCH /api/v1/uploads/5 HTTP/1.1\r\nHost: hub\r\nTus-Resumable: 1.0.0\r\n"
               "Content-Type: application/offset+octet-stream\r\nContent-Length: ") +
           length + "\r\n\r\n";
  };
  RawClient one(hub.server->port()), two(hub.server->port());
  one.send(upload("1000"));
  two.send(upload("1000"));
  REQUIRE(eventually([&] { return hub.ask(get("/health")).status == 200 && hub.backend.held.size() == 2; }));
  hub.backend.hold = false;
  CHECK(hub.ask(get("/api/v1/devices/g")).status == 200);
  const auto refused = hub.ask(upload("1000"));
  CHECK(refused.status == 429);
  CHECK(refused.has("retry-after"));
  CHECK(hub.ask(upload("0")).status == 200);  // no transfer
  hub.api.answer(*hub.backend.held.at(0), GTR_OK, "", "{}");
  CHECK(one.read().status == 200);
  CHECK(hub.ask(upload("1000")).status == 200);
  hub.api.answer(*hub.backend.held.at(1), GTR_OK, "", "{}");
}

TEST_CASE("event streams of one credential use up its own share alone") {
  auto settings = ApiServer::unlimited();
  settings.streams = {3, 3, 1};
  ApiServer hub(settings);
  hub.backend.hold = true;
  const auto watch = [](const std::string& who) {
    return get("/api/v1/devices/g/events", "Authorization: Bearer " + who + "\r\n");
  };
  RawClient first(hub.server->port());
  first.send(watch("mine"));
  REQUIRE(eventually([&] { return hub.ask(get("/health")).status == 200 && hub.backend.held.size() == 1; }));
  Exchange& stream = *hub.backend.held.at(0);
  hub.api.begin_stream(stream);
  REQUIRE(stream.start_stream([] {}));
  CHECK(first.read_until("\r\n\r\n"));
  hub.backend.hold = false;
  CHECK(hub.ask(watch("mine")).status == 429);
  CHECK(hub.ask(watch("other")).status == 200);
  CHECK(hub.ask(get("/api/v1/devices/g", "Authorization: Bearer mine\r\n")).status == 200);
  hub.api.end_stream(stream);
  CHECK(hub.ask(watch("mine")).status == 200);
}

TEST_CASE("no rate holds for an address that is exempt") {
  Settings settings;
  settings.rate_limits.failed_login = {0.01, 3};
  settings.rate_limits.address = {0.01, 10};
  settings.rate_limits.credential = {0.01, 5};
  REQUIRE(settings.rate_limits.exempt.add("127.0.0.0/8"));
  ApiServer hub(settings);
  hub.backend.status = GTR_UNAUTHENTICATED;
  for (int i = 0; i < 20; ++i)
    CHECK(hub.ask(get("/api/v1/devices/g", "Authorization: Bearer gtb_1\r\n")).status == 401);
}

TEST_CASE("a write with a session cookie from another site is refused") {
  ApiServer hub;
  const std::string head = "DELETE /api/v1/devices/g HTTP/1.1\r\nHost: hub\r\nCookie: gatetorio_session=s\r\n";
  CHECK(hub.ask(head + "Origin: http://evil\r\n\r\n").status == 403);
  CHECK(hub.ask(head + "Origin: http://hub\r\n\r\n").status == 200);
  CHECK(hub.backend.last.text.starts_with("cookie:s"));
}

TEST_CASE("health, readiness, metrics and documents have their places") {
  ApiServer hub;
  auto health = boost::json::parse(hub.ask(get("/health")).body).as_object();
  CHECK(health.at("status") == "healthy");
  CHECK(health.at("mqtt_connected") == false);
  CHECK(health.at("database_connected") == false);
  CHECK(health.at("version") == "1.2.3");
  CHECK(hub.ask(get("/ready")).body == R"({"ready":true})");
  hub.backend.health =
      R"({"healthy":false,"ready":false,"status":"degraded","facts":{"database_connected":true},"plugins":{"a":"started"}})";
  const auto unhealthy = hub.ask(get("/health"));
  CHECK(unhealthy.status == 503);
  health = boost::json::parse(unhealthy.body).as_object();
  CHECK(health.at("database_connected") == true);
  CHECK(health.at("plugins").at("a") == "started");
  CHECK(hub.ask(get("/ready")).status == 503);
  CHECK(hub.ask(get("/metrics")).body == "metric 1\n");
  CHECK(hub.ask(get("/metrics")).header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  const auto docs = hub.ask(get("/docs"));
  CHECK(docs.header("content-security-policy").find("default-src 'none'") == 0);
  CHECK(docs.body.find("<script>") == std::string::npos);
  for (const auto* path : {"/docs/app.js", "/docs/style.css", "/openapi.json"}) CHECK(hub.ask(get(path)).status == 200);
}

TEST_CASE("declarations that cannot be offered are named and left out, and the others are offered") {
  FakeBackend backend;
  Api api(Settings(), backend);
  std::vector<std::string> left_out;
  const auto note = [&](std::string_view id, std::string_view why) {
    CHECK_FALSE(why.empty());
    left_out.emplace_back(id);
  };
  const std::string operations =
      R"([{"number":0,"id":"x.brew","method":"BREW","path":"/a"},{"number":1,"id":"x.empty","method":"GET","path":"a//b"},)"
      R"({"number":2,"id":"x.good","method":"GET","path":"/good"},{"number":3,"id":"x.same","method":"GET","path":"/good"}])";
  CHECK(api.set_operations(operations, "1", note) == "");
  CHECK(left_out == std::vector<std::string>{"x.brew", "x.empty", "x.same"});
  Api unreadable(Settings(), backend);
  CHECK(unreadable.set_operations("{}", "1", note) != "");
}

}  // namespace gatetorio::transport_http::test
