#include "core/app/examine.hpp"

#include <cstdio>
#include <iterator>

#include "core/app/finding.hpp"
#include "core/app/machine.hpp"

namespace gatetorio::core {
namespace {

void append(Findings& all, Findings more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

PluginFindings ask_plugins(Hub& hub, bool is_of_machine) {
  PluginFindings all;
  for (const std::string& id : hub.ids()) {
    PluginFindings found = read_findings(id, hub.ask_check(id, is_of_machine));
    append(all.findings, std::move(found.findings));
    all.listens.insert(all.listens.end(), found.listens.begin(), found.listens.end());
  }
  return all;
}

}  // namespace

int run_check(Hub& hub, const Config& config, const DataDir& data_dir) {
  Findings findings = check_files(hub, config, data_dir);
  append(findings, ask_plugins(hub, false).findings);
  for (const Finding& finding : findings) {
    if (finding.level == Finding::Level::kOk) continue;
    const char* mark = finding.level == Finding::Level::kWarning ? "warning: " : "";
    std::fprintf(stderr, "%s%s\n", mark, to_line(finding, config).c_str());
  }
  if (has_error(findings)) return kExitConfiguration;
  std::printf("%s: the configuration is valid\n", config.files().front().c_str());
  return 0;
}

int run_doctor(Hub& hub, const Config& config, const DataDir& data_dir, bool is_json) {
  Findings findings = check_files(hub, config, data_dir);
  append(findings, check_machine(data_dir));
  PluginFindings plugins = ask_plugins(hub, true);
  append(findings, std::move(plugins.findings));
  append(findings, check_ports(plugins.listens, data_dir));
  const std::string report = is_json ? to_report_json(findings, config) : to_report(findings);
  std::fwrite(report.data(), 1, report.size(), stdout);
  return has_error(findings) ? kExitFailed : 0;
}

}  // namespace gatetorio::core
