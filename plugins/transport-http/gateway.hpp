// The hub's side of the API: operations and reports through the plugin ABI.
#pragma once

#include <gatetorio/host.hpp>

#include "api.hpp"
#include "backend.hpp"

namespace gatetorio::transport_http {

// Thread-safe. Outlives every call it made, so that the plugin keeps it to its end.
class Gateway final : public Backend {
 public:
  explicit Gateway(Host& host);
  // Where answers go; before the first call.
  void answer_through(Api& api) { api_ = &api; }
  // Called before the metrics are shown, on any thread; before the first call.
  void before_metrics(std::function<void()> call) { before_metrics_ = std::move(call); }

  void invoke(const OperationCall& call, Exchange& exchange) override;
  void report(std::string_view name, std::function<void(gtr_status, std::string_view)> done) override;
  void log_request(const Exchange& exchange, unsigned status) override;

 private:
  static void on_reply(void* context, const gtr_reply* reply);
  static void on_keyed_reply(void* context, const gtr_reply* reply);
  static void on_stream_data(void* context, gtr_bytes event);
  static void on_stream_end(void* context);
  static void on_receive(void* context, const gtr_receive* into, gtr_completion done);
  static void on_cut(void* context);

  void begin_stream(void* key, Exchange& exchange, std::uint64_t stream);
  void cancel_stream(void* key, std::uint64_t stream);
  void answer(void* key, Exchange& exchange, const gtr_reply& reply);

  Host& host_;
  Api* api_ = nullptr;
  std::function<void()> before_metrics_;
};

}  // namespace gatetorio::transport_http
