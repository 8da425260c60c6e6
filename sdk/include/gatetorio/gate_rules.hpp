// gatetorio.gate-rules/1: what a gate's rules say of a motion, for whoever explains or foresees it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatetorio {

struct MotionQuery {
  std::int64_t device_id = 0;
  std::string verb;        // open, close, stop, partial, toggle, other
  std::string level;       // of who wants it: "owner", "engineer"
  std::int64_t at_us = 0;  // a time in the past or to come
};
BOOST_DESCRIBE_STRUCT(MotionQuery, (), (device_id, verb, level, at_us))

struct MotionVerdict {
  bool is_allowed = true;
  std::string why;              // a sentence, where it is not
  std::string rule;             // a JSON Pointer into what the gate's rules are shown as
  bool has_conditions = false;  // whether what the gate says then counts, too
};
BOOST_DESCRIBE_STRUCT(MotionVerdict, (), (is_allowed, why, rule, has_conditions))

struct GateRulesService {
  static constexpr std::string_view kId = "gatetorio.gate-rules/1";
  // By the rules as they are now, with their ends. Errors: kInvalid for a verb that there is not, those of the storage.
  struct Judge {
    static constexpr std::uint32_t kMethod = 1;
    using Request = MotionQuery;
    using Reply = MotionVerdict;
  };
};

}  // namespace gatetorio
