// The import of a fleet that is to come: each device that a file names gets a key of its own, with which that hardware
// alone registers, once, whatever the policy is.
#pragma once

#include "gatetorio/content.hpp"
#include "gatetorio/operations.hpp"
#include "repository.hpp"
#include "types.hpp"

namespace gatetorio::registration {

// Any thread.
class Fleet {
 public:
  static constexpr std::uint64_t kMostBytes = 1024 * 1024;

  Fleet(Host& host, Repository& repository) : host_(host), repository_(repository) {}

  // The keys, as JSON (FleetOutput), or as CSV where the caller prefers it; a dry run makes none. All of the file or
  // nothing. Errors: kInvalid with what is wrong where; kTooLarge; kConflict where what is here changed meanwhile.
  Task<Result<Reply<Bytes>>> import(Call call, FleetInput input);

 private:
  Task<Result<std::string>> take_file(Call call);

  Host& host_;
  Repository& repository_;
};

}  // namespace gatetorio::registration
