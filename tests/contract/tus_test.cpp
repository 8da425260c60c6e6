// tus 1.0.0 from its first MUST to its last, each in a row, and its clients in the form in which they ask.
#include <functional>

#include "files_steps.hpp"

namespace gatetorio::testing {
namespace {

const std::string kData = "hello, world";
// printf 'hello, world' | openssl dgst -binary -sha1 | base64
const std::string kSha1 = "Upload-Checksum: sha1 t+I+wpryKwtOQdox6GjVciYSHIQ=";

// An upload of kData of which `there` bytes are there already.
struct Upload {
  TestDevice device = new_device();
  TestUser owner = new_user(device, "owner");
  HttpResponse made = announce(owner.token, device, kData);
  std::string url = made.text("upload_url");

  explicit Upload(std::size_t there = 0) {
    if (there > 0) REQUIRE(client().request(tus_patch(url, 0, kData.substr(0, there))).status == 204);
  }
  HttpResponse head() const { return client().request(tus("HEAD", url)); }
  std::string offset() const { return head().header("upload-offset"); }
  bool is_complete() const {
    const auto shown = show(owner.token, device, made.number("file_id"));
    return shown.text("state") == "complete" && testing::fetch(shown.text("download_url")).body == kData;
  }
};

struct Must {
  const char* says;  // the protocol, in short
  std::function<void()> holds;
};

HttpResponse options_of(const Upload& upload, std::vector<std::string> headers = {}) {
  return client().request({.method = "OPTIONS", .path = path_of(upload.url), .headers = std::move(headers)});
}

// ---- core protocol -------------------------------------------------------------------------------------------------

void every_answer_names_the_version() {
  const Upload upload;
  CHECK(upload.head().header("tus-resumable") == "1.0.0");
  CHECK(client().request(tus_patch(upload.url, 3, "x")).header("tus-resumable") == "1.0.0");
  CHECK(client().request(tus_patch(upload.url, 0, "x")).header("tus-resumable") == "1.0.0");
  CHECK(client().request(tus("DELETE", upload.url)).header("tus-resumable") == "1.0.0");
  CHECK(upload.head().header("tus-resumable") == "1.0.0");
}

void other_versions_are_refused_and_not_processed() {
  const Upload upload;
  for (const char* version : {"Tus-Resumable: 0.2.2", "Tus-Resumable: 2.0.0", "X-No: version"}) {
    CAPTURE(version);
    for (const char* method : {"HEAD", "PATCH", "DELETE"}) {
      auto request = tus_patch(upload.url, 0, kData);
      request.method = method;
      request.headers[0] = version;
      if (request.method != "PATCH") request.body.reset();
      const auto refused = client().request(request);
      CHECK(refused.status == 412);
      CHECK(refused.header("tus-version") == "1.0.0");
    }
  }
  CHECK(upload.offset() == "0");
}

void override_is_the_method() {
  const Upload upload;
  auto request = tus_patch(upload.url, 0, kData.substr(0, 5), {"X-HTTP-Method-Override: PATCH"});
  for (const char* actual : {"POST", "PUT", "GET"}) {
    CAPTURE(actual);
    request.method = actual;
    CHECK(client().request(request).status == (std::string(actual) == "POST" ? 204 : 409));
  }
  CHECK(upload.offset() == "5");
  auto ending = tus("POST", upload.url, {"x-http-method-override: DELETE"});
  CHECK(client().request(ending).status == 204);
  CHECK(upload.head().status == 404);
}

void head_tells_offset_and_length() {
  const Upload fresh, begun(5), whole(kData.size());
  for (const auto& [upload, offset] : {std::pair(&fresh, "0"), std::pair(&begun, "5"), std::pair(&whole, "12")}) {
    const auto head = upload->head();
    CHECK(head.status == 200);
    CHECK(head.header("upload-offset") == offset);
    CHECK(head.header("upload-length") == "12");
    CHECK(head.header("cache-control") == "no-store");
  }
}

void head_of_nothing_has_no_offset() {
  const Upload upload;
  client().request(tus("DELETE", upload.url));
  const auto head = upload.head();
  CHECK(head.status == 404);
  CHECK(head.header("upload-offset").empty());
}

void patch_needs_its_media_type() {
  const Upload upload;
  for (const char* type : {"application/octet-stream", "application/json", ""}) {
    CAPTURE(type);
    auto request = tus_patch(upload.url, 0, kData);
    request.content_type = type;
    CHECK(client().request(request).status == 415);
  }
  CHECK(upload.offset() == "0");
  auto request = tus_patch(upload.url, 0, kData);
  request.content_type = "Application/Offset+Octet-Stream";
  CHECK(client().request(request).status == 204);
}

void patch_at_another_offset_is_a_conflict() {
  const Upload upload(5);
  for (const std::size_t offset : {0, 4, 6, 12})
    CHECK(client().request(tus_patch(upload.url, offset, "x")).status == 409);
  for (const char* wrong : {"-1", "5x", "", "five"}) {
    CAPTURE(wrong);
    auto request = tus_patch(upload.url, 5, "x");
    request.headers.back() = std::string("Upload-Offset: ") + wrong;
    CHECK(client().request(request).status == 400);
  }
  CHECK(client().request(tus_patch(upload.url, 5, "x", {"Upload-Offset: 6"})).status == 400);
  CHECK(upload.offset() == "5");
}

void patch_tells_the_new_offset() {
  const Upload upload;
  const auto first = client().request(tus_patch(upload.url, 0, kData.substr(0, 5)));
  CHECK(first.status == 204);
  CHECK(first.header("upload-offset") == "5");
  CHECK(client().request(tus_patch(upload.url, 5, "")).header("upload-offset") == "5");
  const auto last = client().request(tus_patch(upload.url, 5, kData.substr(5)));
  CHECK(last.status == 204);
  CHECK(last.header("upload-offset") == "12");
  CHECK(upload.is_complete());
  // A client that finds the end of its data only now ends with a piece without bytes.
  CHECK(client().request(tus_patch(upload.url, 12, "")).header("upload-offset") == "12");
  CHECK(client().request(tus_patch(upload.url, 12, "x")).status == 409);
}

void patch_of_nothing_is_not_found() {
  const Upload upload;
  client().request(tus("DELETE", upload.url));
  CHECK(client().request(tus_patch(upload.url, 0, kData)).status == 404);
}

void what_came_before_a_break_is_kept() {
  const Upload upload;
  {
    Socket socket(port_of(shared_hub().http()));
    socket.send("PATCH /api/v1" + path_of(upload.url) +
                " HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: "
                "application/offset+octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, ");
    REQUIRE(eventually([&] { return upload.offset() == "7"; }));
  }
  CHECK(eventually([&] { return client().request(tus_patch(upload.url, 7, kData.substr(7))).status == 204; }));
  CHECK(upload.is_complete());
}

void options_tell_the_server_and_ignore_the_version() {
  const Upload upload;
  for (const auto& headers : {std::vector<std::string>(), {"Tus-Resumable: 9.9.9"}}) {
    const auto answer = options_of(upload, headers);
    CHECK(answer.status == 204);
    CHECK(answer.header("tus-version") == "1.0.0");
    CHECK(answer.header("tus-extension") == "expiration,checksum,termination");
    CHECK(std::stoll(answer.header("tus-max-size")) > 0);
  }
}

// ---- extensions ----------------------------------------------------------------------------------------------------

void every_patch_tells_the_end_of_its_time() {
  const Upload upload;
  const auto patched = client().request(tus_patch(upload.url, 0, "h"));
  CHECK(patched.header("upload-expires").ends_with(" GMT"));
  CHECK(upload.head().header("upload-expires") == patched.header("upload-expires"));
}

void sha1_is_known() {
  const Upload upload;
  CHECK(options_of(upload).header("tus-checksum-algorithm") == "sha1,sha256");
  CHECK(client().request(tus_patch(upload.url, 0, kData, {kSha1})).status == 204);
  CHECK(upload.is_complete());
}

void a_wrong_checksum_discards_the_piece() {
  const Upload upload(2);
  CHECK(client().request(tus_patch(upload.url, 2, kData.substr(2), {kSha1})).status == 460);
  CHECK(upload.offset() == "2");
  for (const char* wrong : {"md5 rL0Y20zC+Fzt72VPzMSk2A==", "sha1", "sha1 !", "sha1 AAAA"}) {
    CAPTURE(wrong);
    CHECK(client().request(tus_patch(upload.url, 2, "x", {std::string("Upload-Checksum: ") + wrong})).status == 400);
  }
  CHECK(upload.offset() == "2");
}

void termination_frees_the_upload() {
  const Upload upload(5);
  CHECK(client().request(tus("DELETE", upload.url)).status == 204);
  CHECK(upload.head().status == 404);
  CHECK(client().request(tus_patch(upload.url, 5, "x")).status == 404);
  CHECK(client().request(tus("DELETE", upload.url)).status == 404);
}

// ---- the forms of real clients -------------------------------------------------------------------------------------

std::string in_chunks(const std::string& bytes, std::size_t size) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    const auto piece = bytes.substr(at, size);
    char digits[20];
    std::snprintf(digits, sizeof digits, "%zx\r\n", piece.size());
    text.append(digits).append(piece).append("\r\n");
  }
  return text + "0\r\n\r\n";
}

