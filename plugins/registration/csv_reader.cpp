#include "csv_reader.hpp"

#include <algorithm>

namespace gatetorio::registration {

namespace {

constexpr std::string_view kMark = "\xef\xbb\xbf", kSeparators = ",;\t";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The first one outside of quotes: names of columns have none.
char separator_of(std::string_view text) {
  bool is_quoted = false;
  for (const char c : text) {
    if (c == '"') is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (c == '\n' || c == '\r') break;
    if (kSeparators.find(c) != std::string_view::npos) return c;
  }
  return ',';
}

}  // namespace

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kMark)) rest_.remove_prefix(kMark.size());
  const bool names_it = rest_.size() > 4 && (rest_.starts_with("sep=") || rest_.starts_with("SEP=")) &&
                        kSeparators.find(rest_[4]) != std::string_view::npos;
  if (!names_it) {
    separator_ = separator_of(rest_);
    return;
  }
  separator_ = rest_[4];
  rest_.remove_prefix(5);
  skip_line_end();
}

std::optional<CsvRecord> CsvReader::next() {
  while (!at_end()) {
    CsvRecord record = read_record();
    const bool is_blank =
        std::all_of(record.fields.begin(), record.fields.end(), [](const auto& f) { return f.empty(); });
    if (!is_blank || record.fault) return record;
  }
  return std::nullopt;
}

void CsvReader::skip_line_end() {
  if (at_end()) return;
  const bool is_pair = rest_.starts_with("\r\n");
  rest_.remove_prefix(is_pair ? 2 : 1);
  ++line_;
}

CsvRecord CsvReader::read_record() {
  CsvRecord record{.line = line_, .fields = {}};
  while (true) {
    const auto begin = rest_.find_first_not_of(" \t");
    // A tab may be the separator: then it is no space before a quote.
    const bool is_quoted = begin != std::string_view::npos && rest_[begin] == '"' &&
                           rest_.substr(0, begin).find(separator_) == std::string_view::npos;
    if (is_quoted) rest_.remove_prefix(begin);
    record.fields.push_back(is_quoted ? read_quoted(record.fault, record.fields.size()) : read_plain());
    if (at_line_end()) break;
    rest_.remove_prefix(1);  // the separator
  }
  skip_line_end();
  return record;
}

// Behind the closing quote spaces may stand. What else stands there is read, so that the next line is found.
std::string CsvReader::read_quoted(std::optional<CsvRecord::Fault>& fault, std::size_t number) {
  std::string field;
  rest_.remove_prefix(1);
  while (true) {
    const auto quote = rest_.find('"');
    const std::string_view part = rest_.substr(0, quote);
    field += part;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const bool ends_line = part[i] == '\n' || (part[i] == '\r' && !part.substr(i + 1).starts_with('\n'));
      line_ += ends_line ? 1 : 0;
    }
    if (quote == std::string_view::npos) {
      rest_ = {};
      if (!fault) fault = {number, "begins with a quote that is not closed"};
      return field;
    }
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) break;
    field += '"';
    rest_.remove_prefix(1);
  }
  if (!read_plain().empty() && !fault) fault = {number, "has text behind its closing quote"};
  return field;
}

std::string CsvReader::read_plain() {
  std::size_t size = 0;
  while (size < rest_.size() && rest_[size] != separator_ && rest_[size] != '\n' && rest_[size] != '\r') ++size;
  const std::string field(trimmed(rest_.substr(0, size)));
  rest_.remove_prefix(size);
  return field;
}

}  // namespace gatetorio::registration
