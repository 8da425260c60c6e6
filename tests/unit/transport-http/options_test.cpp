#include "options.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <gatetorio/plugin.hpp>

namespace gatetorio::transport_http {
namespace {

// The option that settings_from complains about, or an empty string.
std::string blamed(const Options& options) {
  try {
    settings_from(options);
    return "";
  } catch (const OptionError& error) {
    return error.option;
  }
}

}  // namespace

TEST_CASE("the defaults are safe: loopback, limits on") {
  const auto settings = settings_from({});
  CHECK(settings.listen.is_loopback());
  CHECK(settings.rate_limits.enabled);
  CHECK(settings.max_head_bytes == 8 * 1024);
  CHECK(settings.max_body_bytes == 64 * 1024);
  CHECK(settings.io_threads >= 1);
  CHECK_FALSE(settings.tls());
}

TEST_CASE("plain HTTP beyond this machine has to be asked for") {
  Options options;
  for (const auto* listen : {"0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080"}) {
    CAPTURE(listen);
    options = Options();
    options.listen = listen;
    CHECK(blamed(options) == "listen");
    options.behind_proxy = true;
    CHECK(blamed(options) == "");
    options.behind_proxy = false;
    options.allow_plain_http = true;
    CHECK(blamed(options) == "");
    options.allow_plain_http = false;
    options.tls_certificate = options.tls_key = "file.pem";
    CHECK(blamed(options) == "");
  }
}

TEST_CASE("options that cannot be are blamed by name") {
  Options options;
  options.listen = "8080";
  CHECK(blamed(options) == "listen");
  options = Options();
  options.tls_certificate = "cert.pem";
  CHECK(blamed(options) == "tls_key");
  options = Options();
  options.tls_key = "key.pem";
  CHECK(blamed(options) == "tls_certificate");
  options = Options();
  options.trusted_proxies = {"10.0.0.0/8", "proxy"};
  CHECK(blamed(options) == "trusted_proxies");
  options = Options();
  options.rate_limit_exempt = {"::1", "broker"};
  CHECK(blamed(options) == "rate_limit_exempt");
  for (const auto* origin : {"*", "null", "https://app.example.org/", "app.example.org"}) {
    CAPTURE(origin);
    options = Options();
    options.allowed_origins = {"https://app.example.org", origin};
    CHECK(blamed(options) == "allowed_origins");
  }
}

TEST_CASE("where proxies name the client can be chosen") {
  Options options;
  CHECK(settings_from(options).client_header == ClientHeader::kEither);
  options.client_header = "forwarded";
  CHECK(settings_from(options).client_header == ClientHeader::kForwarded);
  options.client_header = "x-forwarded-for";
  CHECK(settings_from(options).client_header == ClientHeader::kXForwardedFor);
}

TEST_CASE("the table of options has the defaults of the code") {
  const auto table = boost::json::parse(option_table().schema()).as_array();
  boost::json::object values;
  for (const auto& option : table) {
    CHECK_FALSE(option.at("help").as_string().empty());
    values[option.at("name").as_string()] = option.at("default");
  }
  CHECK(values.size() == 37);
  const auto loaded = option_table().load(values);
  CHECK(loaded.listen == "127.0.0.1:8080");
  CHECK(loaded.max_connections == 10'000);
}

}  // namespace gatetorio::transport_http