// The head of a request as java.net.HttpURLConnection writes it for tus-java-client and tus-android-client.
std::string java_head(const Upload& upload, const std::string& method, std::size_t offset) {
  std::string head = method + " /api/v1" + path_of(upload.url) +
                     " HTTP/1.1\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: " + std::to_string(offset) +
                     "\r\nContent-Type: application/offset+octet-stream\r\nExpect: 100-continue\r\n";
  if (method == "POST") head += "X-HTTP-Method-Override: PATCH\r\n";
  return head +
         "User-Agent: Java/17.0.9\r\nHost: 127.0.0.1\r\nAccept: text/html, image/gif, image/jpeg, *; q=.2, */*; "
         "q=.2\r\n"
         "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n";
}

// What the server says next, up to the end of a head.
std::string next_head(Socket& socket) {
  std::string text;
  while (text.find("\r\n\r\n") == std::string::npos) {
    const auto more = socket.read_some();
    if (!more || more->empty()) return text;
    text += *more;
  }
  return text;
}

}  // namespace

TEST_CASE("tus 1.0.0 is kept from its first MUST to its last") {
  const Must musts[] = {
      {"Tus-Resumable is in every answer", every_answer_names_the_version},
      {"another version is 412 with Tus-Version, and not processed", other_versions_are_refused_and_not_processed},
      {"X-HTTP-Method-Override is the method, the actual one is ignored", override_is_the_method},
      {"HEAD tells Upload-Offset and Upload-Length, and is not cached", head_tells_offset_and_length},
      {"HEAD of what is not there is 404, 410 or 403 without Upload-Offset", head_of_nothing_has_no_offset},
      {"PATCH has its media type, else 415", patch_needs_its_media_type},
      {"PATCH at another offset is 409 and changes nothing", patch_at_another_offset_is_a_conflict},
      {"PATCH answers 204 with the new Upload-Offset", patch_tells_the_new_offset},
      {"PATCH of what is not there is 404", patch_of_nothing_is_not_found},
      {"as much as possible of a broken request is kept", what_came_before_a_break_is_kept},
      {"OPTIONS tells Tus-Version, and Tus-Resumable is ignored", options_tell_the_server_and_ignore_the_version},
      {"expiration: PATCH tells Upload-Expires", every_patch_tells_the_end_of_its_time},
      {"checksum: sha1 at least, named by OPTIONS", sha1_is_known},
      {"checksum: 460 and 400 discard the piece", a_wrong_checksum_discards_the_piece},
      {"termination: DELETE is 204, and 404 or 410 after that", termination_frees_the_upload},
  };
  for (const Must& must : musts) {
    CAPTURE(must.says);
    must.holds();
  }
}

