// The few numbers of Mosquitto's client library header (mosquitto.h) that a broker plugin needs. They are part of its
// stable interface; spelling them out saves a dependency on the library's development package.
#pragma once

namespace gatetorio::transport_mqtt::mosq {

inline constexpr int kSuccess = 0;
inline constexpr int kInvalid = 3;
inline constexpr int kAuth = 11;
inline constexpr int kAclDenied = 12;
inline constexpr int kUnknown = 13;  // the broker closes the connection

inline constexpr int kLogError = 1 << 3;

}  // namespace gatetorio::transport_mqtt::mosq
