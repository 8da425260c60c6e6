// What the API needs of the hub. The plugin gives it the real one; tests give it their own.
#pragma once

#include <gatetorio/abi/base.h>

#include <functional>
#include <string_view>
#include <vector>

#include "credential.hpp"
#include "exchange.hpp"
#include "router.hpp"

namespace gatetorio::transport_http {

// A call of an operation. Valid during `invoke`.
struct OperationCall {
  std::uint64_t number = 0;
  bool stream = false;       // declared to answer with a stream
  bool stream_body = false;  // declared to take its body by itself
  bool has_content = false;  // its body or its answer may be a file's bytes, which may be cut off
  std::string_view body;
  const std::vector<Param>* params = nullptr;
  RequestCredential credential;
  std::string_view preferred;  // media type of the answer
};

class Backend {
 public:
  virtual ~Backend() = default;

  // Calls an operation for an exchange; its end, on any thread and not inside this call, is Api::answer, or
  // Exchange::start_stream after Api::begin_stream. Where it throws, it has not taken the call.
  virtual void invoke(const OperationCall& call, Exchange& exchange) = 0;
  // Fetches a report of abi/inspect.h; `done` is called once, on any thread, with bytes that last for the call.
  virtual void report(std::string_view name, std::function<void(gtr_status, std::string_view)> done) = 0;
  // One line for the access log.
  virtual void log_request(const Exchange& exchange, unsigned status) = 0;
};

}  // namespace gatetorio::transport_http