TEST_CASE("tus-java-client and tus-android-client get through, with PATCH and with POST") {
  for (const std::string method : {"PATCH", "POST"}) {
    CAPTURE(method);
    const Upload upload;
    Socket socket(port_of(shared_hub().http()));
    std::size_t offset = 0;
    // The last has no bytes: the client has not seen the end of its data before.
    for (const std::string& piece : {kData.substr(0, 5), kData.substr(5), std::string()}) {
      CAPTURE(offset);
      socket.send(java_head(upload, method, offset));
      CHECK(next_head(socket).starts_with("HTTP/1.1 100 Continue\r\n"));
      socket.send(in_chunks(piece, 4));
      offset += piece.size();
      const std::string answer = next_head(socket);
      CHECK(answer.starts_with("HTTP/1.1 204 "));
      CHECK(answer.find("Upload-Offset: " + std::to_string(offset) + "\r\n") != std::string::npos);
    }
    CHECK(upload.is_complete());
  }
}

TEST_CASE("tuspy gets through, with checksums and small pieces") {
  const Upload upload;
  const std::string pieces[] = {"hello, ", "world"};
  const std::string sums[] = {"sha1 UrAqqRrFeNxB6nAzXbNQfLW3mdU=", "sha1 fCEUM/AgcVl3Qeb/Wo6jR4mrv0M="};
  std::size_t offset = 0;
  for (int i = 0; i < 2; ++i) {
    HttpRequest head{.method = "HEAD", .path = path_of(upload.url)};
    head.headers = {"User-Agent: python-requests/2.31.0", "Accept-Encoding: gzip, deflate", "Accept: */*",
                    "Connection: keep-alive", "Tus-Resumable: 1.0.0"};
    CHECK(client().request(head).header("upload-offset") == std::to_string(offset));
    HttpRequest patch = head;
    patch.method = "PATCH";
    patch.content_type = "application/offset+octet-stream";
    patch.headers.insert(patch.headers.end(),
                         {"upload-offset: " + std::to_string(offset), "upload-checksum: " + sums[i]});
    patch.body = pieces[i];
    const auto answer = client().request(patch);
    CHECK(answer.status == 204);
    offset += pieces[i].size();
    CHECK(answer.header("upload-offset") == std::to_string(offset));
  }
  CHECK(upload.is_complete());
}

TEST_CASE("bytes over the size leave nothing, in chunks too") {
  const Upload upload;
  const std::string path = path_of(upload.url);
  for (const std::string method : {"PATCH", "PUT"}) {
    CAPTURE(method);
    Socket socket(port_of(shared_hub().http()));
    socket.send(method + " /api/v1" + path +
                " HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: "
                "application/offset+octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    REQUIRE(eventually([&] { return upload.offset() == "5"; }));
    socket.send(in_chunks(std::string(50'000, 'x'), 1000));
    CHECK(next_head(socket).starts_with("HTTP/1.1 413 "));
    CHECK(upload.offset() == "0");
  }
  CHECK(client().request(put(upload.url, kData)).status == 204);
}

}  // namespace gatetorio::testing
