#include "static_files.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "gatetorio/testing/temporary_folder.hpp"

namespace gatetorio::transport_http::test {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

struct Built {
  testing::TemporaryFolder folder;
  StaticFiles files;
  Built() {
    const fs::path pages = fs::path(folder.path()) / "pages" / "admin";
    write(pages / "index.html", "<p>index");
    write(pages / "favicon.svg", "<svg/>");
    write(pages / "assets" / "app-1a2b.js", "let a = 1;");
    write(pages / "assets" / "app-1a2b.js.br", "br");
    write(pages / "assets" / "app-1a2b.js.gz", "gzipped");
  }
  std::string search_path() const {
    return std::string(folder.path()) + "/nowhere:" + std::string(folder.path()) + "/pages";
  }
  std::string add(std::string path = "/admin", std::string folder_name = "admin") {
    return files.add({.path = std::move(path),
                      .folder = std::move(folder_name),
                      .content_policy = "default-src 'self'",
                      .is_home = true},
                     search_path());
  }
  // The type of what answers a path; empty: nothing does.
  std::string type(std::vector<std::string_view> segments) {
    const PageFile* file = files.find(segments);
    return file == nullptr ? "" : std::string(file->type);
  }
};

TEST_CASE("files are found below their path, and what is none is the page itself, but for assets") {
  Built built;
  REQUIRE(built.add().empty());
  CHECK(built.files.home() == "/admin");
  CHECK(built.type({"admin"}) == "text/html; charset=utf-8");
  CHECK(built.type({"admin", ""}) == "text/html; charset=utf-8");
  CHECK(built.type({"admin", "devices", "gate-7"}) == "text/html; charset=utf-8");
  CHECK(built.type({"admin", "favicon.svg"}) == "image/svg+xml");
  CHECK(built.type({"admin", "assets", "app-1a2b.js"}) == "text/javascript; charset=utf-8");
  CHECK(built.type({"admin", "assets", "app-gone.js"}).empty());
  CHECK(built.type({"administrator"}).empty());
  CHECK(built.type({}).empty());
  // A compressed copy is a form, not a file; and nothing outside the folder is one.
  CHECK(built.type({"admin", "assets", "app-1a2b.js.br"}).empty());
  CHECK(built.type({"admin", "..", "..", "secret"}) == "text/html; charset=utf-8");
}

TEST_CASE("pages must not be framed and name their policy; assets are kept for ever") {
  Built built;
  REQUIRE(built.add().empty());
  const std::string page = built.files.find({"admin"})->headers,
                    asset = built.files.find({"admin", "assets", "app-1a2b.js"})->headers;
  CHECK(page.find("Content-Security-Policy: default-src 'self'\r\n") != std::string::npos);
  CHECK(page.find("X-Frame-Options: DENY\r\n") != std::string::npos);
  CHECK(page.find("Cache-Control: no-cache\r\n") != std::string::npos);
  CHECK(asset.find("immutable") != std::string::npos);
  CHECK(asset.find("X-Content-Type-Options: nosniff\r\n") != std::string::npos);
}

TEST_CASE("a browser gets the smallest form that it takes, each with an entity tag of its own") {
  Built built;
  REQUIRE(built.add().empty());
  const PageFile& file = *built.files.find({"admin", "assets", "app-1a2b.js"});
  CHECK(file.form_for("gzip, deflate, br, zstd").coding == "br");
  CHECK(file.form_for("gzip, br;q=0").coding == "gzip");
  CHECK(file.form_for("BR").coding == "br");
  CHECK(file.form_for("*").coding == "br");
  CHECK(file.form_for("").coding.empty());
  CHECK(file.form_for("identity, *;q=0").coding.empty());
  CHECK(file.form_for("").length == 10);
  CHECK(file.form_for("br").etag != file.form_for("").etag);
}

TEST_CASE("pages that are not there, or whose place is taken, are refused with a reason") {
  Built built;
  CHECK(built.add("/admin", "other").find("no folder other") != std::string::npos);
  for (const std::string path : {"", "/", "admin", "/admin/"}) CHECK_FALSE(built.add(path).empty());
  REQUIRE(built.add().empty());
  CHECK(built.add().find("another plugin") != std::string::npos);
}

}  // namespace
}  // namespace gatetorio::transport_http::test
