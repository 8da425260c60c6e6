// What the operations of this plugin take and give.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/file_kinds.hpp"
#include "gatetorio/identifiers.hpp"
#include "gatetorio/lists.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::file_transfer {

// What people call a file. Never part of a path here; the characters that mean something in paths are refused because
// somebody may save it under that name.
struct FileNameRule {
  static constexpr std::size_t kMin = 1, kMax = 128;
  static constexpr std::string_view kPattern = "";
  static constexpr std::string_view kWords = "text without control or hidden characters, / and \\, not . or ..";
  static constexpr bool valid(std::string_view text) {
    return text != "." && text != ".." && LabelRule<128>::valid(text) &&
           text.find_first_of("/\\") == std::string_view::npos;
  }
};
using FileName = Text<FileNameRule>;

struct Sha256Rule {
  static constexpr std::size_t kMin = 64, kMax = 64;
  static constexpr std::string_view kPattern = "^[0-9a-fA-F]+$";
  static constexpr std::string_view kWords = "hexadecimal digits";
  static constexpr bool valid(std::string_view text) {
    return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  }
};

using FileId = RowId;

struct CreateInput {
  ControllerId controller_id;
  FileName name;
  FileKind kind = FileKind::other;
  Integer<0, 9'007'199'254'740'991> size;
  std::optional<Text<Sha256Rule>> sha256;
};
BOOST_DESCRIBE_STRUCT(CreateInput, (), (controller_id, name, kind, size, sha256))

struct CreateOutput {
  std::int64_t file_id = 0;
  std::string upload_url;
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(CreateOutput, (), (file_id, upload_url, expires_at))

struct ListInput {
  ControllerId controller_id;
  std::optional<FileKind> kind;
  std::optional<Integer<1, 500>> limit;
  std::optional<FileId> before;  // a file_id: older ones
};
BOOST_DESCRIBE_STRUCT(ListInput, (), (controller_id, kind, limit, before))

struct FileEntry {
  std::int64_t file_id = 0;
  std::string name;
  std::string kind;
  std::int64_t size = 0;
  std::optional<std::string> sha256;  // hex; null: not known before it is complete
  Timestamp created_at;
  std::string created_by;  // "user:17"
  std::string state;       // "uploading", "complete"
};
BOOST_DESCRIBE_STRUCT(FileEntry, (), (file_id, name, kind, size, sha256, created_at, created_by, state))

struct ListOutput {
  std::vector<FileEntry> files;
  std::optional<std::int64_t> next;  // what to give as `before` for those that follow; null: there are none
};
BOOST_DESCRIBE_STRUCT(ListOutput, (), (files, next))

enum class FileState { uploading, complete };
BOOST_DESCRIBE_ENUM(FileState, uploading, complete)

struct AllFilesInput {
  std::optional<ControllerId> controller_id;
  std::optional<FileKind> kind;
  std::optional<FileState> state;
  std::optional<std::string> sort;
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(AllFilesInput, (), (controller_id, kind, state, sort, limit, cursor))

struct AdminFileEntry {
  std::int64_t file_id = 0;
  std::int64_t device_id = 0;
  std::optional<std::string> controller_id;  // null: the device is gone
  std::string name;
  std::string kind;
  std::int64_t size = 0;
  std::optional<std::string> sha256;  // hex; null: not known before it is complete
  std::string state;                  // "uploading", "complete"
  Timestamp created_at;
  std::string created_by;  // "user:17"
};
BOOST_DESCRIBE_STRUCT(AdminFileEntry, (),
                      (file_id, device_id, controller_id, name, kind, size, sha256, state, created_at, created_by))

struct AllFilesOutput {
  std::vector<AdminFileEntry> files;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(AllFilesOutput, (), (files, next_cursor, total))

struct FileRef {
  ControllerId controller_id;
  FileId file_id;
};
BOOST_DESCRIBE_STRUCT(FileRef, (), (controller_id, file_id))

// One file, and a fresh URL to it: one to download where it is complete, one to go on uploading where it is not.
struct FileOutput {
  std::int64_t file_id = 0;
  std::string name;
  std::string kind;
  std::int64_t size = 0;
  std::optional<std::string> sha256;
  Timestamp created_at;
  std::string created_by;
  std::string state;
  std::optional<std::string> download_url;
  std::optional<std::string> upload_url;
  Timestamp expires_at;  // of the URL
};
BOOST_DESCRIBE_STRUCT(FileOutput, (),
                      (file_id, name, kind, size, sha256, created_at, created_by, state, download_url, upload_url,
                       expires_at))

struct DiffInput {
  ControllerId controller_id;
  FileId file_id;  // the newer one
  FileId with;     // the older one
};
BOOST_DESCRIBE_STRUCT(DiffInput, (), (controller_id, file_id, with))

struct DiffOutput {
  std::int64_t from = 0;
  std::int64_t to = 0;
  bool is_same = false;
  std::string diff;  // lines of the older one with -, of the newer one with +, of both with a space
};
BOOST_DESCRIBE_STRUCT(DiffOutput, (), (from, to, is_same, diff))

struct RestoreOutput {
  bool success = true;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(RestoreOutput, (), (success, message))

// A signed URL; what is not there or not well-formed is as bad as a wrong signature, and answered alike.
struct SignedInput {
  std::string file_id;
  std::optional<std::string> holder;
  std::optional<std::string> expires;
  std::optional<std::string> key;
  std::optional<std::string> signature;
  std::optional<std::string> tus_resumable;
  std::optional<std::string> upload_offset;
  std::optional<std::string> upload_checksum;
};
BOOST_DESCRIBE_STRUCT(SignedInput, (),
                      (file_id, holder, expires, key, signature, tus_resumable, upload_offset, upload_checksum))

}  // namespace gatetorio::file_transfer
