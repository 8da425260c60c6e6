// What `gatetorio-hub check` and `doctor` find, and how they tell it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"

namespace gatetorio::core {

struct Finding {
  enum class Level : std::uint8_t { kOk, kWarning, kError };
  Level level = Level::kOk;
  std::string plugin;  // empty: the hub itself
  std::string option;  // of it; empty: as a whole
  std::string detail;  // one sentence
  std::string mend;    // the command or step that ends the trouble; empty with kOk
};
using Findings = std::vector<Finding>;

// An address on which a plugin will listen.
struct Listen {
  std::string plugin;
  std::string option;
  std::string host;
  std::uint16_t port = 0;
};

struct PluginFindings {
  Findings findings;
  std::vector<Listen> listens;
};

// Reads what a plugin's check gave (gatetorio/checks.hpp); empty text: nothing was found.
PluginFindings read_findings(const std::string& plugin, const std::string& text);

bool has_error(const Findings& findings);
// "hub.toml:6:10: plugins.x.tls_key: cannot be read; mend it: chmod ..."
std::string to_line(const Finding& finding, const Config& config);
// For people, one finding after the other; for programs as one JSON object {"healthy", "findings": [...]}.
std::string to_report(const Findings& findings);
std::string to_report_json(const Findings& findings, const Config& config);

}  // namespace gatetorio::core
