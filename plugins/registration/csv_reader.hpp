// Reads CSV as spreadsheets and scripts write it: RFC 4180, and what is found beside it. Separated by commas,
// semicolons or tabs, whichever its first line uses (or names, "sep=;"); lines end with LF, CRLF or CR; a byte order
// mark goes; spaces around what is not in quotes go; lines with nothing in them are none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatetorio::registration {

struct CsvRecord {
  std::int64_t line = 0;  // in which it begins, from 1
  std::vector<std::string> fields;
  struct Fault {
    std::size_t field = 0;  // which one, from 0
    std::string detail;
  };
  std::optional<Fault> fault = {};  // it cannot be read as it stands
};

class CsvReader {
 public:
  // The text must live as long as this. Any bytes will do: whether they are UTF-8 is not looked at.
  explicit CsvReader(std::string_view text);

  // The next record; nothing at the end.
  std::optional<CsvRecord> next();

 private:
  bool at_end() const { return rest_.empty(); }
  bool at_line_end() const { return at_end() || rest_.front() == '\n' || rest_.front() == '\r'; }
  void skip_line_end();
  CsvRecord read_record();
  std::string read_quoted(std::optional<CsvRecord::Fault>& fault, std::size_t number);
  std::string read_plain();

  std::string_view rest_;
  char separator_ = ',';
  std::int64_t line_ = 1;
};

}  // namespace gatetorio::registration
