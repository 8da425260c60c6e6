#include "openapi.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "declaration.hpp"
#include "problem.hpp"

namespace gatetorio::transport_http {
namespace {

namespace json = boost::json;

const json::object* object_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}

std::vector<std::string> path_parameters(std::string_view path) {
  std::vector<std::string> names;
  for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
    const auto close = path.find('}', open);
    if (close == std::string_view::npos) break;
    names.emplace_back(path.substr(open + 1, close - open - 1));
  }
  return names;
}

bool is_required(const json::object& schema, std::string_view name) {
  const auto* required = schema.if_contains("required");
  if (required == nullptr || !required->is_array()) return false;
  return std::any_of(required->get_array().begin(), required->get_array().end(),
                     [name](const json::value& entry) { return entry.is_string() && entry.get_string() == name; });
}

json::object parameter(std::string_view name, std::string_view where, bool required, const json::value* schema) {
  return {{"name", name},
          {"in", where},
          {"required", required},
          {"schema", schema != nullptr ? *schema : json::value{{"type", "string"}}}};
}

std::vector<std::pair<std::string, std::string>> header_fields(const json::object& declaration) {
  std::vector<std::pair<std::string, std::string>> list;
  const auto* given = declaration.if_contains("request_headers");
  if (given == nullptr || !given->is_array()) return list;
  for (const auto& entry : given->get_array()) {
    if (entry.is_object()) list.emplace_back(text_at(entry.get_object(), "name"), text_at(entry.get_object(), "field"));
  }
  return list;
}

// What is not in the path goes into the query where the method has no body, else into the body.
void add_input(json::object& operation, const json::object& declaration, bool has_body) {
  const json::object none;
  const auto* given = object_at(declaration, "input");
  const auto& input = given != nullptr ? *given : none;
  const auto* known = object_at(input, "properties");
  json::object properties = known != nullptr ? *known : none;
  json::array parameters;
  for (const auto& [name, field] : header_fields(declaration)) {
    parameters.emplace_back(parameter(name, "header", false, properties.if_contains(field)));
    properties.erase(field);
  }
  for (const auto& name : path_parameters(text_at(declaration, "path"))) {
    parameters.emplace_back(parameter(name, "path", true, properties.if_contains(name)));
    properties.erase(name);
  }
  if (!has_body) {
    for (const auto& [name, schema] : properties) {
      parameters.emplace_back(parameter(name, "query", is_required(input, name), &schema));
    }
  } else if (!properties.empty()) {
    json::array required;
    for (const auto& [name, schema] : properties) {
      if (is_required(input, name)) required.emplace_back(name);
    }
    json::object schema = input;
    const bool needed = !required.empty();
    schema["properties"] = std::move(properties);
    if (needed) schema["required"] = std::move(required);
    if (!needed) schema.erase("required");
    json::object content{{"application/json", {{"schema", schema}}}};
    if (flag_at(declaration, "form_body")) content["application/x-www-form-urlencoded"] = {{"schema", schema}};
    operation["requestBody"] = {{"required", needed}, {"content", std::move(content)}};
  }
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
}

std::vector<unsigned> statuses(const json::object& declaration, std::string_view key) {
  std::vector<unsigned> list;
  const auto* given = declaration.if_contains(key);
  if (given == nullptr || !given->is_array()) return list;
  for (const auto& entry : given->get_array()) {
    if (entry.is_int64()) list.push_back(static_cast<unsigned>(entry.get_int64()));
  }
  return list;
}

std::vector<std::string> texts(const json::object& declaration, std::string_view key) {
  std::vector<std::string> list;
  const auto* given = declaration.if_contains(key);
  if (given == nullptr || !given->is_array()) return list;
  for (const auto& entry : given->get_array()) {
    if (entry.is_string()) list.emplace_back(entry.get_string());
  }
  return list;
}

json::object responses(const json::object& declaration, bool open_to_all) {
  json::object made;
  const bool is_stream = flag_at(declaration, "stream");
  const auto* output = object_at(declaration, "output");
  auto success = statuses(declaration, "success");
  if (success.empty()) success = {200};
  for (const auto status : success) {
    json::object response{{"description", status_title(status)}};
    if (is_stream) {
      response["content"] = {{"text/event-stream", {{"schema", {{"type", "string"}}}}}};
    } else if (const auto types = texts(declaration, "content_types"); !types.empty()) {
      json::object content;
      for (const auto& type : types) content[type] = {{"schema", {{"type", "string"}, {"format", "binary"}}}};
      // Bytes whose form is known all the same.
      if (output != nullptr && !output->empty() && content.contains("application/json")) {
        content["application/json"] = {{"schema", *output}};
      }
      response["content"] = std::move(content);
    } else if (status != 204 && output != nullptr) {
      response["content"] = {{"application/json", {{"schema", *output}}}};
    }
    made[std::to_string(status)] = std::move(response);
  }
  auto errors = statuses(declaration, "errors");
  errors.insert(errors.end(), {400, 422, 429, 503});
  if (!open_to_all) errors.insert(errors.end(), {401, 403});
  std::sort(errors.begin(), errors.end());
  for (const auto status : errors) {
    made[std::to_string(status)] = {{"$ref", "#/components/responses/Problem" + std::to_string(status)}};
  }
  return made;
}

