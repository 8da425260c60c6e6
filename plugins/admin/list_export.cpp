#include "list_export.hpp"

#include <sys/mman.h>

#include <boost/json.hpp>

#include "audit_log.hpp"
#include "csv.hpp"

namespace gatetorio::admin {

namespace {

namespace json = boost::json;

struct Source {
  ExportedList list;
  std::string_view operation, items;
};
constexpr Source kSources[] = {
    {ExportedList::devices, "registration.devices", "devices"}, {ExportedList::users, "auth.all-users", "users"},
    {ExportedList::grants, "auth.all-grants", "grants"},        {ExportedList::commands, "commands.list", "commands"},
    {ExportedList::files, "file-transfer.all-files", "files"},  {ExportedList::audit, "admin.audit", "entries"}};

const Source& source_of(ExportedList list) {
  for (const Source& source : kSources) {
    if (source.list == list) return source;
  }
  return kSources[0];
}

Error invalid(std::string pointer, std::string detail) {
  return {.status = Status::kInvalid,
          .detail = "Some fields are wrong.",
          .fields = {{std::move(pointer), std::move(detail)}}};
}

// The fields of an entry, in the order in which the list describes them.
std::vector<std::string> columns_of(const json::object& declaration, const Source& source) {
  json::object output = declaration.at("output").as_object();
  if (output.empty()) output = gatetorio::json::schema<AuditOutput>();
  std::vector<std::string> columns;
  const json::value& entry = output.at("properties").at(source.items).at("items");
  for (const auto& field : entry.at("properties").as_object()) columns.emplace_back(field.key());
  return columns;
}

std::string csv_row(const json::object& entry, const std::vector<std::string>& columns) {
  std::string row;
  for (const std::string& column : columns) {
    if (!row.empty()) row += ',';
    const json::value& value = entry.at(column);
    if (value.is_null()) {
      row += "\"\"";
    } else if (value.is_string()) {
      row += csv_field(value.get_string());
    } else {
      row += value.is_structured() ? csv_field(json::serialize(value)) : json::serialize(value);
    }
  }
  return row + "\r\n";
}

bool append(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Task<Result<FileContent>> ListExport::read(Call call, ExportInput input) {
  const Source source = source_of(input.list);
  const json::object declared = co_await ok(declaration(std::string(source.operation)));
  const json::object& known = declared.at("input").at("properties").as_object();
  const auto operation = declared.at("number").to_number<std::uint64_t>();
  const bool is_csv = call.preferred == "text/csv";
  Parameters filters;
  std::string unknown;
  boost::mp11::mp_for_each<wire::Members<ExportInput>>([&](auto member) {
    const auto& field = input.*member.pointer;
    if constexpr (wire::kIsOptional<std::decay_t<decltype(field)>>) {
      if (!field) return;
      if (!known.contains(member.name)) unknown = member.name;
      filters.emplace_back(member.name, *field);
    }
  });
  if (!unknown.empty()) co_return invalid("/" + unknown, "is no filter of this list");
  const std::vector<std::string> columns = columns_of(declared, source);
  std::string text = is_csv ? std::string() : "[";
  for (const std::string& column : columns) {
    if (is_csv) text.append(text.empty() ? "" : ",").append(column);
  }
  if (is_csv) text += "\r\n";
  // Memory of its own, outside of the heap, that is gone with the answer.
  Descriptor file(::memfd_create("export", MFD_CLOEXEC));
  const Error no_memory{.status = Status::kUnavailable, .detail = "The hub has no memory for this now."};
  if (!file) co_return no_memory;
  std::size_t rows = 0, length = 0;
  std::string cursor;
  do {
    Parameters parameters = filters;
    parameters.emplace_back("limit", "500");
    if (!cursor.empty()) parameters.emplace_back("cursor", cursor);
    const json::object page_read = co_await ok(page(operation, call, std::move(parameters)));
    for (const json::value& entry : page_read.at(source.items).as_array()) {
      if (++rows > kMostRows) break;
      text += is_csv ? csv_row(entry.as_object(), columns) : (rows > 1 ? ",\n" : "") + json::serialize(entry);
    }
    if (rows > kMostRows) {
      co_return invalid("", "more than " + std::to_string(kMostRows) + " entries match: ask for fewer by filters");
    }
    const json::value& next = page_read.at("next_cursor");
    cursor = next.is_string() ? std::string(next.get_string()) : std::string();
    if (cursor.empty() && !is_csv) text += "]\n";
    if (!append(file.get(), text)) co_return no_memory;
    length += text.size();
    text.clear();
  } while (!cursor.empty());
  FileContent out{.file = std::move(file),
                  .length = length,
                  .type = is_csv ? "text/csv; charset=utf-8; header=present" : "application/json"};
  co_return out;
}

Task<Result<boost::json::object>> ListExport::declaration(std::string operation) {
  auto ask = [this](gtr_completion done) { host_.inspect().report(host_.raw(), to_bytes("operations"), done); };
  const std::string report = co_await ok(host_.complete(ask));
  const json::value list = json::parse(report);
  for (const json::value& entry : list.as_array()) {
    if (entry.at("id").as_string() == operation) co_return entry.as_object();
  }
  co_return Error{.status = Status::kUnsupported, .detail = "No enabled plugin has this list."};
}

Task<Result<boost::json::object>> ListExport::page(std::uint64_t operation, Call call, Parameters parameters) {
  const std::string principal = wire::encode(*call.principal);
  std::vector<gtr_field> fields;
  for (const auto& [name, value] : parameters) fields.push_back({to_bytes(name), to_bytes(value)});
  gtr_completion waiting{};
  auto start = [&](gtr_completion done) {
    waiting = done;
    gtr_invocation made{};
    made.size = sizeof made;
    made.operation = operation;
    made.params = fields.data();
    made.param_count = static_cast<std::uint32_t>(fields.size());
    made.request_id = to_bytes(call.request_id);
    made.peer = to_bytes(call.peer);
    made.principal = to_bytes(principal);
    made.context = &waiting;
    made.reply = [](void* context, const gtr_reply* reply) {
      const gtr_completion whose = *static_cast<gtr_completion*>(context);
      whose.done(whose.context, reply->status, reply->body);
    };
    host_.operations().invoke(host_.raw(), &made);
  };
  const std::string body = co_await ok(host_.complete(start));
  co_return json::parse(body).as_object();
}

}  // namespace gatetorio::admin
