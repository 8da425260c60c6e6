#include "transfers.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "gatetorio/secret.hpp"
#include "tus_headers.hpp"

namespace gatetorio::file_transfer {

namespace {

Error forbidden() {
  return {.status = Status::kForbidden, .detail = "The URL is not valid or has expired; ask for a fresh one."};
}

// Who may not is told no more than who has no URL.
Error of_url(const Error& error) { return error.status == Status::kForbidden ? forbidden() : error; }

Error bad_header(std::string name) {
  return {.status = Status::kMalformed, .detail = "The header " + std::move(name) + " is missing or cannot be read."};
}

// To clients of tus a 5xx means "try again", and other refusals mean that the upload is lost.
Error ask_again() {
  return {.status = Status::kUnavailable, .detail = "The upload is being completed.", .retry_after_s = 1};
}

Error over_size() { return {.status = Status::kTooLarge, .detail = "These are more bytes than the file was to have."}; }

Principal principal_of(const Ticket& ticket) { return {.kind = ticket.holder.who.kind, .id = ticket.holder.who.id}; }

}  // namespace

// A URL is worth what its principal is: who loses access, or gets other credentials, loses its URLs at once.
Task<Result<Ticket>> Transfers::ticket_of(Direction direction, SignedInput url) {
  const std::optional<PrincipalId> named = UrlSigner::holder_named_by(url);
  if (!named) co_return forbidden();
  const Result<Holder> holder = co_await rights_.holder(*named);
  if (!holder) co_return of_url(holder.error());
  if (!signer_.knows_key_of(url)) co_await keys_.look_for_new();
  const std::optional<Ticket> ticket = signer_.verify(direction, url, *holder, now());
  if (!ticket) co_return forbidden();
  co_return *ticket;
}

Task<Result<Transfers::Upload>> Transfers::upload_of(SignedInput url) {
  const Ticket ticket = co_await ok(ticket_of(Direction::kUpload, std::move(url)));
  const File file = co_await ok(repository_.find(ticket.file_id));
  const Result<Timestamp> may = co_await rights_.check(ticket.holder, file.device_id, file.kind);
  if (!may) co_return of_url(may.error());
  if (!file.is_complete() && file.upload_until <= now()) {
    co_return Error{.status = Status::kGone, .detail = "The upload took too long and has ended."};
  }
  co_return Upload{file, ticket, nullptr};
}

Task<Result<Transfers::Upload>> Transfers::begin_upload(Call call, SignedInput url) {
  Upload upload = co_await ok(upload_of(std::move(url)));
  const Transferred what{upload.file.device_id, upload.file.kind, upload.file.id};
  Result<std::shared_ptr<LiveTransfer>> live = co_await live_.enter(call, upload.ticket.holder, what);
  if (!live) co_return of_url(live.error());
  upload.live = *std::move(live);
  co_return upload;
}

Task<Result<Transfers::Progress>> Transfers::progress(Call call, SignedInput url) {
  const Upload upload = co_await ok(upload_of(std::move(url)));
  Progress out{upload.file.size, upload.file.size, upload.file.upload_until};
  if (upload.file.is_complete()) co_return out;
  auto syncing = vault_.sync(upload.file);  // what is told is kept
  const Result<std::int64_t> size = co_await syncing;
  // Sealed, and not complete yet: by somebody else in this moment, or by a hub that died.
  const bool is_sealed = !size && size.error().status == Status::kNotFound;
  if (!size && !is_sealed) co_return size.error();
  if (size) out.offset = *size;
  if (out.offset < upload.file.size) co_return out;
  // The hub died before it could say that this was all, or there is nothing to send.
  Taken taken{.offset = out.offset};
  if (!is_sealed) {
    Result<OpenBlob> part = co_await vault_.open_part(upload.file);
    if (!part && part.error().status == Status::kConflict) co_return ask_again();
    if (!part) co_return part.error();
    taken.part = *std::move(part);
  }
  co_return co_await settle(call, upload, std::move(taken));
}

Task<Result<Transfers::Progress>> Transfers::append(Call call, SignedInput url) {
  const auto offset = parse_upload_offset(url.upload_offset);
  const Upload upload = co_await ok(begin_upload(call, url));
  if (!offset) co_return bad_header("Upload-Offset");
  if (url.upload_checksum && !parse_upload_checksum(*url.upload_checksum)) co_return bad_header("Upload-Checksum");
  if (upload.file.is_complete()) {
    co_return co_await append_nothing(call, upload.file, *offset);
  }
  Taken taken = co_await ok(take(call, upload, url, false));
  co_return co_await settle(call, upload, std::move(taken));
}

// Clients that learn of the end of their data only when nothing is left end with a piece without bytes
// (tus-java-client).
Task<Result<Transfers::Progress>> Transfers::append_nothing(Call call, File file, std::int64_t offset) {
  const Error complete{.status = Status::kConflict, .detail = "The file is complete."};
  const Descriptor nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (offset != file.size || !nowhere) co_return complete;
  const Receipt receipt = co_await receive_body(host_, call.handle, nowhere.get(), 0, 0, "");
  if (receipt.status == Status::kTooLarge) co_return complete;
  if (receipt.status != Status::kOk) {
    co_return Error{.status = receipt.status, .detail = "The body could not be taken as a whole."};
  }
  co_return Progress{file.size, file.size, file.upload_until};
}

Task<Result<Transfers::Progress>> Transfers::replace(Call call, SignedInput url) {
  const Upload upload = co_await ok(begin_upload(call, url));
  if (upload.file.is_complete()) {
    co_return Error{.status = Status::kConflict, .detail = "The file is complete."};
  }
  Taken taken = co_await ok(take(call, upload, url, true));
  if (taken.offset != upload.file.size) {
    co_return Error{.status = Status::kInvalid,
                    .detail = "The body is shorter than the file was to be.",
                    .fields = {{"/size", "differs from the length of the body"}}};
  }
  co_return co_await settle(call, upload, std::move(taken));
}

// Lets the body into the part.
Task<Result<Transfers::Taken>> Transfers::take(Call call, Upload upload, SignedInput url, bool from_start) {
  OpenBlob part = co_await ok(vault_.open_part(upload.file));
  const int file = part.file.get();
  co_await ok(vault_.keep_room(upload.file));
  if (from_start && ::ftruncate(file, 0) != 0) co_return Error{.detail = "The part cannot be begun anew."};
  const std::int64_t start = from_start ? 0 : part.size;
  if (!from_start && parse_upload_offset(url.upload_offset) != start) {
    co_return Error{.status = Status::kConflict, .detail = "The upload is at another offset."};
  }
  const auto checksum = url.upload_checksum ? parse_upload_checksum(*url.upload_checksum) : std::nullopt;
  const auto room = static_cast<std::uint64_t>(upload.file.size - start);
  const std::string algorithm = checksum ? checksum->algorithm : "sha256";
  const Receipt receipt =
      co_await receive_body(host_, call.handle, file, static_cast<std::uint64_t>(start), room, algorithm);
  const bool has_right = upload.live->end_flow();  // from here on an answer can say so
  const std::int64_t reached = start + receipt.body.bytes;
  if (receipt.status == Status::kTooLarge) co_return over_size();
  const bool is_wrong =
      receipt.status == Status::kOk && checksum && !equal_in_constant_time(checksum->digest, receipt.body.digest);
  // A checksum vouches for the whole of a body: of one that broke off nothing stays either.
  const bool is_unproven = checksum && receipt.status != Status::kOk;
  if ((is_wrong || is_unproven) && ::ftruncate(file, start) != 0) {
    co_return Error{.detail = "The part cannot be cut back."};
  }
  if (!has_right) co_return forbidden();
  if (is_wrong) co_return Error{.status = Status::kCorrupt, .detail = "The body is not what its checksum says."};
  if (receipt.status != Status::kOk) {
    co_return Error{.status = receipt.status, .detail = "The body could not be taken as a whole."};
  }
  if (from_start && reached != upload.file.size && ::ftruncate(file, 0) != 0) {
    co_return Error{.detail = "The part cannot be cut back."};
  }
  Taken taken{std::move(part), reached, ""};
  const bool is_whole = start == 0 && reached == upload.file.size;
  if (is_whole && (!checksum || checksum->algorithm == "sha256")) taken.sha256 = receipt.body.digest;
  co_return Result<Taken>(std::move(taken));
}

Task<Result<Transfers::Progress>> Transfers::settle(Call call, Upload upload, Taken taken) {
  const Progress out{taken.offset, upload.file.size, upload.file.upload_until};
  if (taken.offset < upload.file.size) {
    co_await ok(vault_.sync(upload.file));
    co_return out;
  }
  call.principal = principal_of(upload.ticket);
  co_await ok(vault_.finish(upload.file, std::move(taken.sha256), call));
  co_return out;
}

Task<Result<void>> Transfers::terminate(Call call, SignedInput url) {
  const Upload upload = co_await ok(upload_of(std::move(url)));
  if (upload.file.is_complete()) {
    co_return Error{.status = Status::kConflict, .detail = "The file is complete; its owner can delete it."};
  }
  call.principal = principal_of(upload.ticket);
  co_return co_await vault_.remove_upload(upload.file, "file.terminate", call);
}

Task<Result<Transfers::Download>> Transfers::download(Call call, SignedInput url) {
  const Ticket ticket = co_await ok(ticket_of(Direction::kDownload, std::move(url)));
  const File file = co_await ok(repository_.find(ticket.file_id));
  const Transferred what{file.device_id, file.kind};
  const Result<std::shared_ptr<LiveTransfer>> live = co_await live_.enter(call, ticket.holder, what);
  if (!live) co_return of_url(live.error());
  OpenBlob content = co_await ok(vault_.open(file));
  co_return Result<Download>(Download{file, std::move(content)});
}

}  // namespace gatetorio::file_transfer
