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
std::vector<std::string> columns_of(json::object output, const Source& source) {
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
  const OperationCalls::Operation* operation = operations_.find(source.operation);
  if (operation == nullptr) {
    co_return Error{.status = Status::kUnsupported, .detail = "No enabled plugin has this list."};
  }
  const json::object& known = operation->input.at("properties").as_object();
  const bool is_csv = call.preferred == "text/csv";
  OperationCalls::Parameters filters;
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
  const std::vector<std::string> columns = columns_of(operation->output, source);
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
    OperationCalls::Parameters parameters = filters;
    parameters.emplace_back("limit", "500");
    if (!cursor.empty()) parameters.emplace_back("cursor", cursor);
    OperationCalls::Caller caller{*call.principal, call.peer, call.request_id};
    const std::string body = co_await ok(operations_.call(operation->number, std::move(parameters), std::move(caller)));
    const json::value page_read = json::parse(body);
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

}  // namespace gatetorio::admin
