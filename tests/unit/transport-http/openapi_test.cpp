#include "openapi.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

namespace gatetorio::transport_http {
namespace {

boost::json::object document(std::string_view operations) {
  return boost::json::parse(make_openapi(boost::json::parse(operations).as_array(), "/api/v1", "1.2.3")).as_object();
}

constexpr std::string_view kOperations = R"([
  {"number":0,"plugin":"registration","id":"registration.rename","method":"PATCH","path":"/devices/{controller_id}",
   "summary":"Renames a device.","callers":[{"kind":"device","need":"self"}],"credential_field":"",
   "input":{"type":"object","properties":{"controller_id":{"type":"string","maxLength":64},
            "device_name":{"type":"string"}},"required":["controller_id"]},
   "output":{"type":"object"},"success":[200],"errors":[404,409],"stream":false},
  {"number":1,"plugin":"files","id":"files.list","method":"GET","path":"/files/{controller_id}","summary":"",
   "callers":[{"kind":"anyone","need":""}],
   "input":{"type":"object","properties":{"controller_id":{"type":"string"},"kind":{"type":"string"}},
            "required":["controller_id","kind"]},"success":[200],"errors":[],"stream":true},
  {"number":2,"plugin":"x","id":"x.internal","method":"","path":""}
])";

}  // namespace

TEST_CASE("the document has each operation at its path") {
  const auto api = document(kOperations);
  CHECK(api.at("openapi") == "3.1.0");
  CHECK(api.at("info").at("version") == "1.2.3");
  CHECK(api.at("servers").at(0).at("url") == "/api/v1");
  CHECK(api.at("paths").as_object().size() == 2);
  const auto& rename = api.at("paths").at("/devices/{controller_id}").at("patch");
  CHECK(rename.at("operationId") == "registration.rename");
  CHECK(rename.at("parameters").as_array().size() == 1);
  CHECK(rename.at("parameters").at(0).at("schema").at("maxLength") == 64);
  const auto& body = rename.at("requestBody");
  CHECK(body.at("required") == false);
  const auto& schema = body.at("content").at("application/json").at("schema").as_object();
  CHECK(schema.at("properties").as_object().size() == 1);
  CHECK_FALSE(schema.contains("required"));
  CHECK(rename.at("security").as_array().size() == 1);
  for (const auto* status : {"200", "400", "401", "403", "404", "409", "422", "429", "503"}) {
    CAPTURE(status);
    CHECK(rename.at("responses").as_object().contains(status));
  }
}

TEST_CASE("input of methods without a body is in the query, and streams say so") {
  const auto list = document(kOperations).at("paths").at("/files/{controller_id}").at("get").as_object();
  CHECK(list.at("parameters").at(1).at("in") == "query");
  CHECK(list.at("parameters").at(1).at("required") == true);
  CHECK_FALSE(list.contains("requestBody"));
  CHECK(list.at("responses").at("200").at("content").as_object().contains("text/event-stream"));
  CHECK(list.at("security").as_array().size() == 2);
}

TEST_CASE("every reference in the document leads somewhere") {
  const auto api = document(kOperations);
  const boost::json::value root(api);
  const auto text = boost::json::serialize(api);
  std::size_t found = 0;
  for (auto at = text.find("\"#/"); at != std::string::npos; at = text.find("\"#/", at + 1)) {
    const auto pointer = text.substr(at + 2, text.find('"', at + 1) - at - 2);
    CAPTURE(pointer);
    boost::system::error_code error;
    CHECK(root.find_pointer(pointer, error) != nullptr);
    ++found;
  }
  CHECK(found > 10);
}

}  // namespace gatetorio::transport_http
