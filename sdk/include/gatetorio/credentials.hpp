// What is told, and can be asked, of credentials. See devices.hpp for access.changed, which tells of rights.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatetorio {

// A principal got new credentials in place of lost ones: sessions that began with the old ones end. Key: "<kind>:<id>".
struct CredentialsReplaced {
  static constexpr std::string_view kTopic = "credentials.replaced";
  std::string kind;
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(CredentialsReplaced, (), (kind, id))

// A password of a principal has come to its end by the clock, which is found out from storage, whoever let in whom with
// it and when: sessions that may have begun with it end. It may have others that go on. Key: "<kind>:<id>".
struct CredentialsEnded {
  static constexpr std::string_view kTopic = "credentials.ended";
  std::string kind;
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(CredentialsEnded, (), (kind, id))

struct PasswordsQuery {
  std::vector<std::int64_t> ids;  // of principals; at most 500
};
BOOST_DESCRIBE_STRUCT(PasswordsQuery, (), (ids))

struct KnownPassword {
  std::int64_t id = 0;  // whose it is; several may have the same
  std::string mark;     // fingerprint() of its SHA-256
  // As Device::credentials: where this changes all of the principal's sessions end, not only at their next connection.
  std::string credentials = {};
};
BOOST_DESCRIBE_STRUCT(KnownPassword, (), (id, mark, credentials))

struct KnownPasswords {
  std::vector<KnownPassword> passwords;
};
BOOST_DESCRIBE_STRUCT(KnownPasswords, (), (passwords))

// Beside Authenticator::Authenticate, of "password:<kind>-": the passwords that these principals have now. For whoever
// remembers for a while that one was right: another hub may have replaced it.
struct FindPasswords {
  static constexpr std::uint32_t kMethod = 2;
  using Request = PasswordsQuery;
  using Reply = KnownPasswords;
};

}  // namespace gatetorio
