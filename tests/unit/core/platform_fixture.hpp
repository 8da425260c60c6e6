// The platform as the hub makes it, with plugins that are nothing but a name, and answers that can be waited for.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/plugin/lifecycle.hpp"
#include "core/plugin/platform.hpp"
#include "gatetorio/host.hpp"
#include "gatetorio/identity.hpp"

namespace gatetorio::core::test {

using std::chrono::milliseconds;
inline constexpr milliseconds kPatience{10'000};

// A queue between threads: what one puts, another waits for.
template <class T>
class Inbox {
 public:
  void put(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();
  }
  // Nothing where none comes within `patience`.
  std::optional<T> take(milliseconds patience = kPatience) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return !values_.empty(); })) return std::nullopt;
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> values_;
};

struct Answer {
  gtr_status status = GTR_OK;
  std::string text;
  std::uint64_t stream = 0;
  std::uint64_t transfer = 0;
  bool is_stranger = false;
  std::string caller = {};
  Error error() const { return error_from_json(status, text); }
};

// The waiting side of a completion.
class Waiter {
 public:
  gtr_completion completion() { return {&Waiter::done, this}; }
  std::optional<Answer> wait(milliseconds patience = kPatience) { return inbox_.take(patience); }
  std::size_t answers() const { return inbox_.size(); }

 private:
  static void done(void* context, gtr_status status, gtr_bytes result) {
    static_cast<Waiter*>(context)->inbox_.put({status, std::string(to_view(result))});
  }
  Inbox<Answer> inbox_;
};

// A plugin inside the hub, started unless the test says otherwise.
struct FakePlugin {
  FakePlugin(Platform& platform, std::string id, bool serial, std::vector<const char*> provided = {});
  ~FakePlugin();
  gtr_host* host() { return &plugin.host; }

  std::vector<const char*> provides;
  gtr_plugin descriptor{};
  Plugin plugin;
};

class PlatformFixture {
 public:
  PlatformFixture();
  ~PlatformFixture();
  // Lives as long as the fixture.
  FakePlugin& plugin(const std::string& id, bool serial = true, std::vector<const char*> provides = {});
  // Runs on the plugin's lane, and waits for its end.
  void on_lane(FakePlugin& plugin, const std::function<void()>& work);
  // Ends all calls and the workers. A derived fixture whose members they use does it first thing in its destructor.
  void end();
  std::string log() const { return log_text_.str(); }

 private:
  std::ostringstream log_text_;
  Log log_{{}, log_text_};

 public:
  Platform platform{log_, "1.2.3", 4};

 private:
  std::deque<std::unique_ptr<FakePlugin>> plugins_;
  Plugin self_;
  std::unique_ptr<Host> host_;
};

}  // namespace gatetorio::core::test
