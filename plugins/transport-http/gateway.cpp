#include "gateway.hpp"

#include <fcntl.h>

#include <charconv>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace gatetorio::transport_http {
namespace {

// Calls that may go on after their answer, as a stream or as content. The hub knows them by a number instead of a
// pointer: our ending and the feature's closing may cross, and then something arrives for an exchange that is over.
class KeyedCalls {
 public:
  void* add(Exchange& exchange, std::function<void()> cut) {
    const std::lock_guard lock(mutex_);
    calls_.emplace(++last_, Call{&exchange, std::move(cut)});
    return reinterpret_cast<void*>(last_);
  }
  // Whoever takes the call's exchange ends it. With `to_cut_later` the call can still be cut, until it is dropped.
  Exchange* take(void* key, bool to_cut_later = false) {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(number(key));
    if (found == calls_.end()) return nullptr;
    Exchange* exchange = std::exchange(found->second.exchange, nullptr);
    if (!to_cut_later) calls_.erase(found);
    return exchange;
  }
  void drop(void* key) {
    const std::lock_guard lock(mutex_);
    calls_.erase(number(key));
  }
  Exchange* peek(void* key) {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(number(key));
    return found == calls_.end() ? nullptr : found->second.exchange;
  }
  // To be called without the lock: with a connection what it sends may end, and that comes back to here.
  std::function<void()> cutter(void* key) {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(number(key));
    return found == calls_.end() ? nullptr : found->second.cut;
  }
  // Both under the lock, so that the exchange cannot be ended meanwhile.
  bool receive(void* key, std::unique_ptr<Receipt>& receipt) {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(number(key));
    if (found == calls_.end() || found->second.exchange == nullptr) return false;
    found->second.exchange->receive_body(std::move(receipt));
    return true;
  }
  void write(void* key, std::string_view event) {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(number(key));
    if (found != calls_.end() && found->second.exchange != nullptr) found->second.exchange->write_event(event);
  }

  Host* host = nullptr;  // where what comes too late is answered

 private:
  struct Call {
    Exchange* exchange;  // null: answered
    std::function<void()> cut;
  };
  static std::uintptr_t number(void* key) { return reinterpret_cast<std::uintptr_t>(key); }

  std::mutex mutex_;
  std::unordered_map<std::uintptr_t, Call> calls_;
  std::uintptr_t last_ = 0;
};

KeyedCalls& keyed_calls() {
  static KeyedCalls calls;
  return calls;
}

Gateway& gateway_of(const Exchange& exchange) { return *static_cast<Gateway*>(exchange.handler_context); }

}  // namespace

Gateway::Gateway(Host& host) : host_(host) { keyed_calls().host = &host; }

void Gateway::invoke(const OperationCall& call, Exchange& exchange) {
  thread_local std::vector<gtr_field> params;
  params.clear();
  for (const auto& [name, value] : *call.params) params.push_back({to_bytes(name), to_bytes(value)});
  exchange.handler_context = this;
  const auto& request = exchange.request();
  gtr_invocation made{};
  made.size = sizeof made;
  made.operation = call.number;
  made.body = to_bytes(call.body);
  made.params = params.data();
  made.param_count = static_cast<std::uint32_t>(params.size());
  made.credential_scheme = to_bytes(call.credential.scheme);
  made.credential_name = to_bytes(call.credential.name);
  made.credential_secret = to_bytes(call.credential.secret);
  made.request_id = to_bytes(exchange.request_id());
  made.peer = to_bytes(exchange.client().text);
  made.resume_after = to_bytes(request.last_event_id);
  made.preferred = to_bytes(call.preferred);
  made.over_limit_s = exchange.over_limit_s;
  const bool has_key = call.stream || call.has_content;
  made.reply = has_key ? &Gateway::on_keyed_reply : &Gateway::on_reply;
  made.stream_data = &Gateway::on_stream_data;
  made.stream_end = &Gateway::on_stream_end;
  if (call.stream_body) made.receive = &Gateway::on_receive;
  if (call.has_content) made.cut = &Gateway::on_cut;
  made.context = has_key ? keyed_calls().add(exchange, call.has_content ? exchange.cutter() : nullptr) : &exchange;
  host_.operations().invoke(host_.raw(), &made);
}

