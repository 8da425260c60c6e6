// Tells of files that have become complete: the device of what people uploaded, as a command; its watchers of what the
// device uploaded, on its status topic. Who is away is told when it comes, once: what is still to be told is in the
// files' rows, and a job for each device says it. Nothing is told on the right of somebody who has lost it meanwhile.
#pragma once

#include "gatetorio/device_link.hpp"
#include "gatetorio/jobs.hpp"
#include "service.hpp"

namespace gatetorio::file_transfer {

class Announcer {
 public:
  Announcer(Host& host, Jobs& jobs, Repository& repository, Rights& rights, Service& service);

  // Something was put in with a file.
  void wake() const { jobs_.wake(); }
  // The device has come, and may be one of which something is still to be told.
  Task<void> device_came(std::int64_t device_id);
  // The same of all: somebody may have come unheard. Errors: those of the storage.
  Task<Result<void>> tell_all();

 private:
  Task<Result<void>> tell(Job job);
  Task<Result<void>> tell_of(File file);
  Task<Result<Published>> publish(File file, bool is_for_watchers);

  Host& host_;
  Jobs& jobs_;
  Repository& repository_;
  Rights& rights_;
  Service& service_;
  ServiceClient link_;
};

}  // namespace gatetorio::file_transfer
