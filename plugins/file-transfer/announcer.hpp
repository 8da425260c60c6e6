// Tells of files that have become complete: the device of what people uploaded, as a command; its watchers of what the
// device uploaded, on its status topic. Who is away is told when it comes, once: what is still to be told is in
// storage. Nothing is told on the right of somebody who has lost it meanwhile.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "gatetorio/device_link.hpp"
#include "service.hpp"

namespace gatetorio::file_transfer {

class Announcer {
 public:
  Announcer(Host& host, Repository& repository, Rights& rights, Service& service)
      : host_(host), repository_(repository), rights_(rights), service_(service), link_(host, DeviceLink::kId) {}

  // Something is to be told about a device, or it has come. Any thread; returns at once.
  void wake(std::int64_t device_id);
  // Every device of which something is still to be told.
  Task<void> wake_all();

 private:
  Task<void> tell(std::int64_t device_id);
  // False: try again in a moment.
  Task<bool> tell_of(File file);
  Task<Result<Published>> publish(File file, bool is_for_watchers);

  Host& host_;
  Repository& repository_;
  Rights& rights_;
  Service& service_;
  ServiceClient link_;
  std::mutex mutex_;              // guards the sets
  std::set<std::int64_t> busy_;   // devices that a task is telling
  std::set<std::int64_t> again_;  // of these, those that were woken meanwhile
};

}  // namespace gatetorio::file_transfer
