#include "load_text.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace load {
namespace {

constexpr const char* kUsage =
    "usage: bench_http_load HOST:PORT METHOD PATH [options]\n"
    "  --header 'NAME: VALUE'   may be repeated\n"
    "  --body TEXT | --body-file FILE\n"
    "  --rows FILE              tab-separated values for {1}, {2} ... in path, headers and body, one request a row\n"
    "  --requests N             (100000)   --first N  first value of {n} (0)\n"
    "  --connections N          (64)       --pid N  the server, to count its processor time\n"
    "{n} in path, headers or body is the number of the request.\n";

[[noreturn]] void fail() {
  std::fputs(kUsage, stderr);
  std::exit(2);
}

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) fail();
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::vector<std::string>> read_rows(const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream text(read_file(name));
  for (std::string line; std::getline(text, line);) {
    std::istringstream cells(line);
    auto& row = rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
  }
  return rows;
}

void append_filled(const Plan& plan, std::string_view text, std::uint64_t number, std::string& out) {
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
    out += text.substr(0, open);
    text.remove_prefix(open);
    const bool is_column = text.size() > 2 && text[2] == '}';
    const auto column = is_column ? static_cast<std::size_t>(text[1] - '1') : 9;
    const auto* row = plan.rows.empty() ? nullptr : &plan.rows[(number - plan.first) % plan.rows.size()];
    if (is_column && text[1] == 'n') {
      out += std::to_string(number);
    } else if (is_column && row != nullptr && column < row->size()) {
      out += (*row)[column];
    } else {
      out += '{';
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(3);
  }
  out += text;
}

}  // namespace

Plan read_plan(int argc, char** argv) {
  if (argc < 4) fail();
  Plan plan;
  const std::string address = argv[1];
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) fail();
  plan.host = address.substr(0, colon);
  plan.port = static_cast<std::uint16_t>(std::strtoul(address.c_str() + colon + 1, nullptr, 10));
  plan.method = argv[2];
  plan.path = argv[3];
  for (int i = 4; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--header")
      plan.headers.push_back(value);
    else if (name == "--body")
      plan.body = value;
    else if (name == "--body-file")
      plan.body = read_file(value);
    else if (name == "--rows")
      plan.rows = read_rows(value);
    else if (name == "--requests")
      plan.requests = std::stoull(value);
    else if (name == "--first")
      plan.first = std::stoull(value);
    else if (name == "--connections")
      plan.connections = static_cast<unsigned>(std::stoul(value));
    else if (name == "--pid")
      plan.server_pid = std::stol(value);
    else
      fail();
  }
  return plan;
}

void append_request(const Plan& plan, std::uint64_t number, std::string& out) {
  out.append(plan.method).append(" ");
  append_filled(plan, plan.path, number, out);
  out.append(" HTTP/1.1\r\nHost: ").append(plan.host).append("\r\n");
  for (const auto& header : plan.headers) {
    append_filled(plan, header, number, out);
    out += "\r\n";
  }
  if (plan.body.empty()) {
    out += "\r\n";
    return;
  }
  std::string body;
  append_filled(plan, plan.body, number, body);
  out.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size()));
  out.append("\r\n\r\n").append(body);
}

}  // namespace load
