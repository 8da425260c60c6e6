#include "broker/payload.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <chrono>

#include "gatetorio/secret.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::transport_mqtt {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxStampBytes = 1024;

// Calls `use` with the parsed object; false where the payload is none.
template <class Use>
bool with_object(std::string_view payload, std::size_t limit, Use use, std::size_t most_nested = kMostNested) {
  if (payload.size() > limit) return false;
  unsigned char buffer[4096];
  json::monotonic_resource memory(buffer);
  boost::system::error_code wrong;
  json::parse_options options;
  options.max_depth = most_nested;
  const json::value value = json::parse(payload, wrong, &memory, options);
  if (wrong || !value.is_object()) return false;
  use(value.get_object());
  return true;
}

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
  if (text.size() < at + count) return false;
  const auto* first = text.data() + at;
  const auto [end, wrong] = std::from_chars(first, first + count, out);
  return wrong == std::errc() && end == first + count && out >= 0;
}

}  // namespace

bool is_json_object(std::string_view payload, std::size_t most_nested) {
  return with_object(
      payload, kMaxPayloadBytes, [](const json::object&) {}, most_nested);
}

std::optional<CommandMark> read_mark(std::string_view payload) {
  std::optional<CommandMark> mark;
  with_object(payload, kMaxPayloadBytes + kMaxStampBytes, [&mark](const json::object& object) {
    const json::value* id = object.if_contains("command_id");
    const json::value* expires = object.if_contains("expires_at");
    if (id == nullptr || !id->is_string() || expires == nullptr || !expires->is_string()) return;
    const auto at = parse_rfc3339_us(std::string_view(expires->get_string()));
    if (at) mark = CommandMark{std::string(std::string_view(id->get_string())), *at};
  });
  return mark;
}

std::string new_command_id() { return "cmd_" + to_hex(random_bytes(16)); }

std::optional<std::int64_t> parse_rfc3339_us(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (text.size() < 20 || text.size() > 30 || text.back() != 'Z') return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (!digits(text, 0, 4, year) || !digits(text, 5, 2, month) || !digits(text, 8, 2, day)) return std::nullopt;
  if (!digits(text, 11, 2, hour) || !digits(text, 14, 2, minute) || !digits(text, 17, 2, second)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::int64_t fraction_us = 0;
  if (const std::string_view fraction = text.substr(19, text.size() - 20); !fraction.empty()) {
    int value = 0;
    if (fraction[0] != '.' || fraction.size() < 2 || !digits(fraction, 1, fraction.size() - 1, value))
      return std::nullopt;
    fraction_us = value;
    for (std::size_t i = fraction.size() - 1; i < 6; ++i) fraction_us *= 10;
    for (std::size_t i = fraction.size() - 1; i > 6; --i) fraction_us /= 10;
  }
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = ((days * 24LL + hour) * 60 + minute) * 60 + second;
  return seconds * kMicrosecondsPerSecond + fraction_us;
}

}  // namespace gatetorio::transport_mqtt
