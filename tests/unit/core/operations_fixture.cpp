#include "operations_fixture.hpp"

namespace gatetorio::core::test {

OperationsFixture::OperationsFixture() {
  platform.services.provide(auth.plugin, Authenticator::kId, "bearer:", &OperationsFixture::authenticate, this);
  platform.services.provide(access.plugin, AccessControl::kId, "", &OperationsFixture::decide, this);
}

void OperationsFixture::authenticate(void* context, gtr_call call, std::uint32_t, gtr_bytes body) {
  auto* self = static_cast<OperationsFixture*>(context);
  Services& services = self->platform.services;
  Credential credential;
  wire::decode(to_view(body), credential);
  if (self->auth_fails != GTR_OK) {
    return services.complete(call, self->auth_fails, to_json(Error{.detail = "The directory is away."}));
  }
  if (credential.secret == "u-good")
    return services.complete(call, GTR_OK, wire::encode(Principal{"user", 7, "", "", ""}));
  if (credential.secret == "d-good")
    return services.complete(call, GTR_OK, wire::encode(Principal{"device", 8, "", "", ""}));
  if (credential.secret == "u-new")
    return services.complete(call, GTR_OK, wire::encode(Principal{"user", 0, "", "", ""}));
  if (credential.secret == "broken") return services.complete(call, GTR_OK, "\x01");
  services.complete(call, GTR_UNAUTHENTICATED, to_json(Error{.detail = "The credential is not valid."}));
}

void OperationsFixture::decide(void* context, gtr_call call, std::uint32_t, gtr_bytes body) {
  auto* self = static_cast<OperationsFixture*>(context);
  AccessQuery query;
  wire::decode(to_view(body), query);
  const auto found = self->decisions.find(query.resource);
  const bool known = found != self->decisions.end();
  self->queries.put(query);
  self->platform.services.complete(call, known ? GTR_OK : GTR_NOT_FOUND,
                                   known ? wire::encode(found->second) : to_json(Error{.detail = "Unknown."}));
}

void OperationsFixture::handle(void* context, const gtr_operation_request* request) {
  auto* self = static_cast<OperationsFixture*>(context);
  Principal principal;
  Access access;
  if (request->principal.size > 0) wire::decode(to_view(request->principal), principal);
  if (request->access.size > 0) wire::decode(to_view(request->access), access);
  if (to_view(request->body) == "throw") throw std::runtime_error("handler threw");
  self->handled.put({request->call, std::string(to_view(request->body)), principal.kind, access.level,
                     std::string(to_view(request->request_id)), std::string(to_view(request->peer))});
  if (self->handler_answers) self->complete(request->call, GTR_OK);
}

std::uint64_t OperationsFixture::declare(const std::string& declaration) {
  std::string problem;
  const gtr_status status =
      platform.operations.declare(feature.plugin, declaration, &OperationsFixture::handle, this, problem);
  if (status != GTR_OK) throw std::runtime_error(problem);
  return boost::json::parse(platform.operations.report()).as_array().back().at("number").to_number<std::uint64_t>();
}

std::string OperationsFixture::refused(const std::string& declaration) {
  std::string problem;
  platform.operations.declare(feature.plugin, declaration, &OperationsFixture::handle, this, problem);
  return problem;
}

void OperationsFixture::invoke(std::uint64_t operation, const Ask& ask) {
  std::vector<gtr_field> params;
  for (const auto& [name, value] : ask.params) params.push_back({to_bytes(name), to_bytes(value)});
  gtr_invocation made{};
  made.size = sizeof made;
  made.operation = operation;
  made.body = to_bytes(ask.body);
  made.params = params.data();
  made.param_count = static_cast<std::uint32_t>(params.size());
  made.credential_scheme = to_bytes(ask.scheme);
  made.credential_secret = to_bytes(ask.secret);
  made.request_id = to_bytes("request-1");
  made.peer = to_bytes("192.0.2.1");
  made.reply = [](void* context, const gtr_reply* reply) {
    static_cast<OperationsFixture*>(context)->replies.put({reply->status, std::string(to_view(reply->body)),
                                                           reply->stream, reply->transfer, reply->is_stranger != 0,
                                                           std::string(to_view(reply->caller))});
  };
  made.stream_data = [](void* context, gtr_bytes event) {
    static_cast<OperationsFixture*>(context)->stream_events.put(std::string(to_view(event)));
  };
  made.stream_end = [](void* context) { static_cast<OperationsFixture*>(context)->stream_events.put("<end>"); };
  if (can_cut) made.cut = [](void* context) { static_cast<OperationsFixture*>(context)->cuts.put(true); };
  made.context = this;
  platform.operations.invoke(transport.plugin, made);
}

Answer OperationsFixture::call(std::uint64_t operation, const Ask& ask) {
  invoke(operation, ask);
  return replies.take().value_or(Answer{-1, "no answer came"});
}

void OperationsFixture::complete(gtr_call call, gtr_status status, const std::string& body, std::uint64_t stream) {
  const gtr_reply reply{sizeof(gtr_reply), status, {nullptr, 0}, to_bytes(body), stream};
  platform.operations.complete(call, reply);
}

}  // namespace gatetorio::core::test