bool is_open(const json::object& declaration) {
  const auto* callers = declaration.if_contains("callers");
  if (callers == nullptr || !callers->is_array()) return false;
  return std::any_of(callers->get_array().begin(), callers->get_array().end(), [](const json::value& caller) {
    return caller.is_object() && text_at(caller.get_object(), "kind") == "anyone";
  });
}

json::object describe(const json::object& declaration) {
  const auto method = text_at(declaration, "method");
  const bool open_to_all = is_open(declaration);
  const auto tag = text_at(declaration, "tag");
  json::object operation{{"operationId", text_at(declaration, "id")},
                         {"summary", text_at(declaration, "summary")},
                         {"tags", {tag.empty() ? text_at(declaration, "plugin") : tag}}};
  const bool streams_body = text_at(declaration, "body") == "stream";
  const bool has_no_body = method == "GET" || method == "DELETE" || method == "HEAD" || method == "OPTIONS";
  add_input(operation, declaration, !has_no_body && !streams_body);
  if (streams_body) {
    auto types = texts(declaration, "body_types");
    if (types.empty()) types = {"application/octet-stream"};
    json::object content;
    for (const auto& type : types) content[type] = {{"schema", {{"type", "string"}, {"format", "binary"}}}};
    operation["requestBody"] = {{"required", true}, {"content", std::move(content)}};
  }
  operation["responses"] = responses(declaration, open_to_all);
  json::array security{{{"bearer", json::array()}}};
  if (flag_at(declaration, "basic")) security.emplace_back(json::object{{"basic", json::array()}});
  const bool optional = open_to_all || !text_at(declaration, "credential_field").empty();
  if (optional) security.emplace_back(json::object());
  operation["security"] = std::move(security);
  return operation;
}

json::object problem_schema() {
  const json::value text{{"type", "string"}};
  return {{"type", "object"},
          {"required", {"type", "title", "status", "detail"}},
          {"properties",
           {{"type", text},
            {"title", text},
            {"status", {{"type", "integer"}}},
            {"detail", text},
            {"errors",
             {{"type", "array"},
              {"items",
               {{"type", "object"},
                {"required", {"pointer", "detail"}},
                {"properties", {{"pointer", text}, {"detail", text}}}}}}}}}};
}

json::object components() {
  json::object problems;
  for (const unsigned status :
       {400, 401, 403, 404, 405, 409, 410, 411, 412, 413, 415, 416, 422, 429, 460, 500, 501, 503, 504, 507}) {
    const json::value schema{{"$ref", "#/components/schemas/Problem"}};
    problems["Problem" + std::to_string(status)] = {{"description", status_title(status)},
                                                    {"content", {{kProblemType, {{"schema", schema}}}}}};
  }
  return {{"schemas", {{"Problem", problem_schema()}}},
          {"responses", std::move(problems)},
          {"securitySchemes",
           {{"bearer", {{"type", "http"}, {"scheme", "bearer"}}}, {"basic", {{"type", "http"}, {"scheme", "basic"}}}}}};
}

}  // namespace

std::string make_openapi(const json::array& operations, std::string_view base_path, std::string_view version) {
  json::object paths;
  for (const auto& entry : operations) {
    const auto* declaration = entry.if_object();
    if (declaration == nullptr || text_at(*declaration, "method").empty()) continue;
    std::string method(text_at(*declaration, "method"));
    std::transform(method.begin(), method.end(), method.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    auto& path = paths[text_at(*declaration, "path")];
    if (!path.is_object()) path.emplace_object();
    path.get_object()[method] = describe(*declaration);
  }
  const json::object document{{"openapi", "3.1.0"},
                              {"info", {{"title", "Gatetorio hub"}, {"version", version}}},
                              {"servers", {{{"url", base_path}}}},
                              {"paths", std::move(paths)},
                              {"components", components()}};
  return json::serialize(document);
}

}  // namespace gatetorio::transport_http