// Content that may be cut keeps its call in the table until the last byte is out.
void Gateway::answer(void* key, Exchange& exchange, const gtr_reply& reply) {
  if (reply.transfer == 0) return api_->answer(exchange, reply);
  const auto end = [this, key, transfer = reply.transfer](const void*) {
    keyed_calls().drop(key);
    host_.operations().transfer_end(host_.raw(), transfer);
  };
  api_->answer(exchange, reply, std::shared_ptr<const void>(this, end));
}

void Gateway::on_reply(void* context, const gtr_reply* reply) {
  auto& exchange = *static_cast<Exchange*>(context);
  auto& self = gateway_of(exchange);
  if (reply->stream == 0) return self.api_->answer(exchange, *reply);
  // A stream that was not declared as one has no call to be known by.
  self.host_.operations().stream_cancel(self.host_.raw(), reply->stream);
  self.api_->answer(exchange, GTR_INTERNAL, {}, {});
}

void Gateway::on_keyed_reply(void* key, const gtr_reply* reply) {
  auto* exchange = reply->stream == 0 ? keyed_calls().take(key, reply->transfer != 0) : keyed_calls().peek(key);
  if (exchange == nullptr) return;
  auto& self = gateway_of(*exchange);
  if (reply->stream == 0) return self.answer(key, *exchange, *reply);
  self.api_->notice(*exchange, *reply);
  if (exchange->request().method != Method::kHead) return self.begin_stream(key, *exchange, reply->stream);
  keyed_calls().take(key);
  self.host_.operations().stream_cancel(self.host_.raw(), reply->stream);
  self.api_->answer(*exchange, GTR_OK, "text/event-stream", {});
}

void Gateway::begin_stream(void* key, Exchange& exchange, std::uint64_t stream) {
  api_->begin_stream(exchange);
  if (!exchange.start_stream([this, key, stream] { cancel_stream(key, stream); })) cancel_stream(key, stream);
}

void Gateway::cancel_stream(void* key, std::uint64_t stream) {
  auto* exchange = keyed_calls().take(key);
  if (exchange == nullptr) return;  // the feature has closed it meanwhile
  host_.operations().stream_cancel(host_.raw(), stream);
  api_->end_stream(*exchange);
}

void Gateway::on_stream_data(void* key, gtr_bytes event) { keyed_calls().write(key, to_view(event)); }

void Gateway::on_receive(void* key, const gtr_receive* into, gtr_completion done) {
  const auto finish = [done](gtr_status status, const Received& received) {
    const std::string result = wire::encode(received);
    done.done(done.context, status, to_bytes(result));
  };
  Descriptor file(::fcntl(into->descriptor, F_DUPFD_CLOEXEC, 0));
  const bool has_file = static_cast<bool>(file);
  auto receipt = std::make_unique<Receipt>(std::move(file), into->offset, into->most, to_view(into->digest), finish);
  if (has_file && keyed_calls().receive(key, receipt)) return;
  // Answered meanwhile. Not from inside the call that asks.
  keyed_calls().host->post([late = std::shared_ptr<Receipt>(std::move(receipt)), has_file] {
    late->finish(has_file ? GTR_CANCELLED : GTR_INTERNAL);
  });
}

void Gateway::on_cut(void* key) {
  if (const auto cut = keyed_calls().cutter(key)) cut();
}

void Gateway::on_stream_end(void* key) {
  if (auto* exchange = keyed_calls().take(key)) gateway_of(*exchange).api_->end_stream(*exchange);
}

void Gateway::report(std::string_view name, std::function<void(gtr_status, std::string_view)> done) {
  if (name == "metrics" && before_metrics_) before_metrics_();
  using Done = std::function<void(gtr_status, std::string_view)>;
  const auto finish = [](void* context, gtr_status status, gtr_bytes result) {
    const std::unique_ptr<Done> call(static_cast<Done*>(context));
    (*call)(status, to_view(result));
  };
  host_.inspect().report(host_.raw(), to_bytes(name), {finish, new Done(std::move(done))});
}

void Gateway::log_request(const Exchange& exchange, unsigned status) {
  char digits[8];
  const auto end = std::to_chars(digits, digits + sizeof digits, status).ptr;
  // The path alone: a query may hold the signature of a file URL.
  host_.debug("request", {{"method", method_name(exchange.request().method)},
                          {"path", exchange.target().raw_path()},
                          {"status", std::string_view(digits, end)},
                          {"peer", exchange.client().text},
                          {"request_id", exchange.request_id()}});
}

}  // namespace gatetorio::transport_http
