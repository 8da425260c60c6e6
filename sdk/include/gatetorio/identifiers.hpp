// The names that travel through every interface, with their rules. A value of one of these types is well-formed.
#pragma once

#include <algorithm>
#include <string_view>

#include "gatetorio/json.hpp"
#include "gatetorio/utf8.hpp"

namespace gatetorio {

namespace detail {

constexpr bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
constexpr bool all_of(std::string_view text, bool (*fits)(char)) { return std::all_of(text.begin(), text.end(), fits); }

}  // namespace detail

// Set at the factory (MAC address, CPU serial); never changes.
struct HardwareIdRule {
  static constexpr std::size_t kMin = 1, kMax = 64;
  static constexpr std::string_view kPattern = "^[A-Za-z0-9:._-]+$";
  static constexpr std::string_view kWords = "letters, digits and : . _ -";
  static constexpr bool valid(std::string_view text) {
    return detail::all_of(
        text, [](char c) { return detail::is_letter_or_digit(c) || c == ':' || c == '.' || c == '_' || c == '-'; });
  }
};
using HardwareId = Text<HardwareIdRule>;

// Unique and changeable; a level of MQTT topics, hence without what means something there.
struct ControllerIdRule {
  static constexpr std::size_t kMin = 1, kMax = 64;
  static constexpr std::string_view kPattern = "^[A-Za-z0-9][A-Za-z0-9_-]*$";
  static constexpr std::string_view kWords = "letters, digits, _ and -, the first a letter or digit";
  static constexpr bool valid(std::string_view text) {
    return detail::is_letter_or_digit(text.front()) &&
           detail::all_of(text, [](char c) { return detail::is_letter_or_digit(c) || c == '_' || c == '-'; });
  }
};
using ControllerId = Text<ControllerIdRule>;

// The input of an operation on one device, named in the path.
struct DeviceRef {
  ControllerId controller_id;
};
BOOST_DESCRIBE_STRUCT(DeviceRef, (), (controller_id))

// The hub's own number of a row, as clients write it: what JSON carries exactly.
using RowId = Integer<1, 9'007'199'254'740'991>;
// How much of a list is asked for at once.
using PageLimit = Integer<1, 1000>;

// Made by an app, kept by it as its proof of identity. The hub's own kinds of token begin with "gt" and a letter and
// "_"; a user token must not look like one.
struct UserTokenRule {
  static constexpr std::size_t kMin = 16, kMax = 256;
  static constexpr std::string_view kPattern = "^[!-~]+$";
  static constexpr std::string_view kWords =
      "printable ASCII without spaces, not beginning like a token of the hub (gtd_)";
  static constexpr bool valid(std::string_view text) {
    const bool is_ours = text.size() > 3 && text[0] == 'g' && text[1] == 't' && text[3] == '_';
    return !is_ours && detail::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
  }
};
using UserToken = Text<UserTokenRule>;

// What people call something: any text that shows as it is. Names are read by other people, in apps, logs and mails;
// what is hidden in them could turn one name into another before their eyes.
template <std::size_t Max>
struct LabelRule {
  static constexpr std::size_t kMin = 0, kMax = Max;
  static constexpr std::string_view kPattern = "";
  static constexpr std::string_view kWords = "text without control or hidden characters";
  static constexpr bool valid(std::string_view text) {
    return utf8::all_of(text, [](char32_t c) { return !utf8::is_hidden(c); });
  }
};
template <std::size_t Max>
using Label = Text<LabelRule<Max>>;

}  // namespace gatetorio
