#include "support/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>

#include "support/temp_dir.hpp"

namespace gatetorio::testing {

namespace fs = std::filesystem;

namespace {

// In the child, between fork and exec: only what is safe there.
[[noreturn]] void become(char* const* arguments, const char* out, const char* err, const char* folder, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int number : {SIGTERM, SIGINT, SIGABRT, SIGSEGV, SIGFPE, SIGILL}) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::getppid() != parent) ::_exit(127);
  ::dup2(::open("/dev/null", O_RDONLY), 0);
  ::dup2(::open(out, O_WRONLY | O_CREAT | O_APPEND, 0600), 1);
  ::dup2(::open(err, O_WRONLY | O_CREAT | O_APPEND, 0600), 2);
  if (*folder != '\0' && ::chdir(folder) != 0) ::_exit(127);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

struct Stat {
  char state = 'Z';
  pid_t parent = 0;
};

// From /proc/<pid>/stat, whose second field may hold anything but ends with the last ")".
Stat stat_of(pid_t pid) {
  const std::string text = read_file("/proc/" + std::to_string(pid) + "/stat");
  const auto end = text.rfind(')');
  if (end == std::string::npos || end + 4 >= text.size()) return {};
  return {text[end + 2], static_cast<pid_t>(std::strtol(text.c_str() + end + 4, nullptr, 10))};
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const ProcessFiles& files, const fs::path& folder) {
  std::vector<char*> list;
  for (const std::string& argument : arguments) list.push_back(const_cast<char*>(argument.c_str()));
  list.push_back(nullptr);
  // Between fork and exec a signal would meet the handlers that the test framework has.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(list.data(), files.stdout_file.c_str(), files.stderr_file.c_str(), folder.c_str(), parent);
  const int failure = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid_ < 0) throw std::system_error(failure, std::generic_category(), "fork");
}

Process::~Process() {
  if (is_running()) {
    signal(SIGKILL);
    wait();
  }
}

bool Process::is_running() {
  int status = 0;
  if (reaped_ || ::waitpid(pid_, &status, WNOHANG) != pid_) return !reaped_;
  reaped_ = true;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

void Process::signal(int number) {
  if (is_running()) ::kill(pid_, number);
}

int Process::wait(milliseconds patience) {
  return eventually([this] { return !is_running(); }, patience) ? code_ : -1;
}

RunResult run(const std::vector<std::string>& arguments, milliseconds patience) {
  const TempDir folder;
  Process process(arguments, {folder / "stdout", folder / "stderr"});
  RunResult result;
  result.code = process.wait(patience);
  result.out = read_file(folder / "stdout");
  result.err = read_file(folder / "stderr");
  return result;
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong != std::errc() || end != name.data() + name.size()) continue;
    const Stat stat = stat_of(pid);
    if (stat.parent == parent && stat.state != 'Z') children.push_back(pid);
  }
  return children;
}

bool is_alive(pid_t pid) { return stat_of(pid).state != 'Z'; }

}  // namespace gatetorio::testing
