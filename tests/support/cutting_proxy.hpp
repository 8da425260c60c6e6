// A TCP proxy that breaks a connection at a chosen moment: when certain words have passed through it to the server.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace gatetorio::testing {

class CuttingProxy {
 public:
  // In front of a server of this machine; `server_url` is scheme://user@127.0.0.1:PORT/path. Throws std::runtime_error.
  explicit CuttingProxy(const std::string& server_url);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  // The same URL with the proxy's own port.
  const std::string& url() const { return url_; }

  // The next time that a client sends these words, they are passed on, the server's answer is awaited and dropped, and
  // that connection is cut. Once.
  void cut_after(const std::string& words);

 private:
  void serve();
  void carry(int client);
  bool is_fatal(const std::string& bytes);

  std::string url_;
  std::uint16_t server_port_ = 0;
  int listener_ = -1;
  std::atomic<bool> is_ending_{false};
  std::mutex mutex_;  // guards what follows
  std::string words_;
  std::thread thread_;
};

}  // namespace gatetorio::testing
