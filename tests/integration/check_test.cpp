// `gatetorio-hub check`: what it says of files that the hub could not use.
#include <pwd.h>

#include <catch2/catch_test_macros.hpp>

#include "hub_folder.hpp"
#include "support/certificate.hpp"

namespace gatetorio::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kBadConfiguration = 78;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The folder of a hub that runs as another user, so that rights count.
void give_to_nobody(const HubFolder& hub) {
  const passwd* user = ::getpwnam("nobody");
  REQUIRE(user != nullptr);
  fs::create_directories(hub.data());
  REQUIRE(::chown(hub.data().c_str(), user->pw_uid, user->pw_gid) == 0);
  fs::permissions(hub.data(), fs::perms::owner_all);
}

void own(const fs::path& path, const char* name) {
  const passwd* user = ::getpwnam(name);
  REQUIRE((user != nullptr && ::chown(path.c_str(), user->pw_uid, user->pw_gid) == 0));
}

struct Pair {
  fs::path certificate, key;
};

// A copy of a good pair in the hub's folder, readable by its user alone.
Pair pair_in(const HubFolder& hub) {
  const Certificate made;
  Pair pair{hub / "hub.pem", hub / "hub.key"};
  fs::copy_file(made.file(), pair.certificate, fs::copy_options::overwrite_existing);
  fs::copy_file(made.key(), pair.key, fs::copy_options::overwrite_existing);
  fs::permissions(pair.key, fs::perms(0600));
  return pair;
}

struct TlsRow {
  const char* name;
  void (*spoil)(const HubFolder& hub, const Pair& pair);
  const char* option;
  const char* says;
  const char* mend;
};

const TlsRow kTlsRows[] = {
    {"missing", [](const HubFolder&, const Pair& pair) { fs::remove(pair.certificate); }, "tls_certificate",
     "No such file or directory", "ls -l "},
    {"of another pair",
     [](const HubFolder& hub, const Pair& pair) {
       const std::string certificate = read_file(pair.certificate);
       pair_in(hub);
       write_file(pair.certificate, certificate);
     },
     "tls_key", "the key is not that of the certificate", "must print the same"},
    {"expired",
     [](const HubFolder& hub, const Pair& pair) {
       const std::string key = pair.key.string(), request = (hub / "request").string();
       REQUIRE(run({"/usr/bin/openssl", "req", "-new", "-key", key, "-subj", "/CN=x", "-out", request}).code == 0);
       REQUIRE(run({"/usr/bin/openssl", "x509", "-req", "-in", request, "-signkey", key, "-days", "-1", "-out",
                    pair.certificate.string()})
                   .code == 0);
     },
     "tls_certificate", "the certificate has expired", "sudo certbot renew"},
    {"no certificate at all", [](const HubFolder&, const Pair& pair) { write_file(pair.certificate, "hello\n"); },
     "tls_certificate", "no certificate in PEM can be read", "openssl x509"},
    {"a key for all to read", [](const HubFolder&, const Pair& pair) { fs::permissions(pair.key, fs::perms(0644)); },
     "tls_key", "every user of the machine can read it", "sudo chmod o= "},
};

TEST_CASE("check names what is wrong with a certificate and its key, where, and what mends it") {
  for (const std::string transport : {"transport-http", "transport-mqtt"}) {
    for (const TlsRow& row : kTlsRows) {
      HubFolder hub;
      const Pair pair = pair_in(hub);
      hub.set("plugins." + transport,
              "tls_certificate = \"" + pair.certificate.string() + "\"\ntls_key = \"" + pair.key.string() + "\"");
      if (transport == "transport-mqtt") hub.set("plugins.transport-mqtt", "tls_listen = \"127.0.0.1:8883\"");
      const RunResult good = hub.run({"check"});
      CAPTURE(transport, row.name, good.err);
      CHECK(good.code == 0);
      CHECK(contains(good.err, "which is soon"));  // two days
      row.spoil(hub, pair);
      const RunResult bad = hub.run({"check"});
      CAPTURE(bad.err);
      CHECK(bad.code == kBadConfiguration);
      CHECK(bad.out.empty());
      CHECK(contains(bad.err, ": plugins." + transport + "." + row.option + ": "));
      CHECK(contains(bad.err, hub.config() + ":"));
      CHECK(contains(bad.err, row.says));
      CHECK(contains(bad.err, "; mend it: "));
      CHECK(contains(bad.err, row.mend));
    }
  }
}

TEST_CASE("check sees what the hub's user sees where root asks, and leaves nothing behind") {
  if (::geteuid() != 0) SKIP("only root can become another user");
  HubFolder hub;
  give_to_nobody(hub);
  const Pair pair = pair_in(hub);  // root's, mode 600
  hub.set("plugins.transport-http",
          "tls_certificate = \"" + pair.certificate.string() + "\"\ntls_key = \"" + pair.key.string() + "\"");
  const RunResult shut = hub.run({"check"});
  CAPTURE(shut.err);
  CHECK(shut.code == kBadConfiguration);
  CHECK(contains(shut.err, "plugins.transport-http.tls_key: " + pair.key.string() +
                               " cannot be read: Permission denied; mend it: sudo chown nobody " + pair.key.string()));
  own(pair.key, "nobody");
  CHECK(hub.run({"check"}).code == 0);
  CHECK(fs::is_empty(hub.data()));
}

