// What a command means for the gate: its verb, which gate of the device, and which of its partial openings. Patterns of
// the configuration say how a verb is recognised in a command.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/result.hpp"

namespace gatetorio::commands {

// `toggle`: the next step of the gate's own logic (open, stop, close, stop). `other`: no pattern fits.
enum class Verb { open, close, stop, partial, toggle, other };
BOOST_DESCRIBE_ENUM(Verb, open, close, stop, partial, toggle, other)

std::string word_of(Verb verb);

struct Motion {
  Verb verb = Verb::other;
  std::int64_t gate = 1;   // the device's gate
  bool names_gate = true;  // false: the command says nothing of it, and means the only one
  std::string place = {};  // of `partial`: what the pattern's * stood for, "1"
  bool moves() const { return verb != Verb::stop && verb != Verb::other; }
};

class VerbPatterns {
 public:
  // "open: cmd=pulse key=cmd_open": a verb and members that a command has with exactly these values; a value may end
  // in *. `gate_member`: the member with the number of the gate, a whole number. Errors: kInvalid, with the
  // line.
  static Result<VerbPatterns> read(const std::vector<std::string>& lines, std::string gate_member);

  // What becomes of a command that says two verbs, or a gate that is none. To be passed on: as `other`, or as for the
  // only gate. A stop is never refused: of two verbs it is the one, and without a gate it means all.
  enum class Unclear { kRefuse, kPassOn };
  // Of the text of a JSON object. Errors: kInvalid for what is unclear.
  Result<Motion> motion_of(std::string_view command, Unclear unclear) const;

 private:
  struct Condition {
    std::string member, value;
    bool is_prefix = false;
  };
  struct Pattern {
    Verb verb = Verb::other;
    std::vector<Condition> conditions;
  };

  std::vector<Pattern> patterns_;
  std::string gate_member_;
};

// The vocabularies of the gate software and of the incumbent.
std::vector<std::string> default_verb_patterns();

}  // namespace gatetorio::commands
