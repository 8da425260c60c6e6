#include "import.hpp"

#include <algorithm>
#include <utility>

#include "gatetorio/identifiers.hpp"
#include "gatetorio/secret.hpp"
#include "gatetorio/sql_reader.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::import_fastapi {

namespace {

constexpr const char* kSource = "import-fastapi";
constexpr int kAtOnce = 32;
constexpr std::uint64_t kLookMs = 20;

// Another row may fare better.
bool is_about_the_row(const Error& error) {
  return error.status == Status::kInvalid || error.status == Status::kConflict;
}

std::string words_of(const Error& error) {
  if (error.fields.empty()) return error.detail;
  std::string words;
  for (const FieldError& field : error.fields) {
    words.append(words.empty() ? "" : ", ").append(field.pointer.substr(1)).append(" ").append(field.detail);
  }
  return words;
}

std::pair<int, std::int64_t> worth(const OldAccess& access) {
  return {access.level == "owner" ? 2 : access.level == "engineer" ? 1 : 0, access.expires_at_us.value_or(kForeverUs)};
}

// One that cannot be kept is no reason to leave somebody out.
std::string name_of(const OldAccess& access) {
  Label<128> name;
  json::Errors errors;
  json::read_text(access.name, name, "/name", errors);
  return errors.empty() && utf8::is_text(access.name) ? access.name : std::string();
}

// Why the access cannot be taken; empty: it can.
std::string wrong_with(const OldAccess& access) {
  if (access.level != "owner" && access.level != "engineer" && access.level != "readonly") {
    return "its access_level is unknown";
  }
  if (access.has_unreadable_end) return "its expires_at cannot be read";
  UserToken token;
  json::Errors errors;
  json::read_text(access.user_token, token, "/user_token", errors);
  return errors.empty() ? std::string() : "user_token " + errors.front().detail;
}

}  // namespace

Task<Result<Tally>> Import::run() {
  working_ = kAtOnce;
  for (int i = 0; i < kAtOnce; ++i) host_.run(work());
  std::size_t told = 0;
  while (working_ > 0) {
    const bool go_on = co_await host_.sleep(kLookMs);
    if (!go_on && !failure_) failure_ = Error{.status = Status::kCancelled, .detail = "The import was stopped."};
    const std::size_t tenth = old_.devices.empty() ? 0 : 10 * next_ / old_.devices.size();
    if (tenth > told && next_ < old_.devices.size()) say_(std::to_string(10 * tenth) + " %");
    told = tenth;
  }
  if (failure_) co_return *failure_;
  co_return tally_;
}

Task<void> Import::work() {
  while (next_ < old_.devices.size() && !failure_) {
    auto taking = take(std::move(old_.devices[next_++]));
    try {
      co_await taking;
    } catch (const std::exception& thrown) {
      failure_ = Error{.detail = thrown.what()};
    }
  }
  --working_;
}

Task<void> Import::take(OldDevice device) {
  device.device.reenrol_until_us = reenrol_until_us_;
  device.device.is_dry_run = is_dry_run_;
  const Result<DeviceImported> imported = co_await devices_.call<DeviceRegistry::Import>(device.device);
  if (!imported && !is_about_the_row(imported.error())) {
    failure_ = imported.error();
    co_return;
  }
  if (!imported) co_return refuse(device, words_of(imported.error()));
  if (imported->is_ours) {
    ++tally_.devices_ours;
    co_return;
  }
  ++(imported->is_new ? tally_.devices_new : tally_.devices_waiting);
  if (!imported->is_new && !is_dry_run_) {
    // What the old server gives now counts, and not what it gave at an earlier import.
    auto taking =
        grants_.call<GrantStore::Take>(GrantTaken{.device_id = imported->device_id, .source = kSource, .by = {}});
    const Result<UserIds> taken = co_await taking;
    if (!taken) failure_ = taken.error();
    if (!taken) co_return;
  }
  co_await take_access(std::move(device), imported->device_id);
}

void Import::refuse(const OldDevice& device, const std::string& why) {
  ++tally_.devices_refused;
  tally_.access_refused += static_cast<std::int64_t>(device.access.size());
  say_("not taken: devices.id " + std::to_string(device.id) + " and its " + std::to_string(device.access.size()) +
       " rows of user_auth: " + why);
}

Task<void> Import::take_access(OldDevice device, std::int64_t device_id) {
  // Of several rows of one user the first one counts: the best of them, then the longest.
  std::stable_sort(device.access.begin(), device.access.end(),
                   [](const OldAccess& a, const OldAccess& b) { return worth(a) > worth(b); });
  for (const OldAccess& access : device.access) {
    if (access.expires_at_us && *access.expires_at_us <= now().us) {
      ++tally_.access_ended;
      continue;
    }
    if (const std::string wrong = wrong_with(access); !wrong.empty()) {
      ++tally_.access_refused;
      say_("not taken: user_auth.id " + std::to_string(access.id) + ": " + wrong);
      continue;
    }
    ++tally_.access_given;
    if (is_dry_run_) continue;
    auto giving = grants_.call<GrantStore::Give>(
        GrantGiven{.to = Principal{.kind = "user", .id = 0, .subject = sha256(access.user_token)},
                   .device_id = device_id,
                   .level = access.level,
                   .expires_at_us = access.expires_at_us.value_or(0),
                   .source = kSource,
                   .name = name_of(access),
                   .by = {}});
    const Result<GrantHeld> given = co_await giving;
    if (given) continue;
    failure_ = given.error();
    co_return;
  }
}

}  // namespace gatetorio::import_fastapi
