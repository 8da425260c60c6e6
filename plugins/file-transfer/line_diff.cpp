#include "line_diff.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <vector>

#include "gatetorio/json_text.hpp"

namespace gatetorio::file_transfer {

namespace {

constexpr int kMaxEdits = 1'000;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return lines;
}

// `text`: valid JSON without space around it. Numbers stay as they are written.
void lay_out(std::string& out, std::string_view text, std::size_t depth) {
  const auto line = [&out](std::size_t indent) { out.append("\n").append(indent * 2, ' '); };
  if (text.front() == '{') {
    std::map<std::string, std::string_view> members;  // in a fixed order: members have none
    for (const json::MemberText& member : json::members(text)) members[member.name] = member.value;
    out.push_back('{');
    for (std::size_t left = members.size(); const auto& [name, value] : members) {
      line(depth + 1);
      out.append(boost::json::serialize(boost::json::string(name))).append(": ");
      lay_out(out, value, depth + 1);
      if (--left > 0) out.push_back(',');
    }
    if (!members.empty()) line(depth);
    out.push_back('}');
  } else if (text.front() == '[') {
    const std::vector<std::string_view> elements = json::elements(text);
    out.push_back('[');
    for (std::size_t i = 0; i < elements.size(); ++i) {
      line(depth + 1);
      lay_out(out, elements[i], depth + 1);
      if (i + 1 < elements.size()) out.push_back(',');
    }
    if (!elements.empty()) line(depth);
    out.push_back(']');
  } else if (text.front() == '"') {
    out.append(boost::json::serialize(boost::json::parse(text)));  // one spelling of each escape
  } else {
    out.append(text);
  }
}

using Lines = std::vector<std::string_view>;

// Walks back along the furthest reaching paths.
std::string script(const Lines& a, const Lines& b, const std::vector<std::vector<int>>& trace, int middle) {
  std::vector<std::string> parts;
  int x = static_cast<int>(a.size()), y = static_cast<int>(b.size());
  const auto take = [&](char mark, std::string_view text) {
    parts.push_back(std::string(1, mark).append(text) + "\n");
  };
  for (int d = static_cast<int>(trace.size()) - 1; d >= 0; --d) {
    const auto& v = trace[static_cast<std::size_t>(d)];
    const auto at = [&](int k) { return v[static_cast<std::size_t>(middle + k)]; };
    const int k = x - y;
    const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
    const int before = down ? k + 1 : k - 1;
    const int from_x = at(before), from_y = from_x - before;
    while (x > from_x && y > from_y && x > 0 && y > 0 &&
           a[static_cast<std::size_t>(x - 1)] == b[static_cast<std::size_t>(y - 1)]) {
      take(' ', a[static_cast<std::size_t>(--x)]);
      --y;
    }
    if (d == 0) break;
    if (down)
      take('+', b[static_cast<std::size_t>(--y)]);
    else
      take('-', a[static_cast<std::size_t>(--x)]);
  }
  std::string out;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) out += *part;
  return out;
}

}  // namespace

std::string laid_out(const std::string& text) {
  boost::system::error_code wrong;
  const auto value = boost::json::parse(text, wrong);
  if (wrong || !(value.is_object() || value.is_array())) return text;
  std::string out;
  const auto first = text.find_first_not_of(" \t\r\n");
  lay_out(out, std::string_view(text).substr(first), 0);
  return out + "\n";
}

std::optional<std::string> line_diff(std::string_view from, std::string_view to) {
  if (from == to) return std::string();
  const Lines a = lines_of(from), b = lines_of(to);
  const int n = static_cast<int>(a.size()), m = static_cast<int>(b.size());
  const int most = std::min(n + m, kMaxEdits), middle = most + 1;
  std::vector<int> v(static_cast<std::size_t>(2 * middle + 1), 0);
  std::vector<std::vector<int>> trace;
  for (int d = 0; d <= most; ++d) {
    trace.push_back(v);
    for (int k = -d; k <= d; k += 2) {
      const auto at = [&](int diagonal) -> int& { return v[static_cast<std::size_t>(middle + diagonal)]; };
      int x = k == -d || (k != d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      int y = x - k;
      while (x < n && y < m && a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(y)]) ++x, ++y;
      at(k) = x;
      if (x >= n && y >= m) return script(a, b, trace, middle);
    }
  }
  return std::nullopt;
}

}  // namespace gatetorio::file_transfer
