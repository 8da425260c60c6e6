// The CSV file of a fleet to come, as spreadsheets and strangers write it.
#include "csv_reader.hpp"
#include "fleet_file.hpp"
#include "fuzz.hpp"
#include "gatetorio/identifiers.hpp"

using namespace gatetorio;
using namespace gatetorio::registration;

namespace {

template <class Value>
void check_value(const std::string& text) {
  json::Errors errors;
  Value value;
  json::read_text(text, value, "", errors);
  FUZZ_HOLDS(errors.empty());
}

void check_records(std::string_view text) {
  CsvReader reader(text);
  std::int64_t line = 0;
  std::size_t bytes = 0;
  while (const auto record = reader.next()) {
    FUZZ_HOLDS(record->line > line);
    line = record->line;
    FUZZ_HOLDS(!record->fields.empty());
    for (const std::string& field : record->fields) bytes += field.size();
  }
  FUZZ_HOLDS(bytes <= text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exact text(fuzz::text_of(data, size));
  check_records(text.view());
  const FleetFile file = read_fleet(text.view());
  FUZZ_HOLDS(!file.lines.empty() || !file.errors.empty());
  std::int64_t last = 1;
  for (const FleetLine& line : file.lines) {
    FUZZ_HOLDS(line.line > last);
    last = line.line;
    check_value<HardwareId>(line.hardware_id);
    if (line.controller_id) check_value<ControllerId>(*line.controller_id);
    check_value<Label<128>>(line.device_name);
  }
  // What is said of it can be shown anywhere.
  for (const FieldError& error : file.errors) {
    FUZZ_HOLDS(error.pointer.starts_with("/lines/"));
    FUZZ_HOLDS(LabelRule<64>::valid(error.detail));
  }
  return 0;
}