TEST_CASE("check names folders that cannot be written, and what in them is somebody else's") {
  if (::geteuid() != 0) SKIP("only root can become another user");
  struct Row {
    const char* name;
    void (*spoil)(HubFolder& hub);
    const char* key;
    const char* says;
  };
  const Row rows[] = {
      {"data_dir is read-only", [](HubFolder& hub) { fs::permissions(hub.data(), fs::perms(0500)); }, "hub.data_dir",
       "the user nobody cannot write in "},
      {"a plugin's folder is root's",
       [](HubFolder& hub) {
         fs::create_directory(hub.data() / "transport-mqtt");
         fs::permissions(hub.data() / "transport-mqtt", fs::perms::owner_all);
       },
       "hub.data_dir", "transport-mqtt: Permission denied; mend it: sudo chown"},
      {"the lock is root's",
       [](HubFolder& hub) {
         write_file(hub.data() / "hub.lock", "");
         fs::permissions(hub.data() / "hub.lock", fs::perms(0600));
       },
       "hub.data_dir", "hub.lock cannot be written by the user nobody"},
      {"the database is root's",
       [](HubFolder& hub) {
         fs::create_directory(hub.data() / "storage-sqlite");
         own(hub.data() / "storage-sqlite", "nobody");
         write_file(hub.data() / "storage-sqlite" / "hub.db", "");
         fs::permissions(hub.data() / "storage-sqlite" / "hub.db", fs::perms(0600));
       },
       "plugins.storage-sqlite", "hub.db cannot be written by the user nobody"},
      {"the database's folder cannot be made",
       [](HubFolder& hub) {
         fs::create_directory(hub / "shut");
         fs::permissions(hub / "shut", fs::perms(0755));
         hub.set("plugins.storage-sqlite", "path = \"" + (hub / "shut" / "deep" / "hub.db").string() + "\"");
       },
       "plugins.storage-sqlite.path", "shut/deep is missing, and the user nobody cannot make it in "},
      {"the database's folder is behind one that cannot be entered",
       [](HubFolder& hub) {
         fs::create_directories(hub / "shut" / "deep");
         fs::permissions(hub / "shut", fs::perms(0700));
         hub.set("plugins.storage-sqlite", "path = \"" + (hub / "shut" / "deep" / "hub.db").string() + "\"");
       },
       "plugins.storage-sqlite.path", "mend it: sudo chmod a+x "},
      {"the configuration is root's alone", [](HubFolder& hub) { fs::permissions(hub.config(), fs::perms(0600)); },
       "hub", "hub.toml cannot be read: Perm"},
  };
  for (const Row& row : rows) {
    HubFolder hub;
    give_to_nobody(hub);
    CAPTURE(row.name);
    REQUIRE(hub.run({"check"}).code == 0);
    row.spoil(hub);
    const RunResult bad = hub.run({"check"});
    CAPTURE(bad.err);
    CHECK(bad.code == kBadConfiguration);
    CHECK(contains(bad.err, std::string(": ") + row.key));
    CHECK(contains(bad.err, row.says));
    CHECK(contains(bad.err, "mend it: "));
  }
}

TEST_CASE("check finds no Mosquitto, one that is too old, and one that is none") {
  struct Row {
    const char* version;  // empty: there is no such program
    const char* says;
  };
  const Row rows[] = {{"", "is no program"},
                      {"2.0.11", "is Mosquitto 2.0.11, and the hub needs 2.0.18 or newer"},
                      {"1.6.9", "is Mosquitto 1.6.9, and"},
                      {"2.0.18", nullptr},
                      {"2.1.0", nullptr},
                      {"3.0", nullptr},
                      {"what?", "does not say which version of Mosquitto it is"}};
  for (const Row& row : rows) {
    HubFolder hub;
    const std::string program = *row.version == '\0' ? "/nonexistent" : mosquitto_of(hub.path(), row.version);
    hub.set("plugins.transport-mqtt", "mosquitto = \"" + program + "\"");
    const RunResult result = hub.run({"check"});
    CAPTURE(row.version, result.err);
    CHECK(result.code == (row.says == nullptr ? 0 : kBadConfiguration));
    if (row.says == nullptr) continue;
    CHECK(contains(result.err, "plugins.transport-mqtt.mosquitto: " + program));
    CHECK(contains(result.err, row.says));
    CHECK(contains(result.err, "mend it: sudo apt install mosquitto"));
  }
}

}  // namespace
}  // namespace gatetorio::testing
