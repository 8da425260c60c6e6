#include "child_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <system_error>

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::size_t kLongestLine = 4096;

// In the child, between fork and exec: only what is safe after a fork of a process with threads.
[[noreturn]] void become(char* const* arguments, char* const* environment, int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);  // the parent died before the line above
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, 0);
  ::dup2(output, 1);
  ::dup2(output, 2);
  ::syscall(SYS_close_range, 3u, ~0u, 0u);  // whatever some library left open
  rlimit files{};                           // a connection is a file, and the usual soft limit is 1,024
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

// Without what a service manager told the hub alone: a child with the socket for notices could speak for it.
std::vector<char*> environment_of_child() {
  constexpr std::string_view kOfHub[] = {"NOTIFY_SOCKET=", "WATCHDOG_PID=",   "WATCHDOG_USEC=",        "LISTEN_PID=",
                                         "LISTEN_FDS=",    "LISTEN_FDNAMES=", "CREDENTIALS_DIRECTORY="};
  std::vector<char*> list;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const auto is_of_hub = [entry](std::string_view name) { return std::string_view(*entry).starts_with(name); };
    if (std::none_of(std::begin(kOfHub), std::end(kOfHub), is_of_hub)) list.push_back(*entry);
  }
  list.push_back(nullptr);
  return list;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  std::vector<char*> list;
  for (const std::string& argument : arguments) list.push_back(const_cast<char*>(argument.c_str()));
  list.push_back(nullptr);
  const std::vector<char*> environment = environment_of_child();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(list.data(), environment.data(), ends[1], parent);
  const int failure = errno;
  ::close(ends[1]);
  output_ = ends[0];
  if (pid_ < 0) {
    ::close(output_);
    throw std::system_error(failure, std::generic_category(), "fork");
  }
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    signal(SIGKILL);
    reap();
  }
  ::close(output_);
}

bool ChildProcess::read_lines(const std::function<void(std::string_view)>& line) {
  char buffer[8192];
  const auto size = ::read(output_, buffer, sizeof buffer);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  rest_.append(buffer, static_cast<std::size_t>(size));
  std::size_t begin = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
    line(std::string_view(rest_).substr(begin, end - begin));
    begin = end + 1;
  }
  rest_.erase(0, begin);
  if (!rest_.empty() && (size == 0 || rest_.size() > kLongestLine)) {
    line(rest_);
    rest_.clear();
  }
  return size > 0;
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

int ChildProcess::reap() {
  int status = 0;
  while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

}  // namespace gatetorio::transport_mqtt
