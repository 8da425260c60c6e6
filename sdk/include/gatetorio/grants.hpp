// gatetorio.grants/1: giving and taking access to devices, for plugins with rules of their own about who gets it.
//
// A user may hold several grants on a device, each from another source ("pairing", "sharing:17"). What it may do is the
// best of those that are open; when one ends or is taken, the others hold. So nobody is lowered or cut short by being
// given something. A grant is open from its beginning to its end, in the windows of its schedule (schedule.hpp). One
// with a number of uses gives each motion of a gate one of them: whoever lets somebody act by a grant takes a use
// first, and gives it back where nothing came of it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/identity.hpp"

namespace gatetorio {

// What a user may be given on a device, as clients and services write it.
enum class AccessLevel { owner, engineer, readonly };
BOOST_DESCRIBE_ENUM(AccessLevel, owner, engineer, readonly)

// On whose behalf, for the audit log.
struct OnBehalf {
  Principal principal;
  std::string peer;
  std::string request_id;
};
BOOST_DESCRIBE_STRUCT(OnBehalf, (), (principal, peer, request_id))

struct GrantGiven {
  Principal to;  // a user; one that the hub has never seen (id 0) by its subject
  std::int64_t device_id = 0;
  std::string level;               // "owner", "engineer", "readonly"
  std::int64_t expires_at_us = 0;  // 0: never
  std::string source;              // "<plugin>:<its own id>"
  std::string name;                // what owners see; may be empty
  OnBehalf by;
  std::int64_t valid_from_us = 0;  // 0: from now on
  std::string schedule = {};       // a Schedule as JSON that has been checked; empty: at any time
  std::int64_t max_uses = 0;       // 0: any number
  FileKinds file_kinds = {};       // of the files that the level opens, only these
};
BOOST_DESCRIBE_STRUCT(GrantGiven, (),
                      (to, device_id, level, expires_at_us, source, name, by, valid_from_us, schedule, max_uses,
                       file_kinds))

// What the user has now, all its grants taken together; where none is open, what was given.
struct GrantHeld {
  std::int64_t user_id = 0;
  std::string level;
  std::int64_t expires_at_us = 0;  // 0: never
  std::int64_t opens_at_us = 0;    // 0: it is open
};
BOOST_DESCRIBE_STRUCT(GrantHeld, (), (user_id, level, expires_at_us, opens_at_us))

struct GrantTaken {
  std::int64_t device_id = 0;
  std::string source;
  OnBehalf by;
};
BOOST_DESCRIBE_STRUCT(GrantTaken, (), (device_id, source, by))

struct GrantNamed {
  std::int64_t device_id = 0;
  std::string source;
};
BOOST_DESCRIBE_STRUCT(GrantNamed, (), (device_id, source))

struct GrantUse {
  std::int64_t device_id = 0;
  std::int64_t user_id = 0;
  std::string source;  // given back: of which grant it was
};
BOOST_DESCRIBE_STRUCT(GrantUse, (), (device_id, user_id, source))

struct UsedGrant {
  std::string source;  // empty: the user's access counts no uses
};
BOOST_DESCRIBE_STRUCT(UsedGrant, (), (source))

struct ScheduleText {
  std::string json;  // of a Schedule
};
BOOST_DESCRIBE_STRUCT(ScheduleText, (), (json))

struct Checked {
  bool is_good = true;
};
BOOST_DESCRIBE_STRUCT(Checked, (), (is_good))

struct UserIds {
  std::vector<std::int64_t> ids;
};
BOOST_DESCRIBE_STRUCT(UserIds, (), (ids))

struct GrantStore {
  static constexpr std::string_view kId = "gatetorio.grants/1";
  // Once for each user, device and source: a repetition changes nothing. Errors: kInvalid for a principal that is no
  // user, kNotFound for a user that is not there; those of the storage.
  struct Give {
    static constexpr std::uint32_t kMethod = 1;
    using Request = GrantGiven;
    using Reply = GrantHeld;
  };
  // Takes what a source has given; who had it. Nothing there: an empty list.
  struct Take {
    static constexpr std::uint32_t kMethod = 2;
    using Request = GrantTaken;
    using Reply = UserIds;
  };
  // Whether a schedule may be given. Errors: kInvalid with pointers below /schedule.
  struct Check {
    static constexpr std::uint32_t kMethod = 3;
    using Request = ScheduleText;
    using Reply = Checked;
  };
  // Takes a use of what the user acts by now. Of two who want the last one, one gets it. Errors: kForbidden where the
  // uses are spent or nothing is open.
  struct Use {
    static constexpr std::uint32_t kMethod = 4;
    using Request = GrantUse;
    using Reply = UsedGrant;
  };
  // Gives a use back, of which nothing came.
  struct GiveBack {
    static constexpr std::uint32_t kMethod = 5;
    using Request = GrantUse;
    using Reply = Checked;
  };
  // What a source has given and nobody has taken since, whether it is open or not; to one user, of several to one of
  // them. Errors: kNotFound; also where it has ended.
  struct Find {
    static constexpr std::uint32_t kMethod = 6;
    using Request = GrantNamed;
    using Reply = GrantHeld;
  };
};

}  // namespace gatetorio
