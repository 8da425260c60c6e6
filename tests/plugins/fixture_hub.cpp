#include "fixture_hub.hpp"

#include <signal.h>

#include <stdexcept>

#include "support/paths.hpp"

namespace gatetorio::testing {

namespace fs = std::filesystem;

namespace {

const fs::path kBuild = GATETORIO_BUILD_DIR;

void link_all(const fs::path& from, const fs::path& to) {
  for (const auto& entry : fs::directory_iterator(from)) {
    if (entry.path().extension() == ".so") fs::create_symlink(entry.path(), to / entry.path().filename());
  }
}

// The word after `name` in a line; empty where it is not there.
std::string word_after(const std::string& text, const std::string& name) {
  const auto at = text.find(name);
  if (at == std::string::npos) return {};
  const auto from = at + name.size();
  return text.substr(from, text.find_first_of(" \"\n", from) - from);
}

}  // namespace

FixtureHub::FixtureHub(std::vector<std::string> plugins, const std::string& fault, const std::string& more_toml,
                       const std::string& hub_toml) {
  const fs::path plugin_dir = folder_ / "plugins";
  fs::create_directory(plugin_dir);
  link_all(kBuild / "fixture_plugins", plugin_dir);
  fs::create_symlink(kBuild / "plugins/gatetorio-transport-http.so", plugin_dir / "gatetorio-transport-http.so");
  std::string list = "\"transport-http\"";
  for (const std::string& id : plugins) list.append(", \"").append(id).append("\"");
  std::string toml = "[hub]\ndata_dir = \"" + (folder_ / "data").string() + "\"\nplugin_dir = \"" +
                     plugin_dir.string() + "\"\nplugins = [" + list + "]\n" + hub_toml +
                     "\n[plugins.transport-http]\nlisten = \"127.0.0.1:0\"\n";
  if (!fault.empty()) toml += "\n[plugins.misbehaves]\nfault = \"" + fault + "\"\n";
  write_file(config(), toml + more_toml);
}

RunResult FixtureHub::run_to_end(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{(kBuild / "gatetorio-hub").string()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  all.insert(all.end(), {"--config", config()});
  return run(all);
}

void FixtureHub::launch() {
  const std::vector<std::string> arguments{(kBuild / "gatetorio-hub").string(), "--config", config()};
  const ProcessFiles files{folder_ / "stdout", folder_ / "stderr"};
  process_ = std::make_unique<Process>(arguments, files, folder_.path());
}

void FixtureHub::start() {
  launch();
  const bool said = eventually([&] {
    const std::string out = read_file(folder_ / "stdout");
    is_ready_ = out.starts_with("ready ") && out.ends_with('\n');
    http_ = word_after(is_ready_ ? out : log(), is_ready_ ? "http=" : "serves=\"http=");
    if (http_.empty()) http_ = word_after(log(), "serves=http=");
    return !http_.empty() || !process_->is_running();
  });
  if (!said || http_.empty()) throw std::runtime_error("the hub does not start:\n" + log());
}

std::string FixtureHub::state_of(const std::string& plugin) const {
  return std::string(client().root("/health").at("plugins").as_object().at(plugin).as_string());
}

bool FixtureHub::logs(const std::string& text) const {
  return eventually([&] { return log().find(text) != std::string::npos; });
}

int FixtureHub::stop() {
  constexpr milliseconds kContract(10'000);
  process_->signal(SIGTERM);
  return process_->wait(kContract);
}

}  // namespace gatetorio::testing
