// What a plugin says of its own files, and of the machine, before anything starts: `gatetorio-hub check` asks for the
// first, `gatetorio-hub doctor` for both. Over abi/tool.h: a tool that is named "check <plugin id>", starts nothing and
// completes with {"findings": [{"level", "option", "detail", "mend"}], "listens": [{"option", "host", "port"}]}.
//
//   declare_check(host_, this, kManifest.id, &HttpTransport::check);        // in configure()
//   void check(Checkup& checkup) const {
//     if (checkup.can_read("tls_key", settings_.tls_key)) ...
//     if (checkup.is_of_machine()) checkup.listens("listen", "0.0.0.0", 8443);
//   }
#pragma once

#include <netdb.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "gatetorio/abi/tool.h"
#include "gatetorio/host.hpp"

namespace gatetorio {

// Collects what is found. `option` names one of the plugin's own, whose place in the configuration is told with it;
// empty: the plugin as a whole. `detail` is a sentence without its full stop; `mend` the command, or else the step,
// that ends the trouble.
class Checkup {
 public:
  explicit Checkup(bool is_of_machine) : is_of_machine_(is_of_machine) {}

  // False: only files are looked at; nothing is connected to, and nothing takes long.
  bool is_of_machine() const { return is_of_machine_; }

  void good(std::string_view option, std::string_view detail) { add("ok", option, detail, ""); }
  // The hub runs, but somebody should look.
  void warn(std::string_view option, std::string_view detail, std::string_view mend) {
    add("warning", option, detail, mend);
  }
  // The hub, or a part of it, does not run like this.
  void error(std::string_view option, std::string_view detail, std::string_view mend) {
    add("error", option, detail, mend);
  }
  // The plugin listens there once it runs: the hub finds out who else does. Port 0 takes a free one and is left out.
  void listens(std::string_view option, std::string_view host, std::uint16_t port) {
    if (port != 0) listens_.push_back(boost::json::object{{"option", option}, {"host", host}, {"port", port}});
  }

  // Whether this user can read the file; else adds an error that says why not.
  bool can_read(std::string_view option, const std::string& path) {
    if (::access(path.c_str(), R_OK) == 0 && !std::filesystem::is_directory(path)) return true;
    const int wrong = std::filesystem::is_directory(path) ? EISDIR : errno;
    error(option, path + " cannot be read: " + std::generic_category().message(wrong), mend_of(path, wrong));
    return false;
  }
  // Whether this user can make and change files in the folder, or could make the folder; else adds an error.
  bool can_write_in(std::string_view option, const std::filesystem::path& folder) {
    const std::filesystem::path wanted = std::filesystem::absolute(folder);
    std::filesystem::path there = wanted;  // the folder, or the nearest one above it
    struct stat status {};
    int wrong = 0;
    while ((wrong = ::stat(there.c_str(), &status) == 0 ? 0 : errno) == ENOENT && there != there.parent_path()) {
      there = there.parent_path();
    }
    if (wrong == 0 && !S_ISDIR(status.st_mode)) wrong = ENOTDIR;
    if (wrong == 0 && ::access(there.c_str(), R_OK | W_OK | X_OK) != 0) wrong = errno;
    if (wrong == 0) return true;
    const bool is_missing = there != wanted;
    const std::string what = is_missing
                                 ? wanted.string() + " is missing, and the user " + user() + " cannot make it in "
                                 : "the user " + user() + " cannot write in ";
    const std::string make = "sudo install -d -m 700 -o " + user() + " " + wanted.string();
    error(option, what + there.string() + ": " + std::generic_category().message(wrong),
          is_missing && wrong == EACCES ? make : mend_of(there.string(), wrong));
    return false;
  }

  // Whether the name of a host, or an address, leads anywhere; else adds an error. Asks the machine's resolver, which
  // may take its time.
  bool resolves(std::string_view option, const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int wrong = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    if (wrong != 0) {
      error(option, "the name " + host + " leads nowhere: " + ::gai_strerror(wrong),
            "getent ahosts " + host + "; make its A or AAAA record, or correct the name");
      return false;
    }
    char address[NI_MAXHOST] = {};
    ::getnameinfo(list->ai_addr, list->ai_addrlen, address, sizeof address, nullptr, 0, NI_NUMERICHOST);
    ::freeaddrinfo(list);
    good(option, host + " is " + address);
    return true;
  }

  // As whom this runs: a name, or a number where there is none.
  static std::string user() {
    const passwd* account = ::getpwuid(::geteuid());
    return account == nullptr ? std::to_string(::geteuid()) : account->pw_name;
  }

  std::string text() const {
    return boost::json::serialize(boost::json::object{{"findings", findings_}, {"listens", listens_}});
  }

 private:
  void add(std::string_view level, std::string_view option, std::string_view detail, std::string_view mend) {
    findings_.push_back(boost::json::object{{"level", level}, {"option", option}, {"detail", detail}, {"mend", mend}});
  }
  static std::string mend_of(const std::string& path, int wrong) {
    if (wrong == ENOENT) return "ls -l " + std::filesystem::path(path).parent_path().string();
    if (wrong == EROFS) return "sudo mount -o remount,rw $(findmnt -no TARGET -T " + path + ")";
    if (wrong != EACCES) return "ls -ld " + path;
    // The first folder on the way that this user cannot enter, or else the file itself.
    std::filesystem::path way;
    for (const auto& part : std::filesystem::absolute(path).parent_path()) {
      way /= part;
      if (::access(way.c_str(), X_OK) != 0) return "sudo chmod a+x " + way.string();
    }
    return "sudo chown " + user() + " " + path;
  }

  const bool is_of_machine_;
  boost::json::array findings_, listens_;
};

// In configure(). `check` runs on the plugin's executor, configured but not started, and may block. A hub of an older
// version has no tools: then it is left out. Throws SetupError where the hub refuses it.
template <class Self>
void declare_check(const Host& host, const Self* self, std::string_view plugin_id,
                   void (Self::*check)(Checkup&) const) {
  const auto* table = static_cast<const gtr_tools*>(host.raw()->get_interface(host.raw(), GTR_TOOLS_ID));
  if (table == nullptr) return;
  struct Entry {
    const Self* self;
    void (Self::*check)(Checkup&) const;
  };
  const gtr_tool_fn run = [](void* context, gtr_bytes arguments, gtr_completion done) {
    const auto* entry = static_cast<const Entry*>(context);
    try {
      const boost::json::value given = boost::json::parse(to_view(arguments));
      Checkup checkup(given.as_object().at("machine").as_bool());
      (entry->self->*entry->check)(checkup);
      const std::string text = checkup.text();
      done.done(done.context, GTR_OK, to_bytes(text));
    } catch (const std::exception& e) {
      const std::string text = to_json(Error{.detail = e.what()});
      done.done(done.context, GTR_INTERNAL, to_bytes(text));
    }
  };
  const boost::json::object machine{
      {"name", "machine"}, {"type", "boolean"}, {"default", false}, {"help", "Looks at the machine, too."}};
  const std::string text = boost::json::serialize(boost::json::object{{"name", "check " + std::string(plugin_id)},
                                                                      {"help", "Looks at the plugin's own files."},
                                                                      {"starts", false},
                                                                      {"arguments", boost::json::array{machine}}});
  auto* entry = new Entry{self, check};  // as long as the process
  if (table->declare(host.raw(), to_bytes(text), run, entry) != GTR_OK) {
    throw SetupError("the check of " + std::string(plugin_id) + " is refused; the log says why");
  }
}

}  // namespace gatetorio
