#include "list_export.hpp"

#include <sys/mman.h>

#include <boost/json.hpp>

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
std::vector<std::string> columns_of(const json::object& output, const Source& source) {
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

// Deeper than any text that the hub takes.
json::value parsed(std::string_view text) {
  json::parse_options options;
  options.max_depth = 128;
  return json::parse(text, {}, options);
}

// A page of a list in pieces of its text: what strangers wrote stays as they wrote it.
struct Page {
  std::vector<std::string_view> entries;
  std::string next_cursor;  // empty: it is the last
};

Page read_page(std::string_view body, std::string_view items) {
  const auto members = gatetorio::json::members(body);
  Page page;
  page.entries = gatetorio::json::elements(gatetorio::json::find_member(members, items).value_or("[]"));
  const auto next = gatetorio::json::find_member(members, "next_cursor");
  if (next && next->starts_with('"')) page.next_cursor = parsed(*next).as_string();
  return page;
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

Task<Result<FileContent>> ListExport::export_list(Call call, ExportInput input) {
  if (running_.fetch_add(1) >= kMostAtOnce) {
    running_.fetch_sub(1);
    co_return Error{
        .status = Status::kUnavailable, .detail = "Other lists are being exported; try again.", .retry_after_s = 5};
  }
  Result<FileContent> out = co_await read(std::move(call), std::move(input));
  running_.fetch_sub(1);
  co_return out;
}

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
    const Page page = read_page(body, source.items);
    for (const std::string_view entry : page.entries) {
      if (++rows > kMostRows) break;
      text += is_csv ? csv_row(parsed(entry).as_object(), columns) : std::string(rows > 1 ? ",\n" : "").append(entry);
    }
    if (rows > kMostRows || length + text.size() > kMostBytes) {
      co_return invalid("", "more than " + std::to_string(kMostRows) + " entries match, or " +
                                std::to_string(kMostBytes >> 20) + " MiB: ask for fewer by filters");
    }
    cursor = page.next_cursor;
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
