// The mosquitto program: where it is, and whether the hub can use it.
#pragma once

#include <string>

namespace gatetorio::transport_mqtt {

struct MosquittoProgram {
  std::string path;     // empty: there is none
  std::string version;  // "2.0.21"; empty where it does not say
  std::string wrong;    // why the hub cannot use it; empty where it can
  std::string mend;     // with `wrong`: what ends the trouble
};

// Looks where `configured` says, or, where it is empty, in /usr/sbin, /usr/local/sbin and PATH, and asks the program
// for its version. Blocks, for five seconds at most; on a thread that lives on meanwhile.
MosquittoProgram find_mosquitto(const std::string& configured);

// "2.0.18" and newer: what the guard is built for. False for what is no version.
bool is_new_enough(const std::string& version);

}  // namespace gatetorio::transport_mqtt
