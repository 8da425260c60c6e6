#include "external/evictions.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <vector>

#include "external/inventory.hpp"
#include "gatetorio/encoding.hpp"

namespace gatetorio::transport_mqtt {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// One that the broker hangs on must not keep the others.
constexpr int kAtOnce = 8;
constexpr milliseconds kLook{50};        // again, when something was found
constexpr milliseconds kFirstWait{250};  // after a failure; then twice as long each time
constexpr milliseconds kLongestWait{5'000};

// 400 and 405: a queue that goes with its connection, which is being closed. The next look tells.
bool is_taken(unsigned status) { return status == 204 || status == 404 || status == 400 || status == 405; }
bool is_listed(unsigned status) { return status == 200 || status == 404; }

std::vector<std::string> names_in(const std::string& text, bool& is_read) {
  std::vector<std::string> names;
  boost::system::error_code wrong;
  const auto parsed = boost::json::parse(text, wrong);
  const auto* items = !wrong && parsed.is_object() ? parsed.get_object().if_contains("items") : nullptr;
  is_read = items != nullptr && items->is_array();
  if (!is_read) return names;
  for (const auto& item : items->get_array()) {
    const auto* name = item.is_object() ? item.get_object().if_contains("name") : nullptr;
    if (name != nullptr && name->is_string()) names.emplace_back(name->get_string());
  }
  return names;
}

bool is_empty_list(const std::string& text) {
  boost::system::error_code wrong;
  const auto parsed = boost::json::parse(text, wrong);
  return !wrong && parsed.is_array() && parsed.get_array().empty();
}

}  // namespace

void Evictions::evict(const std::string& username, const std::string& held) { add(username, true, held); }
void Evictions::evict_if_there(const std::string& username) { add(username, false, {}); }

void Evictions::add(const std::string& username, bool is_barred, const std::string& held) {
  if (!management_.is_known()) return;
  {
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = jobs_.try_emplace(username);
    Job& job = place->second;
    ++job.asked;
    job.is_barred = job.is_barred || is_barred;
    if (!held.empty()) job.held.insert(held);
    if (!is_new) return;
    waiting_.push_back(username);
  }
  begin_some();
}

bool Evictions::is_barred(std::string_view username) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(username);
  return found != jobs_.end() && found->second.is_barred;
}

bool Evictions::is_held(std::string_view controller_id) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(jobs_.begin(), jobs_.end(),
                     [&](const auto& job) { return job.second.held.contains(controller_id); });
}

void Evictions::begin_some() {
  std::vector<std::string> begun;
  {
    const std::lock_guard lock(mutex_);
    for (; under_way_ < kAtOnce && !waiting_.empty(); ++under_way_) {
      begun.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
  }
  for (std::string& username : begun) thread_.spawn(work(std::move(username)));
}

asio::awaitable<void> Evictions::work(std::string username) {
  std::uint64_t asked = 0;
  {
    const std::lock_guard lock(mutex_);
    asked = jobs_.at(username).asked;
  }
  Pass done;
  co_await pass(username, done);
  milliseconds pause{0};
  bool is_any_failing = false;
  {
    const std::lock_guard lock(mutex_);
    --under_way_;
    Job& job = jobs_.at(username);
    // A connection that comes to light later has no old rights: without a queue it must ask for each anew.
    if (done.is_answered && done.found_nothing && job.asked == asked) {
      jobs_.erase(username);
    } else {
      job.pause = done.is_answered ? milliseconds(0) : std::clamp(2 * job.pause, kFirstWait, kLongestWait);
      pause = std::max(job.pause, kLook);
    }
    is_any_failing =
        std::any_of(jobs_.begin(), jobs_.end(), [](const auto& other) { return other.second.pause.count() > 0; });
  }
  if (!is_any_failing) health_.works(Concern::kEvictions);
  if (pause > pause.zero()) thread_.spawn(wait_and_begin(std::move(username), pause));
  begin_some();
}

asio::awaitable<void> Evictions::wait_and_begin(std::string username, milliseconds pause) {
  asio::steady_timer timer(co_await asio::this_coro::executor, pause);
  co_await timer.async_wait(asio::use_awaitable);
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(username));
  }
  begin_some();
}

asio::awaitable<void> Evictions::pass(std::string username, Pass& done) {
  co_await remove_connections(username, done);
  if (done.is_answered) co_await remove_queues(username, done);
}

// Status 0 where there is no answer.
asio::awaitable<ManagementAnswer> Evictions::ask(ManagementRequest request, std::string_view what, Pass& done) {
  const bool is_removal = request.method == "DELETE";
  const Result<ManagementAnswer> answer = co_await management_.ask(std::move(request));
  const bool is_well = answer && (is_removal ? is_taken(answer->status) : is_listed(answer->status));
  if (!is_well) {
    done.is_answered = false;
    health_.failed(Concern::kEvictions, what, answer);
  }
  ManagementAnswer out = answer ? *answer : ManagementAnswer();
  co_return out;
}

// False where it came meanwhile, and was asked about: then it has what it may have.
bool Evictions::is_to_go(const std::string& username, Pass& done) {
  const bool is_known = is_known_(username);
  const std::lock_guard lock(mutex_);
  Job& job = jobs_.at(username);
  if (!job.is_barred && is_known) return false;
  job.is_barred = true;
  done.found_nothing = false;
  return true;
}

asio::awaitable<void> Evictions::remove_connections(const std::string& username, Pass& done) {
  const std::string target = "/api/connections/username/" + percent_encoded(username);
  const ManagementRequest look{"GET", target}, remove{"DELETE", target};
  const ManagementAnswer listed = co_await ask(look, "list a user's connections", done);
  if (!done.is_answered || listed.status == 404 || is_empty_list(listed.body)) co_return;
  if (is_to_go(username, done)) co_await ask(remove, "close a user's connections", done);
}

asio::awaitable<void> Evictions::remove_queues(const std::string& username, Pass& done) {
  const std::string folder = "/api/queues/" + percent_encoded(management_.settings().vhost);
  const ManagementRequest look{"GET", folder + "?columns=name&page=1&page_size=100&use_regex=true&name=" +
                                          percent_encoded(queue_pattern(username))};
  const ManagementAnswer listed = co_await ask(look, "list a user's queues", done);
  if (!done.is_answered) co_return;
  const std::vector<std::string> names = names_in(listed.body, done.is_answered);
  if (names.empty() || !is_to_go(username, done)) co_return;
  for (const std::string& name : names) {
    const ManagementRequest remove{"DELETE", folder + "/" + percent_encoded(name)};
    co_await ask(remove, "delete a user's queue", done);
    if (!done.is_answered) co_return;
  }
}

}  // namespace gatetorio::transport_mqtt
