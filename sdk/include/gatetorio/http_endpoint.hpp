// gatetorio.http/1: where callers find the hub's HTTP interface, for features that hand out URLs.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatetorio {

struct HttpEndpointQuery {};
BOOST_DESCRIBE_STRUCT(HttpEndpointQuery, (), ())

struct HttpAddress {
  std::string base_url;  // "https://hub.example.org/api/v1": paths of operations follow
};
BOOST_DESCRIBE_STRUCT(HttpAddress, (), (base_url))

struct HttpEndpoint {
  static constexpr std::string_view kId = "gatetorio.http/1";
  struct Endpoint {
    static constexpr std::uint32_t kMethod = 1;
    using Request = HttpEndpointQuery;
    using Reply = HttpAddress;
  };
};

}  // namespace gatetorio
