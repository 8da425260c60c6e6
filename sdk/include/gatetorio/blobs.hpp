// gatetorio.blobs/1: where the content of files is kept. A blob is a part that is being written, then, once sealed,
// whole and never changed. The selector names the backend ("folder"); a plugin may bring another.
//
// Content does not travel through the service: it hands out file descriptors. One in a reply belongs to whoever asked;
// of a reply that comes too late the hub closes it, and so its lock is gone too.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/content.hpp"

namespace gatetorio {

struct BlobName {
  std::string name;  // the backend's own; no part of it comes from a client
};
BOOST_DESCRIBE_STRUCT(BlobName, (), (name))

struct BlobHandle {
  PassedDescriptor descriptor = PassedDescriptor::kNone;
  std::int64_t size = 0;  // bytes that are there
};
BOOST_DESCRIBE_STRUCT(BlobHandle, (), (descriptor, size))

struct BlobSeal {
  std::string name;
  std::string expected_sha256;  // raw; empty: anything
  std::string known_sha256;     // raw; of the whole part, where the caller has computed it; empty: it is read once more
};
BOOST_DESCRIBE_STRUCT(BlobSeal, (), (name, expected_sha256, known_sha256))

struct BlobSealed {
  std::int64_t size = 0;
  std::string sha256;  // raw
};
BOOST_DESCRIBE_STRUCT(BlobSealed, (), (size, sha256))

struct BlobInfo {
  std::string name;
  std::int64_t size = 0;
  std::int64_t changed_at_us = 0;
};
BOOST_DESCRIBE_STRUCT(BlobInfo, (), (name, size, changed_at_us))

struct BlobList {
  std::vector<BlobInfo> blobs;
};
BOOST_DESCRIBE_STRUCT(BlobList, (), (blobs))

struct BlobSpace {
  std::int64_t free_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(BlobSpace, (), (free_bytes))

struct BlobNothing {};
BOOST_DESCRIBE_STRUCT(BlobNothing, (), ())

struct Blobs {
  static constexpr std::string_view kId = "gatetorio.blobs/1";
  // A new, empty part.
  struct Make {
    static constexpr std::uint32_t kMethod = 1;
    using Request = BlobNothing;
    using Reply = BlobName;
  };
  // A part, to be written by one at a time: until every duplicate of the descriptor is closed others get kConflict.
  // Errors: kNotFound, also for a whole one.
  struct OpenPart {
    static constexpr std::uint32_t kMethod = 2;
    using Request = BlobName;
    using Reply = BlobHandle;
  };
  // What the descriptor was used to write is on the disk now. Errors: kNotFound.
  struct Sync {
    static constexpr std::uint32_t kMethod = 3;
    using Request = BlobName;
    using Reply = BlobHandle;  // without a descriptor
  };
  // Makes a part whole; on the disk when it answers. Repeating answers again. Errors: kNotFound; kCorrupt where it is
  // not what was expected: the part stays.
  struct Seal {
    static constexpr std::uint32_t kMethod = 4;
    using Request = BlobSeal;
    using Reply = BlobSealed;
  };
  // A whole one, to be read. Errors: kNotFound.
  struct Open {
    static constexpr std::uint32_t kMethod = 5;
    using Request = BlobName;
    using Reply = BlobHandle;
  };
  // Part or whole. Readers keep what they have open. Nothing there: no error.
  struct Remove {
    static constexpr std::uint32_t kMethod = 6;
    using Request = BlobName;
    using Reply = BlobNothing;
  };
  // Everything that is kept, parts too.
  struct List {
    static constexpr std::uint32_t kMethod = 7;
    using Request = BlobNothing;
    using Reply = BlobList;
  };
  struct Space {
    static constexpr std::uint32_t kMethod = 8;
    using Request = BlobNothing;
    using Reply = BlobSpace;
  };
};

}  // namespace gatetorio
