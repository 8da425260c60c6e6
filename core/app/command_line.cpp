#include "core/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string_view>

#include "version.hpp"

namespace gatetorio::core {

namespace {

constexpr int kUsage = 64;  // EX_USAGE of sysexits.h

bool is_own(std::string_view word) {
  return word == "check" || word == "config" || word == "doctor" || word == "options" || word == "tools";
}

// A command that a plugin brings: its words and arguments are known only when the plugins are loaded.
CommandLine parse_tool(int argc, char** argv) {
  CommandLine line{.command = Command::kTool};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    std::string* one = nullptr;
    for (const std::string_view name : {"--config", "--set"}) {
      const bool is_alone = word == name;
      if (!is_alone && !word.starts_with(std::string(name) + "=")) continue;
      one = name == "--set" ? &line.sets.emplace_back() : &line.config;
      if (!is_alone) *one = word.substr(name.size() + 1);
      if (is_alone && ++i < argc) *one = argv[i];
    }
    if (one == nullptr) line.words.push_back(word);
  }
  if (!line.config.empty()) return line;
  std::fprintf(stderr,
               "--config is required: plugins bring the command '%s'; `gatetorio-hub --help` shows the others\n",
               line.words.front().c_str());
  line.command = Command::kNothing;
  line.exit_code = kUsage;
  return line;
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  if (argc > 1 && argv[1][0] != '-' && argv[1][0] != '\0' && !is_own(argv[1])) return parse_tool(argc, argv);
  CommandLine line;
  CLI::App app("The central hub of gate controllers: runs what its configuration file names.");
  app.set_version_flag("--version", std::string("gatetorio-hub ") + kVersion);
  app.footer(
      "Plugins bring more commands, e.g. `gatetorio-hub migrate --config FILE`; `gatetorio-hub tools --config FILE` "
      "lists "
      "them.\nExit codes: 0 stopped as told, 1 the hub cannot start or nothing of it can be reached, `doctor` found an "
      "error, or a plugin's command failed, 64 wrong arguments, "
      "78 wrong configuration "
      "(each fault as FILE:LINE:COL: key: "
      "what is wrong, on stderr).");
  const auto with_config = [&line](CLI::App& to) {
    to.add_option("--config", line.config, "configuration file (TOML)");
    to.add_option("--set", line.sets, "KEY=VALUE: overrides one key, e.g. plugins.transport-http.listen=127.0.0.1:0")
        ->expected(1)
        ->take_all();
  };
  with_config(app);
  CLI::App* check =
      app.add_subcommand("check", "validate the configuration, and the files that it names, without starting anything");
  with_config(*check);
  CLI::App* doctor = app.add_subcommand(
      "doctor", "what check does, and the machine: rights, ports, disk, clock, broker, database, names, backups");
  with_config(*doctor);
  doctor->add_flag("--json", line.is_json, "one JSON object, for programs");
  CLI::App* config = app.add_subcommand("config", "the configuration in force");
  CLI::App* show = config->add_subcommand("show", "every option with its value and where that comes from");
  with_config(*show);
  show->add_flag("--json", line.is_json, "one JSON object, for programs");
  config->require_subcommand(1);
  CLI::App* options = app.add_subcommand("options", "print every option of the configured plugins");
  with_config(*options);
  options->add_option("--format", line.format, "toml (a commented sample) or markdown (a reference page)")
      ->check(CLI::IsMember({"toml", "markdown"}));
  CLI::App* tools = app.add_subcommand("tools", "list the commands that the configured plugins bring (migrate, ...)");
  with_config(*tools);
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
    if (line.config.empty()) throw CLI::RequiredError("--config");
  } catch (const CLI::ParseError& e) {
    line.command = Command::kNothing;
    line.exit_code = app.exit(e) == 0 ? 0 : kUsage;
    return line;
  }
  if (check->parsed()) line.command = Command::kCheck;
  if (doctor->parsed()) line.command = Command::kDoctor;
  if (show->parsed()) line.command = Command::kConfigShow;
  if (options->parsed()) line.command = Command::kOptions;
  if (tools->parsed()) line.command = Command::kTools;
  return line;
}

}  // namespace gatetorio::core
