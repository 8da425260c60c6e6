#include "core/plugin/library.hpp"

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <memory>

#include "gatetorio/secret.hpp"

namespace gatetorio::core {

namespace {

Error unfit(const std::filesystem::path& file, const std::string& why) {
  return {.status = Status::kInvalid, .detail = file.string() + " " + why};
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Result<const gtr_plugin*> check(const gtr_plugin* plugin, const std::filesystem::path& file, const std::string& id) {
  const std::string ours = std::to_string(GTR_ABI_MAJOR) + "." + std::to_string(GTR_ABI_MINOR);
  if (plugin == nullptr) return unfit(file, "says that it cannot run under plugin ABI " + ours);
  constexpr std::size_t kNamesItsAbi = offsetof(gtr_plugin, id);
  // What ABI 1.0 had: later minors append to it, and a plugin of an older minor is shorter than ours.
  constexpr std::size_t kSizeOfFirst = offsetof(gtr_plugin, destroy) + sizeof(gtr_plugin::destroy);
  if (plugin->size < kNamesItsAbi) return unfit(file, "has a descriptor that is too short for any ABI");
  if (plugin->abi_major != GTR_ABI_MAJOR || plugin->abi_minor > GTR_ABI_MINOR) {
    return unfit(file, "was built for plugin ABI " + std::to_string(plugin->abi_major) + "." +
                           std::to_string(plugin->abi_minor) + "; this hub has " + ours);
  }
  if (plugin->size < kSizeOfFirst) return unfit(file, "has a descriptor that is too short for its ABI");
  if (plugin->id == nullptr || id != plugin->id) {
    return unfit(file, "calls itself '" + std::string(plugin->id == nullptr ? "" : plugin->id) + "', not '" + id + "'");
  }
  const bool complete = plugin->version && plugin->summary && plugin->options && plugin->provides &&
                        plugin->requires_ && plugin->create && plugin->configure && plugin->start && plugin->drain &&
                        plugin->stop && plugin->destroy;
  if (!complete) return unfit(file, "lacks a part of its descriptor");
  return plugin;
}

}  // namespace

Result<const gtr_plugin*> load_library(const std::filesystem::path& file, const std::string& id,
                                       const std::string& sha256) {
  std::error_code unreadable;
  if (!std::filesystem::is_regular_file(file, unreadable)) return unfit(file, "does not exist");
  if (!sha256.empty() && sha256 != to_hex(gatetorio::sha256(content_of(file))))
    return unfit(file, "is not the file that hub.plugin_sha256 names");
  try {
    // rtld_now: a missing symbol is found here and not in the middle of the night.
    auto library = std::make_unique<boost::dll::shared_library>(file, boost::dll::load_mode::rtld_now);
    if (!library->has(GTR_PLUGIN_ENTRY)) return unfit(file, "is no plugin: it does not export " GTR_PLUGIN_ENTRY);
    const auto entry = library->get<const gtr_plugin*(std::uint32_t, std::uint32_t)>(GTR_PLUGIN_ENTRY);
    const gtr_plugin* plugin = entry(GTR_ABI_MAJOR, GTR_ABI_MINOR);
    static_cast<void>(library.release());  // never unmapped
    return check(plugin, file, id);
  } catch (const std::exception& e) {
    return unfit(file, std::string("cannot be loaded: ") + e.what());
  } catch (...) {
    return unfit(file, "cannot be loaded: its entry point threw");
  }
}

}  // namespace gatetorio::core
