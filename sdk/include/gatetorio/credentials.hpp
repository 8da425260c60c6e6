// What is told of credentials. See devices.hpp for access.changed, which tells of rights.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatetorio {

// A principal got new credentials in place of lost ones: sessions that began with the old ones end. Key: "<kind>:<id>".
struct CredentialsReplaced {
  static constexpr std::string_view kTopic = "credentials.replaced";
  std::string kind;
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(CredentialsReplaced, (), (kind, id))

}  // namespace gatetorio
