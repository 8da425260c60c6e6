#include "core/app/command_line.hpp"

#include <CLI/CLI.hpp>

#include "version.hpp"

namespace gatetorio::core {

CommandLine parse_command_line(int argc, char** argv) {
  constexpr int kUsage = 64;  // EX_USAGE of sysexits.h
  CommandLine line;
  CLI::App app("The central hub of gate controllers: runs what its configuration file names.");
  app.set_version_flag("--version", std::string("gatetorio-hub ") + kVersion);
  app.footer(
      "Exit codes: 0 stopped as told, 64 wrong arguments, 78 wrong configuration (each fault as FILE:LINE:COL: key: "
      "what is wrong, on stderr).");
  const auto with_config = [&line](CLI::App& to) {
    to.add_option("--config", line.config, "configuration file (TOML)");
    to.add_option("--set", line.sets, "KEY=VALUE: overrides one key, e.g. plugins.transport-http.listen=127.0.0.1:0")
        ->expected(1)
        ->take_all();
  };
  with_config(app);
  CLI::App* check = app.add_subcommand("check", "validate the configuration without starting anything");
  with_config(*check);
  CLI::App* options = app.add_subcommand("options", "print every option of the configured plugins");
  with_config(*options);
  options->add_option("--format", line.format, "toml (a commented sample) or markdown (a reference page)")
      ->check(CLI::IsMember({"toml", "markdown"}));
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
  if (options->parsed()) line.command = Command::kOptions;
  return line;
}

}  // namespace gatetorio::core
