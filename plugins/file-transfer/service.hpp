// The rules of files as their people see them: who makes, sees, compares, restores and deletes them. No HTTP, no SQL.
#pragma once

#include <string>

#include "gatetorio/devices.hpp"
#include "gatetorio/http_endpoint.hpp"
#include "types.hpp"
#include "url_signer.hpp"
#include "vault.hpp"

namespace gatetorio::file_transfer {

class Service {
 public:
  Service(Host& host, Repository& repository, Rights& rights, Vault& vault, UrlSigner& signer, const Settings& settings)
      : repository_(repository),
        rights_(rights),
        vault_(vault),
        signer_(signer),
        http_(host, HttpEndpoint::kId),
        devices_(host, DeviceRegistry::kId),
        settings_(settings) {}

  // The files of all devices.
  Task<Result<AllFilesOutput>> list_all(Call call, AllFilesInput input);
  // All for the call's device.
  Task<Result<CreateOutput>> create(Call call, CreateInput input);
  Task<Result<ListOutput>> list(Call call, ListInput input);
  // With a fresh URL to download it, or to go on uploading it.
  Task<Result<FileOutput>> get(Call call, FileRef input);
  Task<Result<void>> remove(Call call, FileRef input);
  // Between two small files, by lines; JSON is laid out first. Errors: kTooLarge.
  Task<Result<DiffOutput>> diff(Call call, DiffInput input);
  // Offers a complete file to the device (again): now, or when it connects.
  Task<Result<File>> restore(Call call, std::int64_t file_id);

  // A URL, and when it ends: for whoever calls, or for the device as it is now.
  struct Url {
    std::string text;
    Timestamp expires_at;
  };
  Task<Result<Url>> url_for_caller(Direction direction, std::int64_t file_id, Call call);
  Task<Result<Url>> url_for_device(Direction direction, std::int64_t file_id, std::int64_t device_id);

 private:
  Task<Result<Url>> url(Direction direction, std::int64_t file_id, Result<Holder> holder);
  Task<Result<File>> of_device(Call call, std::int64_t file_id);

  Repository& repository_;
  Rights& rights_;
  Vault& vault_;
  UrlSigner& signer_;
  ServiceClient http_;
  ServiceClient devices_;
  const Settings& settings_;
};

}  // namespace gatetorio::file_transfer
