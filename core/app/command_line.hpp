// What the operator typed.
#pragma once

#include <string>
#include <vector>

namespace gatetorio::core {

enum class Command { kRun, kCheck, kDoctor, kConfigShow, kOptions, kTools, kTool, kNothing };

struct CommandLine {
  Command command = Command::kRun;
  std::string config;              // the TOML file
  std::vector<std::string> sets;   // KEY=VALUE
  bool is_json = false;            // of kDoctor and kConfigShow
  std::string format = "toml";     // of kOptions: "toml" or "markdown"
  std::vector<std::string> words;  // of kTool: everything that is not the program's own, "storage", "copy", "--to", ...
  int exit_code = 0;               // of kNothing: help was shown, or the arguments are wrong (64)
};

// Prints help, the version and what is wrong with the arguments itself.
CommandLine parse_command_line(int argc, char** argv);

}  // namespace gatetorio::core
