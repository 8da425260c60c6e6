#include "fleet.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include "gatetorio/secret.hpp"

namespace gatetorio::registration {

namespace {

constexpr std::int64_t kDefaultHours = 30 * 24;
constexpr std::size_t kMostTold = 100;  // of what is wrong

Error wrong_file(json::Errors errors) {
  Error error{
      .status = Status::kInvalid, .detail = "Nothing was imported: something in the file is wrong.", .fields = {}};
  if (errors.size() > kMostTold) {
    error.detail = "Nothing was imported: " + std::to_string(errors.size()) +
                   " things in the file are wrong, of which " + std::to_string(kMostTold) + " are named here.";
    errors.resize(kMostTold);
  }
  error.fields = std::move(errors);
  return error;
}

// What stands against the lines of a file that is right by itself.
json::Errors against(const std::vector<FleetLine>& lines, const Repository::FleetMeets& meets, bool replace) {
  std::map<std::string, std::string> key_names;  // whose open key has this controller_id
  for (const auto& [hardware, name] : meets.open_keys) {
    if (name) key_names.emplace(*name, hardware);
  }
  std::set<std::string> replaced;  // hardware of which the open key goes
  for (const FleetLine& line : lines) {
    if (replace) replaced.insert(line.hardware_id);
  }
  json::Errors errors;
  for (const FleetLine& line : lines) {
    const auto wrong = [&](std::string_view column, const char* detail) {
      errors.push_back({fleet_pointer(line.line, column), detail});
    };
    if (meets.hardware.contains(line.hardware_id)) {
      wrong("hardware_id", "is registered already; for a new card release that device");
    } else if (!replace && meets.open_keys.contains(line.hardware_id)) {
      wrong("hardware_id", "has a key already that is not used: delete that key, or import with replace=true");
    }
    if (!line.controller_id) continue;
    const auto key = key_names.find(*line.controller_id);
    const bool is_kept = key != key_names.end() && key->second != line.hardware_id && !replaced.contains(key->second);
    if (meets.names.contains(*line.controller_id)) {
      wrong("controller_id", "is another device's");
    } else if (is_kept) {
      wrong("controller_id", "is in a key for other hardware that is not used");
    }
  }
  return errors;
}

FleetOutput output_of(std::vector<FleetLine> lines, const Repository::FleetMeets& meets) {
  FleetOutput out;
  for (FleetLine& line : lines) {
    const bool replaces = meets.open_keys.contains(line.hardware_id);
    out.devices.push_back({.line = line.line,
                           .hardware_id = std::move(line.hardware_id),
                           .controller_id = std::move(line.controller_id),
                           .device_name = std::move(line.device_name),
                           .replaces_key = replaces,
                           .enrolment_key = {}});
  }
  return out;
}

// No field needs quotes: none has text that people choose.
std::string to_csv(const FleetOutput& out) {
  std::string csv = "line,hardware_id,controller_id,enrolment_key,expires_at\r\n";
  const std::string end = to_rfc3339(out.expires_at);
  for (const FleetDevice& device : out.devices) {
    csv.append(std::to_string(device.line)).append(",").append(device.hardware_id);
    csv.append(",").append(device.controller_id.value_or(""));
    csv.append(",").append(device.enrolment_key.value_or("")).append(",").append(end).append("\r\n");
  }
  return csv;
}

Reply<Bytes> answer(const FleetOutput& out, bool is_csv) {
  Bytes bytes{"application/json", {}};
  if (is_csv) bytes.type = "text/csv; charset=utf-8; header=present";
  bytes.bytes = is_csv ? to_csv(out) : json::write(out);
  return {out.dry_run ? Status::kOk : Status::kCreated, std::move(bytes)};
}

}  // namespace

Task<Result<Reply<Bytes>>> Fleet::import(Call call, FleetInput input) {
  const bool is_csv = call.preferred == "text/csv";
  const bool replace = input.replace.value_or(false);
  const std::int64_t hours = input.expires_in_hours ? input.expires_in_hours->value : kDefaultHours;
  const std::string name = input.name ? input.name->value : "fleet";
  const std::string text = co_await ok(take_file(call));
  FleetFile file = read_fleet(text);
  const Repository::FleetMeets meets = co_await ok(repository_.meet_fleet(file.lines));
  // What is wrong by itself comes first: most of the time it is one kind of mistake all over the file.
  json::Errors errors = std::move(file.errors);
  json::Errors met = against(file.lines, meets, replace);
  errors.insert(errors.end(), std::make_move_iterator(met.begin()), std::make_move_iterator(met.end()));
  if (!errors.empty()) co_return wrong_file(std::move(errors));
  FleetOutput out = output_of(std::move(file.lines), meets);
  out.dry_run = input.dry_run.value_or(false);
  out.expires_at = {now().us + hours * kMicrosecondsPerHour};
  if (out.dry_run) co_return answer(out, is_csv);
  std::vector<Repository::FleetKey> keys;
  for (FleetDevice& device : out.devices) {
    device.enrolment_key = std::string(kKeyPrefix) + random_text();
    FleetLine line{device.line, device.hardware_id, device.controller_id, device.device_name};
    keys.push_back({std::move(line), sha256(*device.enrolment_key)});
  }
  co_await ok(repository_.add_fleet(std::move(keys), name, out.expires_at, replace, call));
  co_return answer(out, is_csv);
}

// Into memory of its own, which is gone with the call.
Task<Result<std::string>> Fleet::take_file(Call call) {
  const Descriptor file(::memfd_create("fleet", MFD_CLOEXEC));
  if (!file) co_return Error{.status = Status::kUnavailable, .detail = "The hub has no memory for this now."};
  const Receipt receipt = co_await receive_body(host_, call.handle, file.get(), 0, kMostBytes, "");
  if (receipt.status == Status::kTooLarge) {
    co_return Error{.status = Status::kTooLarge, .detail = "The file is larger than 1 MiB: split it."};
  }
  if (receipt.status != Status::kOk) {
    co_return Error{.status = receipt.status, .detail = "The file could not be taken as a whole."};
  }
  std::string text(static_cast<std::size_t>(receipt.body.bytes), '\0');
  const ssize_t read = ::pread(file.get(), text.data(), text.size(), 0);
  if (read != static_cast<ssize_t>(text.size())) co_return Error{.detail = "The file cannot be read again."};
  co_return text;
}

}  // namespace gatetorio::registration
