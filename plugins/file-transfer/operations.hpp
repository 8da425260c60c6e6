// What this plugin offers to the outside, in terms of its services.
#pragma once

#include "announcer.hpp"
#include "gatetorio/operations.hpp"
#include "service.hpp"
#include "transfers.hpp"

namespace gatetorio::file_transfer {

class Operations {
 public:
  Operations(Host& host, Service& service, Transfers& transfers, Announcer& announcer, const Settings& settings)
      : service_(service), transfers_(transfers), announcer_(announcer), settings_(settings), set_(host, this) {}
  // Announces all of them. In configure().
  void declare();

 private:
  void declare_files();
  void declare_uploads();

  Task<Result<RestoreOutput>> restore(Call call, FileRef input);

  Task<Result<Reply<Nothing>>> options(Call call, SignedInput input);
  Task<Result<Reply<Nothing>>> head(Call call, SignedInput input);
  Task<Result<Reply<Nothing>>> append(Call call, SignedInput input);
  Task<Result<Reply<Nothing>>> replace(Call call, SignedInput input);
  Task<Result<void>> terminate(Call call, SignedInput input);
  Task<Result<Reply<FileContent>>> download(Call call, SignedInput input);

  Service& service_;
  Transfers& transfers_;
  Announcer& announcer_;
  const Settings& settings_;
  OperationSet<Operations> set_;
};

}  // namespace gatetorio::file_transfer
