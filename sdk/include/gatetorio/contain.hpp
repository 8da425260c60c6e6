// For threads of a plugin's own: what escapes a piece of work must neither end the process nor leave a dead thread.
#pragma once

#include <exception>
#include <string_view>
#include <utility>

namespace gatetorio {

// Runs `work`. What escapes it is told, `tell(std::string_view what)`, and goes no further. True where nothing escaped.
// `tell` must not throw.
template <class Work, class Tell>
bool contain(Work&& work, Tell&& tell) noexcept {
  try {
    std::forward<Work>(work)();
    return true;
  } catch (const std::exception& escaped) {
    tell(std::string_view(escaped.what()));
  } catch (...) {
    tell(std::string_view("an exception that is no std::exception"));
  }
  return false;
}

}  // namespace gatetorio
