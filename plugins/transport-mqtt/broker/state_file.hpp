// Small state of the guard that outlives the broker: one described struct in a file.
#pragma once

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "gatetorio/wire.hpp"

namespace gatetorio::transport_mqtt {

// Written whole under another name and then moved. False where that is not possible.
template <class T>
bool write_state(const std::string& path, const T& state) {
  const std::string bytes = wire::encode(state), part = path + ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  return out && std::rename(part.c_str(), path.c_str()) == 0;
}

// False where there is none, or it cannot be read.
template <class T>
bool read_state(const std::string& path, T& state) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return false;
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return wire::decode(bytes, state);
}

}  // namespace gatetorio::transport_mqtt
