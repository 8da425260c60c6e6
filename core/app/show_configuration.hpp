// `gatetorio-hub config show`.
#pragma once

#include <string>

#include "core/app/hub.hpp"
#include "core/config/config.hpp"

namespace gatetorio::core {

// Every option of [hub] and of the plugins with its value and where that was written. As TOML, which the hub reads as
// the same configuration, or as one JSON object. Of a secret there is only where it is kept, and of a URL no password.
std::string show_configuration(const Hub& hub, const Config& config, bool is_json);

// The text with "***" for the password of a URL: "scheme://user:***@host.example.org/path?password=***".
std::string without_password(const std::string& text);

}  // namespace gatetorio::core
