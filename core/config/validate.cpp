#include "core/config/validate.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/config/schema_value.hpp"
#include "core/config/secret.hpp"
#include "gatetorio/utf8.hpp"

namespace gatetorio::core {
namespace {

namespace json = boost::json;

struct ToJson {
  json::value operator()(const DateTime&) const { return nullptr; }  // fits no type: refused by `fits`
  json::value operator()(const NodeList& list) const {
    json::array array;
    for (const Node& entry : list) array.push_back(std::visit(*this, entry.value));
    return array;
  }
  json::value operator()(const NodeTable& table) const {
    json::object object;
    for (const Member& member : table) object[member.name] = std::visit(*this, member.node.value);
    return object;
  }
  json::value operator()(const std::string& text) const { return json::value(std::string_view(text)); }
  json::value operator()(bool flag) const { return flag; }
  json::value operator()(std::int64_t integer) const { return integer; }
  json::value operator()(double number) const { return number; }
};

bool is_text(OptionType type) {
  return type == OptionType::kString || type == OptionType::kEnum || type == OptionType::kSecret;
}

// `--set a.name=123` means the text 123 where a text is wanted.
json::value value_of(const Option& option, const Node& node) {
  const bool is_whole_text = node.set_text && is_text(option.type) && node.table() == nullptr;
  if (is_whole_text && !std::holds_alternative<std::string>(node.value))
    return json::value(std::string_view(*node.set_text));
  return std::visit(ToJson(), node.value);
}

// True where the list itself is fine and the fault is in its entries, which are then reported one by one.
bool report_entries(const Option& option, const Node& node, const std::string& key, Problems& problems) {
  const auto* list = std::get_if<NodeList>(&node.value);
  if (option.type != OptionType::kStringList || list == nullptr) return false;
  const Option one = entry_option(option);
  bool found = false;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Node& entry = (*list)[i];
    if (fits(one, std::visit(ToJson(), entry.value))) continue;
    found = true;
    problems.error(entry.at, key + "[" + std::to_string(i) + "]",
                   "expected " + expectation(one) + ", got " + describe(entry));
  }
  return found;
}

void report_misfit(const Option& option, const Node& node, const std::string& key, Problems& problems) {
  if (report_entries(option, node, key, problems)) return;
  std::string got(option.is_secret ? std::string(type_name(node)) : describe(node));
  const auto* word = std::get_if<std::string>(&node.value);
  if (option.type == OptionType::kEnum && word != nullptr) {
    got = in_quotes(*word) + did_you_mean(*word, {option.choices.begin(), option.choices.end()});
  }
  problems.error(node.at, key, "expected " + expectation(option) + ", got " + got);
}

bool has_control_character(std::string_view text) {
  return !utf8::all_of(text, [](char32_t c) { return c >= 0x20 && (c < 0x7f || c > 0x9f); });
}

// The first text in the value, at whatever depth, that a path, a line of a file or an argument cannot hold; or NULL.
const Node* unfit_text(const Node& node) {
  if (const auto* text = std::get_if<std::string>(&node.value)) return has_control_character(*text) ? &node : nullptr;
  if (const auto* list = std::get_if<NodeList>(&node.value)) {
    for (const Node& entry : *list) {
      if (const Node* found = unfit_text(entry)) return found;
    }
  }
  if (const NodeTable* table = node.table()) {
    for (const Member& member : *table) {
      if (has_control_character(member.name)) return &member.node;
      if (const Node* found = unfit_text(member.node)) return found;
    }
  }
  return nullptr;
}

json::value secret_value(const Option& option, const Node& node, const std::string& key, Problems& problems) {
  const std::optional<std::string> secret = resolve_secret(node, key, problems);
  if (!secret) return nullptr;
  json::value value = json::string(*secret);
  if (fits(option, value)) return value;
  problems.error(node.at, key,
                 "expected " + expectation(option) + ", got one of " + std::to_string(secret->size()) + " bytes");
  return nullptr;
}

json::value read(const Option& option, const Node& node, const std::string& key, Problems& problems) {
  const bool in_place_allowed = option.type == OptionType::kString && node.table() == nullptr;
  if (option.is_secret && !in_place_allowed) return secret_value(option, node, key, problems);
  json::value value = value_of(option, node);
  if (!fits(option, value)) {
    report_misfit(option, node, key, problems);
    return nullptr;
  }
  const Node* unfit = unfit_text(node);
  if (unfit == nullptr && value.is_string() && has_control_character(value.get_string())) unfit = &node;
  if (unfit != nullptr) problems.error(unfit->at, key, "must be text in UTF-8 without control characters");
  return value;
}

void report_unknown(const Member& member, const Schema& schema, const std::string& prefix, Problems& problems) {
  std::vector<std::string_view> names;
  for (const Option& option : schema) names.push_back(option.name);
  problems.error(member.at, prefix + "." + printable(member.name), "unknown key" + did_you_mean(member.name, names));
}

}  // namespace

json::object validate(const NodeTable& table, const Schema& schema, const std::string& prefix, const Position& at,
                      Problems& problems) {
  Problems found;
  json::object options;
  for (const Option& option : schema) {
    const Member* member = find_member(table, option.name);
    const std::string key = prefix + "." + option.name;
    if (member != nullptr) {
      options[option.name] = read(option, member->node, key, found);
    } else {
      options[option.name] = option.default_value;
      if (option.is_required) found.error(at, key, "is required: expected " + expectation(option));
    }
  }
  for (const Member& member : table) {
    const auto declared = [&member](const Option& option) { return option.name == member.name; };
    if (std::none_of(schema.begin(), schema.end(), declared)) report_unknown(member, schema, prefix, found);
  }
  problems.add_in_order(std::move(found));
  return options;
}

}  // namespace gatetorio::core
