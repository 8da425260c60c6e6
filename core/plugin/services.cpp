#include "core/plugin/services.hpp"

#include <unistd.h>

#include "gatetorio/json.hpp"

namespace gatetorio::core {

namespace {

constexpr std::uint32_t kDefaultDeadlineMs = 30'000;

bool lists(const char* const* list, std::string_view id) {
  for (; *list != nullptr; ++list) {
    if (id == *list) return true;
  }
  return false;
}

void fail(gtr_completion done, Status status, std::string detail) {
  const std::string text = to_json(Error{.status = status, .detail = std::move(detail)});
  done.done(done.context, static_cast<gtr_status>(status), to_bytes(text));
}

}  // namespace

gtr_status Services::provide(Plugin& provider, std::string_view id, std::string_view selector, gtr_service_fn handler,
                             void* context) {
  if (handler == nullptr || !lists(provider.descriptor->provides, id)) return GTR_INVALID;
  const std::lock_guard lock(mutex_);
  auto& entry = services_[{std::string(id), std::string(selector)}];
  if (entry) return GTR_CONFLICT;
  entry = std::make_unique<gtr_service>(gtr_service{&provider, handler, context});
  return GTR_OK;
}

gtr_service* Services::find(std::string_view id, std::string_view selector) const {
  const std::lock_guard lock(mutex_);
  const auto found = services_.find({std::string(id), std::string(selector)});
  return found == services_.end() ? nullptr : found->second.get();
}

gtr_service* Services::match(std::string_view id, std::string_view text) const {
  const std::lock_guard lock(mutex_);
  gtr_service* best = nullptr;
  std::size_t best_size = 0;
  for (const auto& [key, service] : services_) {
    if (key.first != id || !text.starts_with(key.second)) continue;
    if (best == nullptr || key.second.size() >= best_size) {
      best = service.get();
      best_size = key.second.size();
    }
  }
  return best;
}

gtr_call Services::call(gtr_service& service, std::uint32_t method, std::string_view body, std::uint32_t deadline_ms,
                        gtr_completion done, const Plugin* caller) {
  auto pending = std::make_shared<Pending>(Pending{this, &service, done, {}, method, std::string(body), caller});
  Pending* raw = pending.get();
  const auto deadline = Clock::now() + std::chrono::milliseconds(deadline_ms == 0 ? kDefaultDeadlineMs : deadline_ms);
  const gtr_call call = calls_.open(std::move(pending), deadline);
  raw->call = call;
  service.provider->lane->post(&Services::begin, raw);
  return call;
}

void Services::begin(void* pending) {
  auto* call = static_cast<Pending*>(pending);
  Services& self = *call->services;
  const gtr_call number = call->call;  // `call` ends with its answer
  const Plugin& provider = *call->target->provider;
  // Nobody waits any more: doing it now, late, would be worse than not at all.
  if (!self.calls_.is_waiting(number)) return self.complete(number, GTR_CANCELLED, {});
  // What a plugin provides answers itself before it answers others: its start may need it.
  const bool starts_itself = call->caller == &provider && provider.state == PluginState::kStarting;
  if (!provider.serves() && !starts_itself) {
    const Error error{
        .status = Status::kUnavailable, .detail = "Plugin '" + provider.id + "' is not running.", .retry_after_s = 1};
    return self.complete(number, GTR_UNAVAILABLE, to_json(error));
  }
  try {
    call->target->handler(call->target->context, number, call->method, to_bytes(call->body));
  } catch (...) {
    const Error error{.detail = "Plugin '" + provider.id + "' failed."};
    self.complete(number, GTR_INTERNAL, to_json(error));
    throw;  // to the lane, which reports it
  }
}

void Services::complete(gtr_call call, gtr_status status, std::string_view result,
                        std::span<const std::int32_t> descriptors) {
  bool first = false;
  const auto pending = calls_.finish(call, first);
  if (pending && first) return pending->done.done(pending->done.context, status, to_bytes(result));
  for (const std::int32_t descriptor : descriptors) ::close(descriptor);
}

void Services::cancel(gtr_call call) {
  if (const auto pending = calls_.give_up(call)) fail(pending->done, Status::kCancelled, "The call was cancelled.");
}

std::size_t Services::sweep(Clock::time_point now) {
  std::size_t ended = 0;
  for (const gtr_call call : calls_.overdue(now)) {
    const auto pending = calls_.give_up(call);
    if (!pending) continue;
    ++ended;
    fail(pending->done, Status::kTimeout, "Plugin '" + pending->target->provider->id + "' did not answer in time.");
  }
  return ended;
}

void Services::cancel_all() {
  for (const gtr_call call : calls_.overdue(Clock::time_point::max())) cancel(call);
}

}  // namespace gatetorio::core
