// The steps of an upload, as a well-behaved client takes them.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "support/files.hpp"

namespace gatetorio::testing {

struct Announced {
  std::string url;
  std::int64_t id = 0;
};

inline Announced announce(const HubProcess& hub, const TestDevice& device, std::size_t size) {
  const auto made = HttpClient(hub.http(), device.token)
                        .post("/files/" + device.controller_id, {{"name", "a"}, {"kind", "log"}, {"size", size}});
  if (made.status != 201) throw std::runtime_error("no upload: " + made.body);
  return {made.text("upload_url"), made.number("file_id")};
}

inline HttpResponse show(const HubProcess& hub, const TestDevice& device, std::int64_t id) {
  return HttpClient(hub.http(), device.token).get("/files/" + device.controller_id + "/" + std::to_string(id));
}

inline std::size_t offset_of(const HubProcess& hub, const std::string& url) {
  const auto head = HttpClient(hub.http()).request(tus("HEAD", url));
  if (head.status != 200) throw std::runtime_error("no offset: " + std::to_string(head.status));
  return std::stoul(head.header("upload-offset"));
}

// What remains, by a well-behaved client.
inline void finish(const HubProcess& hub, const std::string& url, const std::string& bytes) {
  const bool is_whole = eventually([&] {
    const std::size_t offset = offset_of(hub, url);
    if (offset == bytes.size()) return true;
    return HttpClient(hub.http()).request(tus_patch(url, offset, bytes.substr(offset))).status == 204;
  });
  if (!is_whole) throw std::runtime_error("the upload does not come to its end");
}

inline void check_content(const HubProcess& hub, const TestDevice& device, std::int64_t id, const std::string& bytes) {
  const auto shown = show(hub, device, id);
  REQUIRE(shown.text("state") == "complete");
  CHECK(HttpClient(hub.http()).request({.method = "GET", .path = path_of(shown.text("download_url"))}).body == bytes);
}

inline std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace gatetorio::testing
