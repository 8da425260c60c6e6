// A whole list as one file: the pages of the list's own operation, read as the admin who asks, so that rights, filters
// and fields are those of the list.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "gatetorio/content.hpp"
#include "gatetorio/identifiers.hpp"
#include "operation_calls.hpp"

namespace gatetorio::admin {

enum class ExportedList { devices, users, grants, commands, files, audit };
BOOST_DESCRIBE_ENUM(ExportedList, devices, users, grants, commands, files, audit)

// The filters of the lists. One that the wanted list has not is refused, so that nobody gets more than was meant.
struct ExportInput {
  ExportedList list = ExportedList::devices;
  std::optional<std::string> query, online, offline_for_seconds, firmware, sort, controller_id, user_id, level, source,
      state, sender, kind, who, action, target, outcome, from, until;
};
BOOST_DESCRIBE_STRUCT(ExportInput, (),
                      (list, query, online, offline_for_seconds, firmware, sort, controller_id, user_id, level, source,
                       state, sender, kind, who, action, target, outcome, from, until))

// Any thread.
class ListExport {
 public:
  static constexpr std::size_t kMostRows = 50'000, kMostBytes = 64 << 20;
  static constexpr int kMostAtOnce = 4;

  explicit ListExport(OperationCalls& operations) : operations_(operations) {}

  // JSON, an array of the list's entries; or CSV where the caller prefers it. Errors: those of the list; kInvalid for a
  // filter that it has not, and where more than kMostRows or kMostBytes match; kUnavailable beside kMostAtOnce others.
  Task<Result<FileContent>> export_list(Call call, ExportInput input);

 private:
  Task<Result<FileContent>> read(Call call, ExportInput input);

  OperationCalls& operations_;
  std::atomic<int> running_ = 0;
};

}  // namespace gatetorio::admin
