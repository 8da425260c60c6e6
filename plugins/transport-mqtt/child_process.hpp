// One child process whose output is read line by line and who dies with its parent.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gatetorio::transport_mqtt {

class ChildProcess {
 public:
  // Starts `arguments[0]` with stdout and stderr in one pipe. The child gets SIGTERM when the calling *thread* ends, so
  // that thread must live as long as the child should. Throws std::system_error where there is no room for a process;
  // a program that cannot be executed ends with status 127.
  explicit ChildProcess(const std::vector<std::string>& arguments);
  // Kills and reaps it where that was not done.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  int output() const { return output_; }  // for poll
  // Reads what is there, without waiting, and calls `line` for every whole line. False at the end of the output.
  bool read_lines(const std::function<void(std::string_view)>& line);
  void signal(int number) const;
  // Waits until it is gone. Returns its status as waitpid has it.
  int reap();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string rest_;
};

}  // namespace gatetorio::transport_mqtt
