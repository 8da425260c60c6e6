// Who calls, and what they may do: the two services that the hub asks before an operation runs.
//
// gatetorio.authenticator/1   One plugin for each kind of credential, under the selector "scheme:prefix": the hub asks
//                             the provider whose selector is the longest prefix of "scheme:name" (scheme "password") or
//                             "scheme:secret" (the others). "bearer:" is asked for what nobody else claims.
// gatetorio.access/1          Decides whether a principal may do something to a resource.
#pragma once

#include <algorithm>
#include <boost/describe.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatetorio {

// An identity is a number, and a text becomes one here and nowhere else: decimal digits without sign or leading zero, 1
// to 2^53 - 1 (what JSON carries exactly). Any other spelling names nobody.
inline std::optional<std::int64_t> parse_id(std::string_view text) {
  constexpr std::int64_t kLargest = (std::int64_t{1} << 53) - 1;
  std::int64_t id = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool is_whole = wrong == std::errc() && end == text.data() + text.size();
  if (!is_whole || text.front() == '0' || id < 1 || id > kLargest) return std::nullopt;
  return id;
}

// A principal by kind and number alone. `kind`: lower-case letters.
struct PrincipalId {
  std::string kind;
  std::int64_t id = 0;
  friend auto operator<=>(const PrincipalId&, const PrincipalId&) = default;
};

// "device-17": the user name at brokers, and the holder in signed URLs.
inline std::string name_of(const PrincipalId& principal) { return principal.kind + "-" + std::to_string(principal.id); }
// "device:17": the key of events, and the principal in the audit log.
inline std::string key_of(const PrincipalId& principal) { return principal.kind + ":" + std::to_string(principal.id); }
// Reads what name_of writes; nothing for every other spelling.
inline std::optional<PrincipalId> parse_principal_name(std::string_view name) {
  const auto dash = name.find('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const std::string_view kind = name.substr(0, dash);
  const auto id = parse_id(name.substr(dash + 1));
  if (!id || kind.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != std::string_view::npos) return std::nullopt;
  return PrincipalId{std::string(kind), *id};
}

// How a caller proves who it is. Never log one.
struct Credential {
  std::string scheme;  // "bearer", "password", "cookie" (the call may change something), "cookie-read"
  std::string name;    // user name, for "password"; the CSRF token, for "cookie"
  std::string secret;
};
BOOST_DESCRIBE_STRUCT(Credential, (), (scheme, name, secret))

// Who a caller is. `kind` and `id` together name one principal for ever.
struct Principal {
  std::string kind;  // "device", "user", "admin", or a kind that a plugin brings
  std::int64_t id = 0;
  std::string name;  // for people; may be empty
  std::string role;  // of admins; else empty
  // SHA-256 of the secret in the bearer credential of a user or device, else empty: a write can ask whether it still
  // holds. A user whom the hub has never seen has id 0 and no access, but can be given some; this stays when it gets an
  // id.
  std::string subject;
  std::int64_t valid_until_us = 0;  // UTC; when the credential that was shown ends. 0: never
  PrincipalId who() const { return {kind, id}; }
  friend bool operator==(const Principal&, const Principal&) = default;
};
BOOST_DESCRIBE_STRUCT(Principal, (), (kind, id, name, role, subject, valid_until_us))

struct Authenticator {
  static constexpr std::string_view kId = "gatetorio.authenticator/1";
  // Errors: kUnauthenticated, in the same words and time for unknown and wrong; kUnavailable.
  struct Authenticate {
    static constexpr std::uint32_t kMethod = 1;
    using Request = Credential;
    using Reply = Principal;
  };
};

// gatetorio.principals/1, under the kind of principal as its selector: whether one that was authenticated a while ago
// still is what it was.
struct Principals {
  static constexpr std::string_view kId = "gatetorio.principals/1";
  // The principal with its present role. Errors: kNotFound: it is gone, or its session or token is; kUnavailable.
  struct Current {
    static constexpr std::uint32_t kMethod = 1;
    using Request = Principal;
    using Reply = Principal;
  };
};

struct AccessQuery {
  Principal principal;
  std::string resource;          // the name by which the caller knows it; only read where resource_id is 0
  std::string need;              // what the operation's declaration asks of this kind of principal
  std::int64_t resource_id = 0;  // the resource itself. Names change hands: whoever knows the id asks by it
};
BOOST_DESCRIBE_STRUCT(AccessQuery, (), (principal, resource, need, resource_id))

// Kinds of files, as the plugin of files names them ("config", "log"); null: all.
using FileKinds = std::optional<std::vector<std::string>>;
inline bool includes(const FileKinds& kinds, std::string_view kind) {
  return !kinds || std::find(kinds->begin(), kinds->end(), kind) != kinds->end();
}

// What a principal has on a resource.
struct Access {
  std::int64_t resource_id = 0;
  std::string resource;            // its present name
  std::string level;               // "owner", "engineer", "readonly"; "self" for the resource itself; a role for admins
  std::int64_t expires_at_us = 0;  // how long this holds: to an end, or to the end of a window; 0: for ever
  std::string name = {};           // by which the resource's owners know the principal; may be empty
  bool counts_uses = false;        // each act takes a use first (grants.hpp)
  std::string source = {};         // of the grant that it is by (grants.hpp); empty: it is by none
  FileKinds file_kinds = {};       // of the files that the level opens, only these
};
BOOST_DESCRIBE_STRUCT(Access, (), (resource_id, resource, level, expires_at_us, name, counts_uses, source, file_kinds))

struct Decision {
  bool is_allowed = false;
  Access access;  // an empty level: the principal has nothing to do with this resource
};
BOOST_DESCRIBE_STRUCT(Decision, (), (is_allowed, access))

struct Grants {
  std::vector<Access> grants;
};
BOOST_DESCRIBE_STRUCT(Grants, (), (grants))

struct AccessControl {
  static constexpr std::string_view kId = "gatetorio.access/1";
  // Errors: kNotFound for an unknown resource, kUnavailable. Expiry is judged at the time of the call.
  struct Check {
    static constexpr std::uint32_t kMethod = 1;
    using Request = AccessQuery;
    using Reply = Decision;
  };
  // Everything that a principal has access to now. A principal that no longer exists has nothing: kNotFound.
  struct List {
    static constexpr std::uint32_t kMethod = 2;
    using Request = Principal;
    using Reply = Grants;
  };
};

}  // namespace gatetorio
