// The options of [hub], declared in the same form as a plugin's.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "core/config/schema.hpp"

namespace gatetorio::core {

// [hub] with its types.
struct HubOptions {
  std::string data_dir;              // relative: to the current directory
  std::vector<std::string> plugins;  // ids, in the operator's order, each once
  std::string plugin_dir;            // empty: beside the program
  std::vector<std::string> migrations_dir;
  std::vector<std::string> pages_dir;
  std::string log_level;   // debug, info, warn, error
  std::string log_format;  // text, json
  int worker_threads = 0;  // 0: as many as the machine has
  std::chrono::seconds stop_timeout{};
  std::chrono::seconds plugin_stop_timeout{};
  std::map<std::string, std::string> plugin_sha256;  // plugin id -> 64 lower-case hex digits
};

const Schema& hub_schema();

// From what `validate` made of [hub] without an error.
HubOptions to_hub_options(const boost::json::object& options);

// Ids name files and tables: lower-case letters, digits and single dashes inside, at most 64.
bool is_plugin_id(std::string_view id);

}  // namespace gatetorio::core
