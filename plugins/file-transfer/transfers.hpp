// What happens at a signed URL: tus 1.0.0 (core, creation by our own call, expiration, checksum, termination), a plain
// PUT, and downloads.
#pragma once

#include <string>

#include "gatetorio/operations.hpp"
#include "live_transfers.hpp"
#include "url_keys.hpp"
#include "vault.hpp"

namespace gatetorio::file_transfer {

class Transfers {
 public:
  Transfers(Host& host, Repository& repository, Rights& rights, LiveTransfers& live, Vault& vault, UrlSigner& signer,
            UrlKeys& keys)
      : host_(host),
        repository_(repository),
        rights_(rights),
        live_(live),
        vault_(vault),
        signer_(signer),
        keys_(keys) {}

  // How far an upload is. One whose last byte is here becomes complete by being asked.
  struct Progress {
    std::int64_t offset = 0;
    std::int64_t length = 0;
    Timestamp upload_until;
  };
  // Errors of all: kForbidden for a URL that is altered, expired, or whose principal may not any more; kNotFound where
  // the file is gone; kGone where its upload has ended.
  Task<Result<Progress>> progress(Call call, SignedInput url);
  // Appends the call's body (tus PATCH). Errors: kConflict for another offset or while somebody else uploads;
  // kTooLarge; kCorrupt for a wrong checksum (nothing of it stays) or a whole file with a wrong SHA-256 (it is gone);
  // kFull.
  Task<Result<Progress>> append(Call call, SignedInput url);
  // The call's body is the whole file.
  Task<Result<Progress>> replace(Call call, SignedInput url);
  Task<Result<void>> terminate(Call call, SignedInput url);

  // The file and its open content.
  struct Download {
    File file;
    OpenBlob content;
  };
  Task<Result<Download>> download(Call call, SignedInput url);

 private:
  struct Upload {
    File file;
    Ticket ticket;
    std::shared_ptr<LiveTransfer> live;  // where bytes are to come
  };
  // kForbidden for each that is not good, whatever is wrong with it.
  Task<Result<Ticket>> ticket_of(Direction direction, SignedInput url);
  Task<Result<Upload>> upload_of(SignedInput url);
  // The same for a call that brings bytes.
  Task<Result<Upload>> begin_upload(Call call, SignedInput url);
  // A part with a body in it. It stays open, and so locked, until the file is settled.
  struct Taken {
    OpenBlob part;
    std::int64_t offset = 0;
    std::string sha256;  // raw; where the body was the whole file
  };
  Task<Result<Taken>> take(Call call, Upload upload, SignedInput url, bool from_start);
  Task<Result<Progress>> append_nothing(Call call, File file, std::int64_t offset);
  Task<Result<Progress>> settle(Call call, Upload upload, Taken taken);

  Host& host_;
  Repository& repository_;
  Rights& rights_;
  LiveTransfers& live_;
  Vault& vault_;
  UrlSigner& signer_;
  UrlKeys& keys_;
};

}  // namespace gatetorio::file_transfer
