// Commands of the machine's own operator to a hub that runs, or will: `gatetorio-hub admin create | reset` leave a file
// in the plugin's folder of data_dir, which only the hub's user can enter; the hub takes it up within a second, or at
// its start, and leaves the answer beside it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "accounts.hpp"

namespace gatetorio::admin {

struct LocalRequest {
  std::string what;           // "create", "reset"
  std::string name;           // empty: a link for a new admin
  std::string role;           // of a new admin
  std::string password_hash;  // empty: a link
};
BOOST_DESCRIBE_STRUCT(LocalRequest, (), (what, name, role, password_hash))

struct LocalAnswer {
  std::string error;  // empty: it is done
  std::string link;   // where one was asked for
};
BOOST_DESCRIBE_STRUCT(LocalAnswer, (), (error, link))

// The command's side. Blocks on the disk.
class LocalRequests {
 public:
  explicit LocalRequests(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Leaves a request; returns its file. Throws std::system_error.
  std::filesystem::path put(const LocalRequest& request) const;
  // The answer to a request, once it is there.
  static std::optional<LocalAnswer> answer_to(const std::filesystem::path& request);

  // The hub's side: the requests that wait, the oldest first.
  std::vector<std::filesystem::path> waiting() const;
  static std::optional<LocalRequest> read(const std::filesystem::path& request);
  // Takes the request away and leaves the answer.
  static void answer(const std::filesystem::path& request, const LocalAnswer& answer);

 private:
  std::filesystem::path folder_;
};

}  // namespace gatetorio::admin
