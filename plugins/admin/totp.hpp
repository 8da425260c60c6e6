// Time-based one-time passwords (RFC 6238 with SHA-1, six digits, 30 seconds: what every authenticator app knows), and
// the Base32 (RFC 4648 section 6) in which their secrets are typed. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gatetorio/time.hpp"

namespace gatetorio::admin {

// The code of one step of 30 seconds since 1970: six digits.
std::string totp_code(std::string_view secret, std::int64_t step);
// The step whose code this is: the present one, or one before or after it, and later than `last_step`, so that no code
// is taken twice. Nothing for a wrong code. Spaces in it are left out.
std::optional<std::int64_t> totp_step(std::string_view secret, std::string_view code, Timestamp at,
                                      std::int64_t last_step);
// Upper-case letters and 2 to 7, without padding.
std::string to_base32(std::string_view bytes);

}  // namespace gatetorio::admin
