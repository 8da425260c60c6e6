#include "operation_calls.hpp"

#include <boost/json.hpp>

namespace gatetorio::admin {

Task<Result<void>> OperationCalls::begin() {
  auto ask = [this](gtr_completion done) { host_.inspect().report(host_.raw(), to_bytes("operations"), done); };
  const std::string report = co_await ok(host_.complete(ask));
  const boost::json::value list = boost::json::parse(report);
  for (const boost::json::value& entry : list.as_array()) {
    Operation& operation = operations_[std::string(entry.at("id").as_string())];
    operation.number = entry.at("number").to_number<std::uint64_t>();
    operation.input = entry.at("input").as_object();
    operation.output = entry.at("output").as_object();
  }
  co_return Result<void>();
}

const OperationCalls::Operation* OperationCalls::find(std::string_view id) const {
  const auto found = operations_.find(id);
  return found == operations_.end() ? nullptr : &found->second;
}

Task<Result<std::string>> OperationCalls::call(std::uint64_t number, Parameters parameters, Caller caller) {
  const std::string principal = wire::encode(caller.principal);
  std::vector<gtr_field> fields;
  for (const auto& [name, value] : parameters) fields.push_back({to_bytes(name), to_bytes(value)});
  gtr_completion waiting{};
  auto start = [&](gtr_completion done) {
    waiting = done;
    gtr_invocation made{};
    made.size = sizeof made;
    made.operation = number;
    made.params = fields.data();
    made.param_count = static_cast<std::uint32_t>(fields.size());
    made.request_id = to_bytes(caller.request_id);
    made.peer = to_bytes(caller.peer);
    made.principal = to_bytes(principal);
    made.context = &waiting;
    made.reply = [](void* context, const gtr_reply* reply) {
      const gtr_completion whose = *static_cast<gtr_completion*>(context);
      whose.done(whose.context, reply->status, reply->body);
    };
    host_.operations().invoke(host_.raw(), &made);
  };
  std::string body = co_await ok(host_.complete(start));
  co_return body;
}

}  // namespace gatetorio::admin
