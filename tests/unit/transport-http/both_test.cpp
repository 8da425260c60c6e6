// What holds over plain TCP and over TLS alike: one table, run over both.
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "certificate.hpp"
#include "test_server.hpp"

namespace gatetorio::transport_http::test {
namespace {

constexpr std::uint64_t kMost = 1024 * 1024;  // bytes of an upload

// Echoes small bodies, takes PUT into a file, and refuses what goes to /refused before it has come.
class Uploads final : public RequestHandler {
 public:
  bool streams_body(const Request& request) override { return request.method == Method::kPut; }
  void handle(Exchange& exchange) override {
    const auto path = exchange.target().raw_path();
    if (path == "/refused") return exchange.respond({403, "text/plain", "refused", {}});
    if (path == "/events") return stream(exchange);
    if (path == "/file") return exchange.respond_file({200, "text/plain", {}, {}}, hello(), 0, 5, nullptr);
    if (exchange.request().method != Method::kPut) return TestServer::echo(exchange);
    auto file = unnamed_file();
    auto kept = std::make_shared<Descriptor>(::dup(file.get()));
    const auto done = [&exchange, kept](gtr_status status, const Received& received) {
      const auto left = ::lseek(kept->get(), 0, SEEK_END);
      const std::string body = std::to_string(received.bytes) + " " + std::to_string(left);
      const unsigned code = status == GTR_OK          ? 200
                            : status == GTR_TOO_LARGE ? 413
                            : status == GTR_MALFORMED ? 400
                                                      : 503;
      exchange.respond({code, "text/plain", body, {}});
    };
    exchange.receive_body(std::make_unique<Receipt>(std::move(file), 0, kMost, "sha256", done));
  }

