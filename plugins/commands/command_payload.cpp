#include "command_payload.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "gatetorio/device_link.hpp"
#include "gatetorio/json.hpp"

namespace gatetorio::commands {

namespace {

constexpr std::size_t kMaxBytes = 32 * 1024;
constexpr std::size_t kMostNamed = 16;  // wrong fields in one answer

// RFC 6901.
std::string pointer_to(std::string_view name) {
  std::string out = "/";
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

// The names that stand twice or more in one object, at any depth.
void find_repeated_names(std::string_view value, const std::string& pointer, std::vector<FieldError>& errors) {
  if (value.front() == '[') {
    std::size_t at = 0;
    for (const std::string_view element : json::elements(value)) {
      find_repeated_names(element, pointer + "/" + std::to_string(at++), errors);
    }
  }
  if (value.front() != '{') return;
  const std::vector<json::MemberText> members = json::members(value);
  std::vector<std::string_view> names;
  for (const json::MemberText& member : members) {
    names.push_back(member.name);
    find_repeated_names(member.value, pointer + pointer_to(member.name), errors);
  }
  std::sort(names.begin(), names.end());
  for (auto at = names.begin(); (at = std::adjacent_find(at, names.end())) != names.end();) {
    errors.push_back({pointer + pointer_to(*at), "is there more than once"});
    at = std::upper_bound(at, names.end(), *at);
  }
}

// One text for all values that say the same.
std::string canonical(std::string_view value) {
  std::string out;
  if (value.front() == '{') {
    std::vector<json::MemberText> members = json::members(value);
    std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (const json::MemberText& member : members) {
      out += out.empty() ? '{' : ',';
      json::append_string(out, member.name);
      out.append(":").append(canonical(member.value));
    }
    return out.empty() ? "{}" : out + "}";
  }
  if (value.front() == '[') {
    for (const std::string_view element : json::elements(value)) {
      out.append(out.empty() ? "[" : ",").append(canonical(element));
    }
    return out.empty() ? "[]" : out + "]";
  }
  if (value.front() != '"') return std::string(value);
  json::append_string(out, std::string_view(boost::json::parse(value).as_string()));
  return out;
}

// From brace to brace: what is stored may have space around it.
std::string_view trimmed(std::string_view object) {
  const auto first = object.find('{'), last = object.rfind('}');
  return last == std::string_view::npos ? "{}" : object.substr(first, last - first + 1);
}

}  // namespace

Result<void> check_command(std::string_view command) {
  if (command.size() > kMaxBytes) return Error{.status = Status::kTooLarge, .detail = "A command has at most 32 KiB."};
  Error error{.status = Status::kInvalid, .detail = "Some fields are wrong."};
  const std::vector<json::MemberText> members = json::members(command);
  for (const std::string_view name : kReservedCommandMembers) {
    if (json::find_member(members, name))
      error.fields.push_back({"/command/" + std::string(name), "is reserved for the hub"});
  }
  if (error.fields.empty()) find_repeated_names(trimmed(command), "/command", error.fields);
  if (error.fields.empty()) return {};
  if (error.fields.size() > kMostNamed) error.fields.resize(kMostNamed);
  return error;
}

std::string stamped(std::string_view command, const Stamp& stamp) {
  const bool is_empty = json::members(command).empty();
  std::string out(trimmed(command));
  out.pop_back();
  out.append(is_empty ? "" : ",").append("\"command_id\":");
  json::append(out, stamp.command_id);
  out.append(",\"issued_at\":");
  json::append(out, stamp.issued_at);
  out.append(",\"expires_at\":");
  json::append(out, stamp.expires_at);
  if (stamp.boot_nonce) out.append(",\"boot_nonce\":").append(*stamp.boot_nonce);
  out.push_back('}');
  return out;
}

bool is_same_command(std::string_view a, std::string_view b) { return canonical(trimmed(a)) == canonical(trimmed(b)); }

}  // namespace gatetorio::commands
