// The hub's configuration: one TOML file, the files of conf.d/ beside it, and `--set` on top.
//
//   Config config = Config::load("config/hub.toml", {"plugins.web.listen=127.0.0.1:0"});
//   for (id : config.hub().plugins)  options = config.plugin_options(id, schema);   // each checks its table
//   if (!config.ok())  print config.problems().errors, one to_line() each; exit 78
//
// Layers: the file; conf.d/*.toml in the order of their names (hidden files are skipped); `--set` in the given order.
// Tables merge key by key, any other value (a list, an inline table too) is replaced by the later one, and every
// message names the place where its value came from.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/hub_options.hpp"
#include "core/config/node.hpp"
#include "core/config/problem.hpp"
#include "core/config/schema.hpp"

namespace gatetorio::core {

// Plain data: use it from one thread.
class Config {
 public:
  // Reads and merges all layers and checks [hub]. Never fails: what is wrong is in problems(). `file` is named in
  // messages as it is given here. Each of `sets` is KEY=VALUE with a dotted key; VALUE is read as TOML where it is
  // TOML ("8080", "true", "[1]"), else as a string. Blocks on the disk.
  static Config load(const std::string& file, const std::vector<std::string>& sets);

  bool ok() const { return problems_.errors.empty(); }
  const Problems& problems() const { return problems_; }

  // All that was read: the file and those of conf.d/, in the order of their layers.
  const std::vector<std::string>& files() const { return files_; }

  // [hub]. Where [hub] has errors, only `plugins` is filled in, as far as it could be read.
  const HubOptions& hub() const { return hub_; }

  // Checks [plugins.<id>] (an absent table is an empty one) and returns every option of the schema: as written, else
  // the default, else null; secrets resolved. Adds to problems() what is wrong with it.
  boost::json::object plugin_options(std::string_view id, const Schema& schema);

  // The options of the schema as they are in force, for people: [{"name", "value", "source", "is_secret", "help"}]. The
  // value of a secret is null; the source of one that nobody wrote (its default is in force) is empty.
  boost::json::array plugin_sources(std::string_view id, const Schema& schema, const boost::json::object& values) const;
  // The same of [hub].
  boost::json::array hub_sources() const { return plugin_sources({}, hub_schema(), hub_values_); }
  // Where a secret is kept, as it is written: {"file": path} or {"env": name}; null where it is not written.
  boost::json::value secret_place(std::string_view id, std::string_view option) const;

  // An error about an entry of hub.plugins ("no file gatetorio-x.so in ..."), with its place. An empty id: about the
  // list.
  void plugin_error(std::string_view id, std::string message);

  // An error about an option that a plugin refuses, with its place, or its table's where the option is not written.
  void option_error(std::string_view id, std::string_view option, std::string message);

  // Where an option of a plugin is written (`id` empty: one of [hub]), or else its table, or else the whole file.
  Position place_of(std::string_view id, std::string_view option) const;
  // "plugins.<id>.<option>", "hub.<option>"; the table alone where `option` is empty.
  static std::string key_of(std::string_view id, std::string_view option);

 private:
  const Member* plugin_member(std::string_view id) const;  // [plugins.<id>], or NULL
  const Member* table_member(std::string_view id) const;   // the same; [hub] where `id` is empty
  void read_layers(const std::string& file, const std::vector<std::string>& sets);
  void check_top_level();
  void check_hub();
  void check_plugin_ids(const Member& plugins, Problems& found);
  void check_pins(const Member& pins, Problems& found);
  void check_plugin_tables();

  std::vector<std::string> files_;
  NodeTable root_;
  Position whole_file_;
  Problems problems_;
  HubOptions hub_;
  boost::json::object hub_values_;
};

}  // namespace gatetorio::core
