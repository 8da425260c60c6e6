#include "operations.hpp"

#include "tus_headers.hpp"

namespace gatetorio::file_transfer {

namespace {

const std::vector<Caller> kEngineers = {{"device", "self"}, {"user", "engineer"}, {"admin", "admin"}};

// A client that speaks no tus, or another version of it, is told so before anything else.
std::optional<Error> speaks_other_tus(const SignedInput& input) {
  if (input.tus_resumable == std::string(kTusVersion)) return std::nullopt;
  return Error{.status = Status::kPrecondition, .detail = "Tus-Resumable must be 1.0.0."};
}

Reply<Nothing> progress_reply(Status status, const Transfers::Progress& progress) {
  Reply<Nothing> reply(status, Nothing{});
  reply.headers = progress_headers(progress);
  return reply;
}

}  // namespace

void Operations::declare() {
  declare_files();
  declare_uploads();
}

void Operations::declare_files() {
  set_.add({.id = "file-transfer.all-files",
            .method = "GET",
            .path = "/admin/files",
            .summary = "The files of all devices.",
            .callers = {{"admin", "viewer"}}},
           service_, &Service::list_all);
  const auto add = [this](OperationSpec spec, auto& object, auto handler) {
    spec.resource = "controller_id";
    spec.denied_as = Status::kNotFound;
    spec.errors.insert(spec.errors.end(), {Status::kForbidden, Status::kNotFound});
    set_.add(spec, object, handler);
  };
  add({.id = "file-transfer.create",
       .method = "POST",
       .path = "/files/{controller_id}",
       .summary = "Announce a file, and get a URL to upload it to.",
       .callers = kEngineers,
       .success = {Status::kCreated},
       .errors = {Status::kTooLarge, Status::kFull}},
      service_, &Service::create);
  add({.id = "file-transfer.list",
       .method = "GET",
       .path = "/files/{controller_id}",
       .summary = "A device's files, newest first.",
       .callers = {{"device", "self"}, {"user", "engineer"}, {"admin", "viewer"}}},
      service_, &Service::list);
  add({.id = "file-transfer.get",
       .method = "GET",
       .path = "/files/{controller_id}/{file_id}",
       .summary = "A file, and a fresh URL to it.",
       .callers = kEngineers},
      service_, &Service::get);
  add({.id = "file-transfer.delete",
       .method = "DELETE",
       .path = "/files/{controller_id}/{file_id}",
       .summary = "Delete a file.",
       .callers = {{"user", "owner"}, {"admin", "admin"}},
       .success = {Status::kNoContent}},
      service_, &Service::remove);
  add({.id = "file-transfer.diff",
       .method = "GET",
       .path = "/files/{controller_id}/{file_id}/diff",
       .summary = "What changed from another file to this one, by lines.",
       .callers = kEngineers,
       .errors = {Status::kTooLarge}},
      service_, &Service::diff);
  add({.id = "file-transfer.restore",
       .method = "POST",
       .path = "/files/{controller_id}/{file_id}/restore",
       .summary = "Offer a file to the device again: now, or when it connects.",
       .callers = kEngineers,
       .success = {Status::kAccepted}},
      *this, &Operations::restore);
}

// Whoever holds the URL may: its signature is judged by the handlers.
void Operations::declare_uploads() {
  const auto add = [this](std::string_view id, std::string_view method, std::string_view summary, auto handler,
                          std::vector<std::string_view> body_types = {}) {
    const bool has_body = method == "PATCH" || method == "PUT";
    set_.add({.id = id,
              .method = method,
              .path = "/uploads/{file_id}",
              .summary = summary,
              .callers = {{"anyone"}},
              .success = {method == "HEAD" ? Status::kOk : Status::kNoContent},
              .errors = {Status::kForbidden, Status::kNotFound, Status::kConflict, Status::kGone, Status::kPrecondition,
                         Status::kTooLarge, Status::kCorrupt, Status::kFull},
              .stream_body = has_body,
              .body_types = std::move(body_types),
              .request_headers = tus_request_headers(),
              .response_headers = tus_response_headers()},
             handler);
  };
  add("file-transfer.upload-options", "OPTIONS", "What of tus the hub speaks.", &Operations::options);
  add("file-transfer.upload-progress", "HEAD", "How far an upload is (tus).", &Operations::head);
  add("file-transfer.upload-append", "PATCH", "Append to an upload (tus).", &Operations::append,
      {"application/offset+octet-stream"});
  add("file-transfer.upload", "PUT", "Upload a whole file at once.", &Operations::replace);
  add("file-transfer.upload-terminate", "DELETE", "Give an upload up (tus).", &Operations::terminate);
  set_.add({.id = "file-transfer.download",
            .method = "GET",
            .path = "/downloads/{file_id}",
            .summary = "The bytes of a file.",
            .callers = {{"anyone"}},
            .errors = {Status::kForbidden, Status::kNotFound},
            .content_types = {"application/octet-stream"},
            .response_headers = {{"Content-Disposition"}, {"Repr-Digest"}}},
           &Operations::download);
}

Task<Result<RestoreOutput>> Operations::restore(Call call, FileRef input) {
  const File file = co_await ok(service_.restore(std::move(call), input.file_id.value));
  announcer_.wake();
  co_return RestoreOutput{true, "The device is told now, or when it connects."};
}

Task<Result<Reply<Nothing>>> Operations::options(Call, SignedInput) {
  Reply<Nothing> reply(Status::kNoContent, Nothing{});
  reply.headers.emplace_back("Tus-Max-Size", std::to_string(settings_.max_file_mib * kMib));
  co_return reply;
}

Task<Result<Reply<Nothing>>> Operations::head(Call call, SignedInput input) {
  if (const auto other = speaks_other_tus(input)) co_return *other;
  const Transfers::Progress progress = co_await ok(transfers_.progress(std::move(call), std::move(input)));
  co_return progress_reply(Status::kOk, progress);
}

Task<Result<Reply<Nothing>>> Operations::append(Call call, SignedInput input) {
  if (const auto other = speaks_other_tus(input)) co_return *other;
  const Transfers::Progress progress = co_await ok(transfers_.append(std::move(call), std::move(input)));
  co_return progress_reply(Status::kNoContent, progress);
}

Task<Result<Reply<Nothing>>> Operations::replace(Call call, SignedInput input) {
  const Transfers::Progress progress = co_await ok(transfers_.replace(std::move(call), std::move(input)));
  co_return progress_reply(Status::kNoContent, progress);
}

Task<Result<void>> Operations::terminate(Call call, SignedInput input) {
  if (const auto other = speaks_other_tus(input)) co_return *other;
  co_return co_await transfers_.terminate(std::move(call), std::move(input));
}

Task<Result<Reply<FileContent>>> Operations::download(Call call, SignedInput input) {
  Transfers::Download opened = co_await ok(transfers_.download(std::move(call), std::move(input)));
  FileContent content{.file = std::move(opened.content.file),
                      .length = static_cast<std::uint64_t>(opened.content.size),
                      .etag = "\"" + opened.file.sha256 + "\""};
  Reply<FileContent> reply(std::move(content));
  reply.headers = download_headers(opened.file);
  co_return Result<Reply<FileContent>>(std::move(reply));
}

}  // namespace gatetorio::file_transfer
