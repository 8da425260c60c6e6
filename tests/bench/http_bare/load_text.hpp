// The requests of the load: text into which numbers and columns are filled.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace load {

// What the command line asks for.
struct Plan {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string method = "GET";
  std::string path = "/";
  std::vector<std::string> headers;
  std::string body;
  std::vector<std::vector<std::string>> rows;  // --rows: one request a row, in turn
  std::uint64_t requests = 100'000;
  std::uint64_t first = 0;  // the first value of {n}
  unsigned connections = 64;
  long server_pid = 0;
};

// Reads the command line; prints the usage and exits where it is wrong.
Plan read_plan(int argc, char** argv);

// The bytes of request number `number`: {n} is its number, {1}, {2} … the columns of its row.
void append_request(const Plan& plan, std::uint64_t number, std::string& out);

}  // namespace load
