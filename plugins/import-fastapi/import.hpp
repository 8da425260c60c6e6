// One import: hands the old server's devices and the access to them over to the features that keep them here.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "gatetorio/devices.hpp"
#include "gatetorio/grants.hpp"
#include "gatetorio/host.hpp"
#include "gatetorio/services.hpp"
#include "old_database.hpp"

namespace gatetorio::import_fastapi {

// What became of the rows.
struct Tally {
  std::int64_t devices_new = 0;
  std::int64_t devices_waiting = 0;  // imported before, not registered here yet
  std::int64_t devices_ours = 0;     // registered or deleted here: left alone, with their people
  std::int64_t devices_refused = 0;
  std::int64_t access_given = 0;
  std::int64_t access_ended = 0;
  std::int64_t access_refused = 0;
};

// On one lane, and nowhere else.
class Import {
 public:
  // `say`: a line for the operator.
  Import(Host& host, OldDatabase old, std::int64_t reenrol_until_us, bool is_dry_run,
         std::function<void(std::string_view)> say)
      : host_(host),
        devices_(host, DeviceRegistry::kId),
        grants_(host, GrantStore::kId),
        old_(std::move(old)),
        reenrol_until_us_(reenrol_until_us),
        is_dry_run_(is_dry_run),
        say_(std::move(say)) {}

  // Once, until all is done. Where the storage fails or the tool is stopped: that error, and what was taken stays. Many
  // rows at a time, because they share commits.
  Task<Result<Tally>> run();

 private:
  Task<void> work();
  Task<void> take(OldDevice device);
  Task<void> take_access(OldDevice device, std::int64_t device_id);
  void refuse(const OldDevice& device, const std::string& why);

  Host& host_;
  ServiceClient devices_;
  ServiceClient grants_;
  OldDatabase old_;
  const std::int64_t reenrol_until_us_;
  const bool is_dry_run_;
  const std::function<void(std::string_view)> say_;
  Tally tally_;
  std::size_t next_ = 0;
  int working_ = 0;
  std::optional<Error> failure_;  // of the storage
};

}  // namespace gatetorio::import_fastapi
