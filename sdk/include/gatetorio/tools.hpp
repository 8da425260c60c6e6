// Tools over abi/tool.h: commands of the operator, as coroutines of the plugin's class.
//
//   struct MigrateArguments { bool dry_run = false; };
//   inline const OptionTable<MigrateArguments> kArguments = {
//       option("dry_run", &MigrateArguments::dry_run, "Only tells what would be done.")};
//   ...
//   tools_.add({.name = "migrate", .help = "Brings all tables up to date."}, kArguments, &Storage::migrate_tool);
//   Task<Result<void>> migrate_tool(MigrateArguments arguments);      // `gatetorio-hub migrate --dry-run --config ...`
#pragma once

#include <string>
#include <string_view>

#include "gatetorio/abi/tool.h"
#include "gatetorio/host.hpp"
#include "gatetorio/options.hpp"

namespace gatetorio {

struct ToolDeclaration {
  std::string_view name;   // "migrate", "storage copy"
  std::string_view help;   // one sentence
  bool starts = true;      // false: the plugin is only configured when its tool runs
  bool exclusive = false;  // true: not beside a hub that runs on the same data_dir, as every tool that starts plugins
};

// Lives as long as the plugin. A hub of an older version has no tools: then declarations are left out.
template <class Self>
class ToolSet {
 public:
  ToolSet(Host& host, Self* self)
      : host_(host),
        self_(self),
        table_(static_cast<const gtr_tools*>(host.raw()->get_interface(host.raw(), GTR_TOOLS_ID))) {}
  ToolSet(const ToolSet&) = delete;
  ToolSet& operator=(const ToolSet&) = delete;

  // Declares a tool. In configure(); throws SetupError where the hub refuses it. `run` gets its arguments checked and
  // with their defaults; what it returns is the program's outcome.
  template <class Arguments>
  ToolSet& add(const ToolDeclaration& tool, const OptionTable<Arguments>& arguments,
               Task<Result<void>> (Self::*run)(Arguments)) {
    if (table_ == nullptr) return *this;
    boost::json::object declaration{
        {"name", tool.name}, {"help", tool.help}, {"starts", tool.starts}, {"exclusive", tool.exclusive}};
    declaration["arguments"] = boost::json::parse(arguments.schema());
    const std::string text = boost::json::serialize(declaration);
    auto* entry = new Entry{[this, &arguments, run](gtr_bytes values, gtr_completion done) {  // as long as the process
      auto loaded = arguments.load(boost::json::parse(to_view(values)).as_object());
      spawn((self_->*run)(std::move(loaded)), [done](const Result<void>& result) { finish(done, result); },
            [this, done](std::exception_ptr thrown) {
              host_.log_exception("a tool failed", thrown);
              finish(done, Error{.detail = "The tool failed; the log says why."});
            });
    }};
    if (table_->declare(host_.raw(), to_bytes(text), &ToolSet::run_entry, entry) != GTR_OK) {
      throw SetupError("the tool '" + std::string(tool.name) + "' is refused; the log says why");
    }
    return *this;
  }

  // Prints a line for the operator, on stdout. While a tool runs; from any thread.
  void print(std::string_view line) const {
    if (table_ != nullptr) table_->print(host_.raw(), to_bytes(line));
  }

 private:
  struct Entry {
    std::function<void(gtr_bytes, gtr_completion)> run;
  };
  static void finish(gtr_completion done, const Result<void>& result) {
    if (result) return done.done(done.context, GTR_OK, {nullptr, 0});
    const std::string text = to_json(result.error());
    done.done(done.context, static_cast<gtr_status>(result.error().status), to_bytes(text));
  }
  static void run_entry(void* context, gtr_bytes arguments, gtr_completion done) {
    try {
      static_cast<Entry*>(context)->run(arguments, done);
    } catch (const std::exception& e) {
      finish(done, Error{.detail = e.what()});
    }
  }

  Host& host_;
  Self* self_;
  const gtr_tools* table_;
};

}  // namespace gatetorio