 private:
  static Descriptor hello() {
    auto file = unnamed_file();
    if (::pwrite(file.get(), "hello", 5, 0) != 5) throw std::runtime_error("a file cannot be written");
    return file;
  }
  static void stream(Exchange& exchange) {
    exchange.start_stream([] {});
    exchange.write_event("data: 1\n\n");
    exchange.end_stream();
  }
};

struct Step {
  std::string send;
  std::vector<std::pair<int, std::string>> answers;  // status and body
};

struct Row {
  const char* name;
  std::vector<Step> steps;
  bool ends = false;  // the server ends the connection after that, and well
};

std::string put(std::string_view path, std::string_view headers) {
  return std::string("PUT ").append(path).append(" HTTP/1.1\r\nHost: hub\r\n").append(headers).append("\r\n");
}

std::string chunks(std::string_view body, std::size_t size) {
  std::string text;
  char digits[20];
  for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
    const auto piece = body.substr(0, size);
    std::snprintf(digits, sizeof digits, "%zx\r\n", piece.size());
    text.append(digits).append(piece).append("\r\n");
  }
  return text + "0\r\n\r\n";
}

const std::string kExpects = "Expect: 100-continue\r\n";
const std::string kChunked = "Transfer-Encoding: chunked\r\n";

std::vector<Row> rows() {
  const std::string large(4'000'000, 'x'), some(300'000, 'y');
  const std::string post_head = "POST /a HTTP/1.1\r\nHost: hub\r\n";
  return {
      {"requests in one packet", {{get("/1") + post("/2", "b"), {{200, "GET /1 "}, {200, "POST /2 b"}}}}},
      {"told to go on",
       {{post_head + kExpects + "Content-Length: 2\r\n\r\n", {{100, ""}}}, {"ok", {{200, "POST /a ok"}}}}},
      {"told to go on with chunks",
       {{post_head + kExpects + kChunked + "\r\n", {{100, ""}}}, {chunks("ok", 1), {{200, "POST /a ok"}}}}},
      {"not told to go on where the body is there",
       {{post_head + kExpects + "Content-Length: 2\r\n\r\nok", {{200, "POST /a ok"}}}}},
      {"not told to go on without a body", {{post_head + kExpects + "\r\n", {{200, "POST /a "}}}}},
      {"HTTP/1.0 is not told to go on",
       {{"POST /a HTTP/1.0\r\n" + kExpects + "Content-Length: 2\r\n\r\n", {}}, {"ok", {{200, "POST /a ok"}}}},
       true},
      {"an upload is told to go on",
       {{put("/u", kExpects + "Content-Length: 2\r\n"), {{100, ""}}}, {"ok", {{200, "2 2"}}}}},
      {"an upload in chunks is told to go on",
       {{put("/u", kExpects + kChunked), {{100, ""}}}, {chunks("ok", 1), {{200, "2 2"}}}}},
      {"a refused upload is not told to go on",
       {{put("/refused", kExpects + "Content-Length: 2\r\n"), {{403, "refused"}}}},
       true},
      {"a body over the limit is not told to go on",
       {{post_head + kExpects + "Content-Length: 65537\r\n\r\n", {{413, "*"}}}},
       true},
      {"an upload, and the next request",
       {{put("/u", "Content-Length: 300000\r\n") + some + get("/next"),
         {{200, "300000 300000"}, {200, "GET /next "}}}}},
      {"an upload in chunks, and the next requests",
       {{put("/u", kChunked) + chunks(some, 4096) + get("/next") + post("/p", "b"),
         {{200, "300000 300000"}, {200, "GET /next "}, {200, "POST /p b"}}}}},
      {"an upload in one chunk, and another",
       {{put("/u", kChunked) + chunks(some, some.size()), {{200, "300000 300000"}}},
        {put("/u", kChunked) + chunks("", 1), {{200, "0 0"}}},
        {get("/next"), {{200, "GET /next "}}}}},
      {"chunks with a byte each", {{put("/u", kChunked) + chunks(some.substr(0, 5000), 1), {{200, "5000 5000"}}}}},
      {"an upload without a body", {{put("/u", "") + get("/next"), {{200, "0 0"}, {200, "GET /next "}}}}},
      {"an upload with broken chunks", {{put("/u", kChunked) + "5\r\nhelloX", {{400, "*"}}}}, true},
      {"chunks that turn out to be too many leave nothing",
       {{put("/u", kChunked) + chunks(large.substr(0, 3'000'000), 50'000), {{413, "0 0"}}}},
       true},
      {"an upload that says to be too large",
       {{put("/u", "Content-Length: 4000000\r\n") + large, {{413, "0 0"}}}},
       true},
      {"a refused upload whose client sends all of it first",
       {{put("/refused", "Content-Length: 4000000\r\n") + large, {{403, "refused"}}}},
       true},
      {"the same in chunks", {{put("/refused", kChunked) + chunks(large, 100'000), {{403, "refused"}}}}, true},
      {"a body over the limit whose client sends all of it first", {{post("/a", large), {{413, "*"}}}}, true},
      {"the same in chunks", {{post_head + kChunked + "\r\n" + chunks(large, 100'000), {{413, "*"}}}}, true},
      {"a head over the limit", {{get("/", "X: " + std::string(200'000, 'a') + "\r\n"), {{431, "*"}}}}, true},
      {"no HTTP", {{"hello?\r\n\r\n", {{400, "*"}}}}, true},
      {"a file, twice", {{get("/file") + get("/file"), {{200, "hello"}, {200, "hello"}}}}},
      {"the last request", {{get("/", "Connection: close\r\n"), {{200, "GET / "}}}}, true},
      {"events", {{get("/events"), {{200, ""}}}}, true},
  };
}

Settings settings_for(const Certificate& certificate, Over over) {
  Settings settings = over == Over::kTls ? certificate.settings() : Settings();
  settings.deadlines.linger = std::chrono::seconds(20);
  settings.listen.port = 0;
  return settings;
}

void hold(std::uint16_t port, Over over, const Row& row) {
  CAPTURE(row.name, over == Over::kTls);
  RawClient client(port, over);
  for (const Step& step : row.steps) {
    CHECK(client.send(step.send));
    if (step.answers.empty()) CHECK_FALSE(client.has_answer(std::chrono::milliseconds(50)));
    for (const auto& [status, body] : step.answers) {
      const auto response = client.read();
      CHECK(response.status == status);
      if (body != "*") CHECK(response.body == body);
    }
  }
  if (row.ends) CHECK(client.is_ended_by_server());
}

}  // namespace

TEST_CASE("plain TCP and TLS do the same") {
  const Certificate certificate;
  const std::vector<Row> table = rows();
  for (const Over over : {Over::kPlain, Over::kTls}) {
    Uploads uploads;
    Server server(settings_for(certificate, over), uploads);
    REQUIRE(server.start() == "");
    for (const Row& row : table) hold(server.port(), over, row);
  }
}

TEST_CASE("plain TCP and TLS wait for what does not come, and then say so") {
  const Certificate certificate;
  const std::string head = "POST /a HTTP/1.1\r\nHost: hub\r\nContent-Length: 9\r\n\r\n";
  const Row late[] = {{"a body that does not come", {{head + "abc", {{408, "*"}}}}, true},
                      {"a head that does not come", {{"GET / HTT", {{408, "*"}}}}, true}};
  for (const Over over : {Over::kPlain, Over::kTls}) {
    auto settings = settings_for(certificate, over);
    settings.deadlines.head = std::chrono::seconds(2);  // for the handshake too
    settings.deadlines.body = std::chrono::milliseconds(200);
    Uploads uploads;
    Server server(settings, uploads);
    REQUIRE(server.start() == "");
    for (const Row& row : late) hold(server.port(), over, row);
  }
}

TEST_CASE("a client that says goodbye behind its request gets its answer, over TLS too") {
  const Certificate certificate;
  for (const Over over : {Over::kPlain, Over::kTls}) {
    CAPTURE(over == Over::kTls);
    Uploads uploads;
    Server server(settings_for(certificate, over), uploads);
    REQUIRE(server.start() == "");
    RawClient client(server.port(), over);
    client.send(get("/last"));
    client.finish_sending();
    CHECK(client.read().body == "GET /last ");
    CHECK(client.is_closed_by_server());
  }
}

TEST_CASE("what a client goes on sending after a refusal is borne for a while only") {
  const Certificate certificate;
  for (const Over over : {Over::kPlain, Over::kTls}) {
    CAPTURE(over == Over::kTls);
    auto settings = settings_for(certificate, over);
    settings.deadlines.whole_linger = std::chrono::milliseconds(300);
    Uploads uploads;
    Server server(settings, uploads);
    REQUIRE(server.start() == "");
    RawClient client(server.port(), over);
    client.send(put("/refused", "Content-Length: 100000000000\r\n"));
    CHECK(client.read().status == 403);
    const std::string more(100'000, 'x');
    CHECK(eventually([&] {
      client.send(more);
      return server.counters().connections.load() == 0;
    }));
  }
}

}  // namespace gatetorio::transport_http::test
