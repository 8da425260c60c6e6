#include "problem.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

namespace gatetorio::transport_http {

TEST_CASE("a problem document tells what the error says") {
  const auto problem = problem_from(
      GTR_INVALID,
      R"({"detail":"Some \"fields\".","errors":[{"pointer":"/a","detail":"is required"}],"retry_after_s":0})");
  CHECK(problem.status == 422);
  CHECK(problem.headers == "");
  const auto body = boost::json::parse(problem.body).as_object();
  CHECK(body.at("type") == "about:blank");
  CHECK(body.at("title") == "Unprocessable Content");
  CHECK(body.at("status") == 422);
  CHECK(body.at("detail") == "Some \"fields\".");
  CHECK(body.at("errors").as_array().at(0).at("pointer") == "/a");
}

TEST_CASE("a detail is always there") {
  for (const auto* error : {"", "nonsense", "[]", "{}", R"({"detail":""})", R"({"detail":5,"errors":{}})"}) {
    CAPTURE(error);
    const auto body = boost::json::parse(problem_from(GTR_CONFLICT, error).body).as_object();
    CHECK_FALSE(body.at("detail").as_string().empty());
    CHECK_FALSE(body.contains("errors"));
  }
}

TEST_CASE("what went wrong inside is not told") {
  const auto problem = problem_from(GTR_INTERNAL, R"({"detail":"SELECT secret FROM /var/lib"})");
  CHECK(problem.status == 500);
  CHECK(problem.body.find("SELECT") == std::string::npos);
}

TEST_CASE("an error's further members stand beside those that every problem has") {
  const auto body =
      boost::json::parse(problem_from(GTR_CONFLICT,
                                      R"({"detail":"It moves.","extensions":{"sequence":7,"title":"no",)"
                                      R"("detail":"no","type":"no","status":1,"device_status":{"state":"OPENING"}}})")
                             .body)
          .as_object();
  CHECK(body.at("sequence") == 7);
  CHECK(body.at("title") == "Conflict");
  CHECK(body.at("detail") == "It moves.");
  CHECK(body.at("type") == "about:blank");
  CHECK(body.at("status") == 409);
  CHECK(body.at("device_status").at("state") == "OPENING");
}

TEST_CASE("problems carry the headers that go with their status") {
  CHECK(make_problem(401, {}).headers == "WWW-Authenticate: Bearer\r\n");
  CHECK(make_problem(429, {}, 7).headers == "Retry-After: 7\r\n");
  CHECK(make_problem(503, {}).headers == "Retry-After: 1\r\n");
  CHECK(problem_from(GTR_UNAVAILABLE, R"({"retry_after_s":2.5})").headers == "Retry-After: 3\r\n");
  CHECK(problem_from(GTR_RATE_LIMITED, R"({"retry_after_s":-4})").headers == "Retry-After: 1\r\n");
}

}  // namespace gatetorio::transport_http
