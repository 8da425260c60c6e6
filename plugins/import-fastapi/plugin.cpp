// import-fastapi: `gatetorio-hub import fastapi` brings devices and the access to them over from the FastAPI server.
#include "gatetorio/plugin.hpp"

#include "gatetorio/options.hpp"
#include "gatetorio/time.hpp"
#include "gatetorio/tools.hpp"
#include "import.hpp"

namespace gatetorio::import_fastapi {

struct Settings {};

struct Arguments {
  std::string from;
  bool dry_run = false;
  std::int64_t reenrol_days = 30;
};

namespace {

const OptionTable<Arguments>& arguments() {
  static const OptionTable<Arguments> table = {
      option("from", &Arguments::from, "The FastAPI server's SQLite file, as in gatetorio.db. It is only read."),
      option("dry_run", &Arguments::dry_run, "Only tells what would be taken."),
      option("reenrol_days", &Arguments::reenrol_days,
             "So long each device may register once by its hardware_id alone, to get the credentials of this hub.")
          .unit("days")
          .range(1, 365)};
  return table;
}

std::string count(std::int64_t number, const char* what) { return std::to_string(number) + " " + what; }

}  // namespace

class ImportFastapi : public PluginBase {
 public:
  using Settings = import_fastapi::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options() {
    static const OptionTable<Settings> table = {};
    return table;
  }

  ImportFastapi(Host& host, Settings) : host_(host), tools_(host, this) {}

  void configure() {
    tools_.add({.name = "import fastapi", .help = "Takes devices and access over from the FastAPI server."},
               arguments(), &ImportFastapi::import);
  }

 private:
  Task<Result<void>> import(Arguments given) {
    if (given.from.empty()) co_return Error{.status = Status::kInvalid, .detail = "--from FILE says what to import."};
    OldDatabase old;
    try {
      old = read_old_database(given.from);
    } catch (const std::exception& wrong) {
      co_return Error{.status = Status::kInvalid, .detail = wrong.what()};
    }
    const std::int64_t ownerless = old.ownerless_access, sharing = old.open_sharing_tokens;
    const std::int64_t until = now().us + given.reenrol_days * 24 * kMicrosecondsPerHour;
    Import import(host_, std::move(old), until, given.dry_run, [this](std::string_view line) { tools_.print(line); });
    const Tally tally = co_await ok(import.run());
    report(tally, given.dry_run);
    if (ownerless > 0) tools_.print(count(ownerless, "rows of user_auth have no device, and were left out"));
    if (sharing > 0)
      tools_.print(count(sharing, "sharing tokens that nobody has used were left out: owners share again"));
    co_return Result<void>();
  }

  void report(const Tally& tally, bool is_dry_run) const {
    tools_.print(is_dry_run ? "dry run: nothing was changed" : "done");
    tools_.print("devices: " + count(tally.devices_new, "new, ") +
                 count(tally.devices_waiting, "still to register here, ") +
                 count(tally.devices_ours, "registered or deleted here and left alone, ") +
                 count(tally.devices_refused, "not taken"));
    tools_.print("access:  " + count(tally.access_given, "taken, ") + count(tally.access_ended, "ended already, ") +
                 count(tally.access_refused, "not taken"));
  }

  Host& host_;
  ToolSet<ImportFastapi> tools_;
};

const Manifest ImportFastapi::kManifest{.id = "import-fastapi",
                                        .version = "1.0.0",
                                        .summary = "Takes devices and access over from the FastAPI server.",
                                        .affinity = Affinity::kLane,
                                        .provides = {},
                                        .requires_ = {"gatetorio.devices/1", "gatetorio.grants/1"}};

}  // namespace gatetorio::import_fastapi

GATETORIO_PLUGIN(gatetorio::import_fastapi::ImportFastapi)
