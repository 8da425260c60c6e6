// Contributions over abi/contribution.h: entries that a plugin adds to a point of another one.
//
//   contribute(host, StaticPages{.path = "/admin", .folder = "admin"});                      // in configure()
//   const std::vector<StaticPages> all = co_await ok(contributions<StaticPages>(host));      // in start()
#pragma once

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/abi/contribution.h"
#include "gatetorio/host.hpp"

namespace gatetorio {

// Files that transports show to browsers as they are. Their folder is looked up in the search path "pages_dir" (hub
// setting): <pages_dir>/<folder>/index.html answers every path below `path` that is no file of the folder. Files below
// assets/ have names that change with their content, and may be kept for ever. Next to a file its compressed copies
// (.br, .gz) may lie.
struct StaticPages {
  static constexpr std::string_view kPoint = "http.pages";
  std::string path;            // "/admin": one or more segments, without a slash at its end
  std::string folder;          // relative
  std::string content_policy;  // the Content-Security-Policy of its pages
  bool is_home = false;        // "/" leads there
};
BOOST_DESCRIBE_STRUCT(StaticPages, (), (path, folder, content_policy, is_home))

// An entry in the menu of the admin page that leads to a page of the plugin's own.
struct MenuEntry {
  static constexpr std::string_view kPoint = "admin.menu";
  std::string title;  // in English, a word or two
  std::string path;   // as in StaticPages
};
BOOST_DESCRIBE_STRUCT(MenuEntry, (), (title, path))

// In configure(). Throws SetupError where the hub refuses it. A hub of an older version has no contributions: then it
// is left out.
template <class Entry>
void contribute(const Host& host, const Entry& entry) {
  const auto* table =
      static_cast<const gtr_contributions*>(host.raw()->get_interface(host.raw(), GTR_CONTRIBUTIONS_ID));
  if (table == nullptr) return;
  const std::string text = json::write(entry);
  if (table->add(host.raw(), to_bytes(Entry::kPoint), to_bytes(text)) != GTR_OK) {
    throw SetupError("a contribution to " + std::string(Entry::kPoint) + " is refused");
  }
}

// What all plugins have added to this point, in the order of hub.plugins; entries that cannot be read are left out. In
// start() or later.
template <class Entry>
Task<Result<std::vector<Entry>>> contributions(Host& host) {
  auto ask = [&host](gtr_completion done) { host.inspect().report(host.raw(), to_bytes("contributions"), done); };
  const std::string text = co_await ok(host.complete(ask));
  std::vector<Entry> entries;
  const boost::json::value all = boost::json::parse(text);
  if (const auto* point = all.get_object().if_contains(Entry::kPoint)) {
    for (const auto& entry : point->get_array()) {
      Result<Entry> read = json::parse<Entry>(boost::json::serialize(entry));
      if (read) entries.push_back(*std::move(read));
    }
  }
  co_return entries;
}

}  // namespace gatetorio
