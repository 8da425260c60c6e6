// A program that a test runs. Nothing of it is left when the test ends, however that ends.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/eventually.hpp"

namespace gatetorio::testing {

struct ProcessFiles {
  std::filesystem::path stdout_file;
  std::filesystem::path stderr_file;
};

class Process {
 public:
  // Runs `arguments[0]`, with the output into files. `folder`: its current directory. Throws std::system_error.
  Process(const std::vector<std::string>& arguments, const ProcessFiles& files,
          const std::filesystem::path& folder = {});
  ~Process();  // kills it where it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool is_running();
  void signal(int number);
  // The exit code, or 128 + the signal's number; -1 where it has not ended within `patience`.
  int wait(milliseconds patience = kPatience);

 private:
  pid_t pid_ = -1;
  bool reaped_ = false;
  int code_ = -1;
};

struct RunResult {
  int code = -1;
  std::string out;
  std::string err;
};

// Runs a program to its end.
RunResult run(const std::vector<std::string>& arguments, milliseconds patience = kPatience);

// The running children of a process.
std::vector<pid_t> children_of(pid_t parent);
// False also for a zombie.
bool is_alive(pid_t pid);

}  // namespace gatetorio::testing
