// The C++ face of a plugin: a class with coroutine hooks, exported by GATETORIO_PLUGIN at the end of its plugin.cpp.
//
//   class Greeter : public gatetorio::PluginBase {
//    public:
//     struct Settings { ... };
//     static const gatetorio::Manifest kManifest;
//     static const gatetorio::OptionTable<Settings>& options();
//     Greeter(gatetorio::Host& host, Settings settings);
//     void configure();                                   // declare, provide, subscribe; no I/O
//     gatetorio::Task<gatetorio::Result<void>> start();   // open what it needs
//   };
//   GATETORIO_PLUGIN(Greeter)
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gatetorio/abi/plugin.h"
#include "gatetorio/host.hpp"
#include "gatetorio/options.hpp"

namespace gatetorio {

enum class Affinity : std::uint32_t { kLane = GTR_AFFINITY_LANE, kAnyThread = GTR_AFFINITY_ANY };

struct Manifest {
  const char* id;
  const char* version;
  const char* summary;
  Affinity affinity = Affinity::kLane;
  std::vector<const char*> provides = {};
  std::vector<const char*> requires_ = {};
};

// Thrown by configure() for options that are each valid but do not fit together. `option` names the one to change.
struct OptionError : SetupError {
  OptionError(std::string name, const std::string& what) : SetupError(what), option(std::move(name)) {}
  std::string option;
};

// Hooks that a plugin does not need.
class PluginBase {
 public:
  void configure() {}
  Task<Result<void>> start() { co_return Result<void>(); }
  Task<Result<void>> drain() { co_return Result<void>(); }
  Task<Result<void>> stop() { co_return Result<void>(); }
};

namespace detail {

template <class P>
struct PluginGlue {
  struct Instance {
    explicit Instance(gtr_host* raw) : host(raw) {}
    Host host;
    std::unique_ptr<P> plugin;
  };
  static Instance& of(void* instance) { return *static_cast<Instance*>(instance); }

  static gtr_status create(gtr_host* host, void** instance) noexcept {
    try {
      *instance = new Instance(host);
      return GTR_OK;
    } catch (...) {
      return GTR_INTERNAL;
    }
  }

  static gtr_status configure(void* instance, gtr_bytes options, gtr_completion problem) noexcept {
    Error error{.status = Status::kInternal, .detail = "configure() failed"};
    try {
      auto settings = P::options().load(boost::json::parse(to_view(options)).as_object());
      of(instance).plugin = std::make_unique<P>(of(instance).host, std::move(settings));
      of(instance).plugin->configure();
      return GTR_OK;
    } catch (const OptionError& e) {
      error = {.status = Status::kInvalid, .detail = e.what(), .fields = {{"/" + e.option, e.what()}}};
    } catch (const std::exception& e) {
      error.detail = e.what();
    } catch (...) {
      error.detail = "configure() threw something that is no std::exception";
    }
    problem.done(problem.context, static_cast<gtr_status>(error.status), to_bytes(to_json(error)));
    return static_cast<gtr_status>(error.status);
  }

  static void fail(gtr_completion done, std::exception_ptr thrown) {
    Error error{.status = Status::kInternal, .detail = "an exception that is no std::exception"};
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      error.detail = e.what();
    } catch (...) {
    }
    const std::string text = to_json(error);
    done.done(done.context, static_cast<gtr_status>(error.status), to_bytes(text));
  }

  static Task<Result<void>> end(Instance* instance) {
    co_await instance->host.end_work();
    co_return co_await instance->plugin->stop();
  }

  static void start(void* instance, gtr_completion done) noexcept {
    hook(instance, done, [](P& p) { return p.start(); });
  }
  static void drain(void* instance, gtr_completion done) noexcept {
    of(instance).host.set_ending();
    hook(instance, done, [](P& p) { return p.drain(); });
  }
  static void stop(void* instance, gtr_completion done) noexcept {
    hook(instance, done, [instance](P&) { return end(&of(instance)); });
  }
  static void destroy(void* instance) noexcept { delete static_cast<Instance*>(instance); }

  template <class Hook>
  static void hook(void* instance, gtr_completion done, Hook call) noexcept {
    P* plugin = of(instance).plugin.get();
    if (plugin == nullptr) return done.done(done.context, GTR_OK, {nullptr, 0});
    try {
      spawn(
          call(*plugin),
          [done](Result<void> result) {
            if (result) return done.done(done.context, GTR_OK, {nullptr, 0});
            const std::string text = to_json(result.error());
            done.done(done.context, static_cast<gtr_status>(result.error().status), to_bytes(text));
          },
          [done](std::exception_ptr thrown) { fail(done, thrown); });
    } catch (...) {
      fail(done, std::current_exception());
    }
  }

  static const gtr_plugin* descriptor() {
    static const auto* made = [] {
      struct Storage {
        std::vector<const char*> provides = P::kManifest.provides;
        std::vector<const char*> requirements = P::kManifest.requires_;
        std::string options = P::options().schema();
        gtr_plugin plugin{};
      };
      auto* s = new Storage;  // as long as the process
      s->provides.push_back(nullptr);
      s->requirements.push_back(nullptr);
      s->plugin = {sizeof(gtr_plugin),
                   GTR_ABI_MAJOR,
                   GTR_ABI_MINOR,
                   P::kManifest.id,
                   P::kManifest.version,
                   P::kManifest.summary,
                   static_cast<std::uint32_t>(P::kManifest.affinity),
                   s->provides.data(),
                   s->requirements.data(),
                   s->options.c_str(),
                   &create,
                   &configure,
                   &start,
                   &drain,
                   &stop,
                   &destroy};
      return &s->plugin;
    }();
    return made;
  }
};

}  // namespace detail

}  // namespace gatetorio

namespace gatetorio::detail {
// Whether a hub of this ABI can run a plugin built with these headers.
constexpr bool runs_under(std::uint32_t host_major, std::uint32_t host_minor) {
  constexpr std::uint32_t kNeeded = GTR_ABI_MINOR;
  return host_major == GTR_ABI_MAJOR && host_minor + 1 > kNeeded;
}
}  // namespace gatetorio::detail

// Exports the plugin class. Once, in one source file.
#define GATETORIO_PLUGIN(Class)                                                                     \
  GTR_EXPORT const gtr_plugin* gtr_plugin_entry(uint32_t host_abi_major, uint32_t host_abi_minor) { \
    if (!::gatetorio::detail::runs_under(host_abi_major, host_abi_minor)) return nullptr;           \
    return ::gatetorio::detail::PluginGlue<Class>::descriptor();                                    \
  }
