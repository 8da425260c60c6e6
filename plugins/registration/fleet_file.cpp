#include "fleet_file.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "csv_reader.hpp"
#include "gatetorio/identifiers.hpp"

namespace gatetorio::registration {

namespace {

enum Column : std::size_t { kHardware, kController, kName, kColumns };
constexpr std::array<std::string_view, kColumns> kNames = {"hardware_id", "controller_id", "device_name"};

// "Hardware ID" and "hardware-id" are "hardware_id", too.
std::string spelt(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ' || c == '-') c = '_';
  }
  return out;
}

// As it may be said again: it comes from outside.
std::string shown(std::string_view name) {
  constexpr std::size_t kMost = 64;
  json::Errors errors;
  Label<kMost> label;
  json::read_text(name, label, "", errors);
  return errors.empty() ? "\"" + std::string(name) + "\"" : "with a name that cannot be shown";
}

class FleetReader {
 public:
  explicit FleetReader(std::string_view text) : csv_(text) {}

  FleetFile read() {
    if (!read_header()) return std::move(file_);
    while (const auto record = csv_.next()) {
      if (++devices_ > kMostFleetLines) {
        wrong(record->line, {},
              "is more than the " + std::to_string(kMostFleetLines) + " devices that one file may have");
        break;
      }
      read_line(*record);
    }
    if (devices_ == 0) wrong(header_line_, {}, "is the only line: below it each line is a device");
    return std::move(file_);
  }

 private:
  void wrong(std::int64_t line, std::string_view column, std::string detail) {
    file_.errors.push_back({fleet_pointer(line, column), std::move(detail)});
  }
  // The column's name, or where it has none its number.
  std::string column_word(std::size_t field) const {
    for (std::size_t column = 0; column < kColumns; ++column) {
      if (places_[column] == field) return std::string(kNames[column]);
    }
    return "column " + std::to_string(field + 1);
  }

  bool read_header() {
    std::optional<CsvRecord> header = csv_.next();
    if (!header) {
      wrong(1, {}, "the file is empty: its first line names the columns, of which hardware_id must be one");
      return false;
    }
    header_line_ = header->line;
    if (header->fault) {
      wrong(header_line_, {}, "column " + std::to_string(header->fault->field + 1) + " " + header->fault->detail);
      return false;
    }
    while (header->fields.back().empty()) header->fields.pop_back();  // it is not blank: one has text
    columns_ = header->fields.size();
    for (std::size_t field = 0; field < columns_; ++field) read_name(header->fields[field], field);
    if (file_.errors.empty() && !places_[kHardware]) wrong(header_line_, {}, "there must be a column hardware_id");
    return file_.errors.empty();
  }

  void read_name(const std::string& name, std::size_t field) {
    const auto found = std::find(kNames.begin(), kNames.end(), spelt(name));
    const std::string number = "column " + std::to_string(field + 1) + " ";
    if (found == kNames.end()) {
      const std::string what = !utf8::valid(name) ? "is not UTF-8: save the file as CSV in UTF-8"
                               : name.empty()     ? "has no name"
                                                  : shown(name) + " is not known";
      return wrong(header_line_, {}, number + what + "; known are hardware_id, controller_id and device_name");
    }
    auto& place = places_[static_cast<std::size_t>(found - kNames.begin())];
    if (place) return wrong(header_line_, *found, number + "has the same name as column " + std::to_string(*place + 1));
    place = field;
  }

  void read_line(const CsvRecord& record) {
    const std::size_t before = file_.errors.size();
    if (record.fault) return wrong(record.line, column_word(record.fault->field), record.fault->detail);
    std::size_t count = record.fields.size();
    while (count > columns_ && record.fields[count - 1].empty()) --count;  // spreadsheets leave empty ones
    if (count != columns_) {
      return wrong(record.line, {},
                   "has " + std::to_string(count) + " columns, the first line has " + std::to_string(columns_));
    }
    FleetLine line{.line = record.line, .hardware_id = {}, .controller_id = {}, .device_name = {}};
    HardwareId hardware;
    read_field(record, kHardware, hardware);
    line.hardware_id = hardware.value;
    if (has_text(record, kController)) {
      ControllerId controller;
      read_field(record, kController, controller);
      line.controller_id = controller.value;
    }
    if (has_text(record, kName)) {
      Label<128> name;
      read_field(record, kName, name);
      line.device_name = name.value;
    }
    if (file_.errors.size() != before) return;
    is_new(hardware_, line.hardware_id, line.line, kHardware);
    if (line.controller_id) is_new(controllers_, *line.controller_id, line.line, kController);
    if (file_.errors.size() == before) file_.lines.push_back(std::move(line));
  }

  bool has_text(const CsvRecord& record, Column column) const {
    return places_[column] && !record.fields[*places_[column]].empty();
  }
  template <class T>
  void read_field(const CsvRecord& record, Column column, T& out) {
    const std::string& text = record.fields[*places_[column]];
    if (!utf8::valid(text)) {
      return wrong(record.line, kNames[column], "is not UTF-8: save the file as CSV in UTF-8");
    }
    json::read_text(text, out, fleet_pointer(record.line, kNames[column]), file_.errors);
  }
  void is_new(std::map<std::string, std::int64_t>& seen, const std::string& value, std::int64_t line, Column column) {
    const auto [at, is_first] = seen.emplace(value, line);
    if (!is_first) wrong(line, kNames[column], "is in line " + std::to_string(at->second) + ", too");
  }

  CsvReader csv_;
  FleetFile file_;
  std::int64_t header_line_ = 1;
  std::size_t columns_ = 0, devices_ = 0;
  std::array<std::optional<std::size_t>, kColumns> places_;     // which field of a record each column is
  std::map<std::string, std::int64_t> hardware_, controllers_;  // the line of each
};

}  // namespace

std::string fleet_pointer(std::int64_t line, std::string_view column) {
  std::string pointer = "/lines/" + std::to_string(line);
  if (!column.empty()) pointer.append("/").append(column);
  return pointer;
}

FleetFile read_fleet(std::string_view text) { return FleetReader(text).read(); }

}  // namespace gatetorio::registration
