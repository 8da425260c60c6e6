#include "support/hub_process.hpp"

#include <signal.h>

#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "gatetorio/secret.hpp"
#include "support/paths.hpp"
#include "support/people.hpp"
#include "support/postgres_server.hpp"
#include "support/socket.hpp"

namespace gatetorio::testing {

namespace fs = std::filesystem;

namespace {

const fs::path kBuild = GATETORIO_BUILD_DIR;

// Everything loadable in one folder, as the hub wants it.
void link_plugins(const fs::path& folder) {
  fs::create_directory(folder);
  for (const auto& entry : fs::directory_iterator(kBuild / "plugins")) {
    const fs::path& file = entry.path();
    const bool is_wanted = file.extension() == ".so" || file.filename() == "mosquitto";
    if (is_wanted) fs::create_symlink(file, folder / file.filename());
  }
}

// So that one suite can be held against each storage.
HubSetup with_storage(HubSetup setup) {
  const char* wanted = std::getenv("GATETORIO_TEST_STORAGE");
  if (setup.storage.empty()) {
    setup.storage = std::string("storage-") + (wanted == nullptr || *wanted == '\0' ? "sqlite" : wanted);
  }
  if (setup.storage != "storage-postgres") return setup;
  if (setup.database_url.empty()) setup.database_url = shared_postgres().url(shared_postgres().make_database());
  setup.more_toml += "\n[plugins.storage-postgres]\nurl = \"" + setup.database_url + "\"\n";
  return setup;
}

}  // namespace

std::string hub_program() { return (kBuild / "gatetorio-hub").string(); }

RunResult run_hub(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), hub_program());
  return run(arguments);
}

HubProcess::HubProcess(HubSetup setup) : setup_(with_storage(std::move(setup))) {
  link_plugins(folder_ / "plugins");
  write_config();
  start();
  if (setup_.with_admin) add_tokens();
}

HubProcess::~HubProcess() = default;

// As the plugin keeps them: by the hash of what follows "gta_".
void HubProcess::add_tokens() const {
  for (const auto& [token, role] : {std::pair(kAdminToken, "admin"), std::pair(kViewerToken, "viewer")}) {
    const std::string hash = to_hex(sha256(std::string(token).substr(4)));
    const std::string bytes = database_url().empty() ? "x'" + hash + "'" : "'\\x" + hash + "'";
    change_database(
        *this,
        "INSERT INTO admin_tokens (secret_hash, name, role, created_by, created_at, expires_at, last_used_at)"
        " VALUES (" +
            bytes + ", 'tests', '" + role + "', 'tests', 0, 9223372036854775807, 0) ON CONFLICT DO NOTHING");
  }
}

void HubProcess::write_config() const {
  std::ostringstream out;
  out << "[hub]\ndata_dir = \"" << data_dir().string() << "\"\nplugin_dir = \"" << (folder_ / "plugins").string()
      << "\"\nlog_level = \"debug\"\nplugins = [\"" << setup_.storage
      << "\", \"transport-http\", \"transport-mqtt\", \"registration\", \"auth\", \"commands\", \"sharing\", "
         "\"file-transfer\", "
      << "\"import-fastapi\"" << (setup_.with_admin ? ", \"admin\"" : "") << "]\n\n"
      << "[plugins.transport-http]\nlisten = \"127.0.0.1:0\"\nrate_limit = false\n\n"
      << "[plugins.transport-mqtt]\nlisten = \"127.0.0.1:0\"\n\n"
      << "[plugins.registration]\nenrolment = \"" << setup_.enrolment << "\"\n\n"
      << setup_.more_toml << "\n";
  write_file(config(), out.str());
}

void HubProcess::start() {
  std::vector<std::string> arguments{hub_program(), "--config", config().string()};
  for (const std::string& set : setup_.sets) {
    arguments.emplace_back("--set");
    arguments.push_back(set);
  }
  const fs::path out = folder_ / "stdout";
  fs::remove(out);
  process_.reset();
  process_ = std::make_unique<Process>(arguments, ProcessFiles{out, folder_ / "stderr"}, folder_.path());
  std::string line;
  const bool is_ready = eventually(
      [&] {
        const std::string text = read_file(out);
        const auto at = text.find("ready ");
        if (at == std::string::npos || text.find('\n', at) == std::string::npos) return !process_->is_running();
        line = text.substr(at, text.find('\n', at) - at);
        return true;
      },
      kPatienceToStart);
  if (!is_ready || line.empty()) throw std::runtime_error("the hub does not get ready:\n" + log());
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    if (word.starts_with("http=")) http_ = word.substr(5);
    if (word.starts_with("mqtt=")) mqtt_port_ = port_of(word);
  }
  if (http_.empty() || mqtt_port_ == 0) throw std::runtime_error("the ready line lacks an address: " + line);
}

pid_t HubProcess::broker_pid() const {
  const auto children = children_of(pid());
  if (children.size() != 1) throw std::runtime_error("the hub has " + std::to_string(children.size()) + " children");
  return children.front();
}

int HubProcess::stop(milliseconds patience) {
  process_->signal(SIGTERM);
  return process_->wait(patience);
}

void HubProcess::kill() {
  process_->signal(SIGKILL);
  process_->wait();
}

}  // namespace gatetorio::testing
