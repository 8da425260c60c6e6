#include "service.hpp"

#include <algorithm>
#include <boost/describe.hpp>

#include "gatetorio/find_device.hpp"
#include "line_diff.hpp"

namespace gatetorio::file_transfer {

namespace {

constexpr std::int64_t kDefaultLimit = 100;
constexpr std::int64_t kMaxDiffBytes = kMib;

Error not_found() { return {.status = Status::kNotFound, .detail = "There is no such file."}; }

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

FileEntry to_entry(const File& file) {
  return {.file_id = file.id,
          .name = file.name,
          .kind = file.kind,
          .size = file.size,
          .sha256 = unless_empty(file.sha256),
          .created_at = file.created_at,
          .created_by = key_of(file.creator),
          .state = file.state};
}

}  // namespace

Task<Result<Service::Url>> Service::url_for_caller(Direction direction, std::int64_t file_id, Call call) {
  Result<Holder> holder = co_await rights_.holder(*call.principal);
  co_return co_await url(direction, file_id, std::move(holder));
}

Task<Result<Service::Url>> Service::url_for_device(Direction direction, std::int64_t file_id, std::int64_t device_id) {
  PrincipalId device{"device", device_id};
  Result<Holder> holder = co_await rights_.holder(std::move(device));
  co_return co_await url(direction, file_id, std::move(holder));
}

Task<Result<Service::Url>> Service::url(Direction direction, std::int64_t file_id, Result<Holder> holder) {
  if (!holder) co_return holder.error();
  const HttpAddress address = co_await ok(http_.call<HttpEndpoint::Endpoint>());
  const std::int64_t life = direction == Direction::kUpload ? settings_.upload_hours * kMicrosecondsPerHour
                                                            : settings_.download_minutes * 60 * kMicrosecondsPerSecond;
  const Timestamp expires_at{(now().us + life) / kMicrosecondsPerSecond * kMicrosecondsPerSecond};
  const std::string path = signer_.sign(direction, Ticket{file_id, *std::move(holder), expires_at});
  if (path.empty()) co_return Error{.status = Status::kUnavailable, .detail = "There is no key yet to sign URLs with."};
  co_return Url{address.base_url + path, expires_at};
}

Task<Result<CreateOutput>> Service::create(Call call, CreateInput input) {
  File file{.device_id = call.access.resource_id,
            .name = input.name.value,
            .kind = boost::describe::enum_to_string(input.kind, ""),
            .size = input.size.value,
            .creator = call.principal->who(),
            .announce = Announce::kWhomItConcerns};
  if (!includes(call.access.file_kinds, file.kind)) {
    co_return Error{.status = Status::kForbidden, .detail = "Your access to the device is to files of other kinds."};
  }
  if (input.sha256) file.sha256 = lower(input.sha256->value);
  const File made = co_await ok(vault_.create(std::move(file), call));
  const Url upload = co_await ok(url_for_caller(Direction::kUpload, made.id, call));
  co_return CreateOutput{made.id, upload.text, upload.expires_at};
}

Task<Result<ListOutput>> Service::list(Call call, ListInput input) {
  FileKinds kinds = call.access.file_kinds;
  if (input.kind) {
    const std::string asked_for = boost::describe::enum_to_string(*input.kind, "");
    kinds = std::vector<std::string>();
    if (includes(call.access.file_kinds, asked_for)) kinds->push_back(asked_for);
  }
  const std::int64_t limit = input.limit ? input.limit->value : kDefaultLimit;
  const std::int64_t before = input.before ? input.before->value : kForeverUs;
  const std::vector<File> files =
      co_await ok(repository_.list(call.access.resource_id, std::move(kinds), before, limit + 1));
  ListOutput out;
  for (const File& file : files) out.files.push_back(to_entry(file));
  if (out.files.size() > static_cast<std::size_t>(limit)) {
    out.files.pop_back();
    out.next = out.files.back().file_id;
  }
  co_return out;
}

Task<Result<AllFilesOutput>> Service::list_all(Call, AllFilesInput input) {
  std::optional<std::int64_t> device_id;
  if (input.controller_id) {
    const std::int64_t id = co_await ok(find_device_id(devices_, input.controller_id->value));
    device_id = id;
  }
  const Repository::Page page = co_await ok(repository_.list_all(std::move(input), device_id));
  AllFilesOutput out{{}, page.end.next_cursor, page.end.total};
  for (const File& file : page.files) {
    out.files.push_back({.file_id = file.id,
                         .device_id = file.device_id,
                         .controller_id = {},
                         .name = file.name,
                         .kind = file.kind,
                         .size = file.size,
                         .sha256 = unless_empty(file.sha256),
                         .state = file.state,
                         .created_at = file.created_at,
                         .created_by = key_of(file.creator)});
  }
  co_await ok(name_devices(devices_, &out.files));
  co_return out;
}

Task<Result<File>> Service::of_device(Call call, std::int64_t file_id) {
  Result<File> file = co_await repository_.find(file_id);
  if (file && file->device_id != call.access.resource_id) co_return not_found();
  if (file && !includes(call.access.file_kinds, file->kind)) co_return not_found();
  co_return file;
}

Task<Result<FileOutput>> Service::get(Call call, FileRef input) {
  const File file = co_await ok(of_device(call, input.file_id.value));
  const Direction direction = file.is_complete() ? Direction::kDownload : Direction::kUpload;
  const Url signed_url = co_await ok(url_for_caller(direction, input.file_id.value, call));
  FileOutput out{.file_id = file.id,
                 .name = file.name,
                 .kind = file.kind,
                 .size = file.size,
                 .sha256 = unless_empty(file.sha256),
                 .created_at = file.created_at,
                 .created_by = key_of(file.creator),
                 .state = file.state,
                 .expires_at = signed_url.expires_at};
  (file.is_complete() ? out.download_url : out.upload_url) = signed_url.text;
  co_return out;
}

Task<Result<void>> Service::remove(Call call, FileRef input) {
  const File file = co_await ok(of_device(call, input.file_id.value));
  co_return co_await vault_.remove(file, "file.delete", call);
}

Task<Result<DiffOutput>> Service::diff(Call call, DiffInput input) {
  std::string texts[2];
  const std::int64_t ids[2] = {input.with.value, input.file_id.value};
  for (int i = 0; i < 2; ++i) {
    const File file = co_await ok(of_device(call, ids[i]));
    if (!file.is_complete()) co_return not_found();
    if (file.size > kMaxDiffBytes) {
      co_return Error{.status = Status::kTooLarge, .detail = "Only files of up to 1 MiB are compared."};
    }
    std::string text = co_await ok(vault_.read(file));
    texts[i] = std::move(text);
  }
  const bool is_same = texts[0] == texts[1];
  std::optional<std::string> lines = line_diff(laid_out(texts[0]), laid_out(texts[1]));
  if (!lines) co_return Error{.status = Status::kTooLarge, .detail = "The files differ in too many lines."};
  co_return DiffOutput{ids[0], ids[1], is_same, *std::move(lines)};
}

Task<Result<File>> Service::restore(Call call, std::int64_t file_id) {
  const File file = co_await ok(of_device(call, file_id));
  co_await ok(repository_.announce_again(file, call));
  co_return file;
}

}  // namespace gatetorio::file_transfer
