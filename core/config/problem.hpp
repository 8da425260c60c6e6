// What is wrong with a configuration, and where: the `FILE:LINE:COL: key: what is wrong` lines that the operator sees.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatetorio::core {

// A place in a configuration file. Line 0 means "the whole source": a file that cannot be read, or a `--set` argument.
struct Position {
  std::shared_ptr<const std::string> source;  // the file as the operator named it, or "--set"; NULL: nowhere
  std::uint32_t line = 0;                     // from 1
  std::uint32_t column = 0;                   // from 1, in characters
};

struct Problem {
  Position at;
  std::string key;      // dotted path ("hub.data_dir"); empty for a syntax error
  std::string message;  // one line, without the value of any secret

  // "conf/hub.toml:3:12: hub.log_level: expected ...".
  std::string to_line() const;
};

// All of them, not only the first. Errors stop the hub from starting; warnings don't.
struct Problems {
  std::vector<Problem> errors;
  std::vector<Problem> warnings;

  void error(Position at, std::string key, std::string message);
  void warn(Position at, std::string key, std::string message);
  // Appends what was found in one table, sorted by source and line.
  void add_in_order(Problems found);
};

// The operator's text, fit to stand in one line of a message: quoted, control characters and invalid UTF-8 escaped,
// cut after 60 bytes.
std::string in_quotes(std::string_view text);

// The operator's text without quotes or what could break a line: for keys.
std::string printable(std::string_view text);

// The shortest form that reads back as the same number: "0.5", "300", "1e+30".
std::string number_text(double number);

// The candidate that `name` is most likely a slip of (at most two edits, fewer for short names) or the beginning of, or
// empty. The view is one of `candidates`.
std::string_view closest(std::string_view name, const std::vector<std::string_view>& candidates);

// "; did you mean 'x'?" or nothing.
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace gatetorio::core
