// The guard's end of the socket to the hub. A thread of its own connects, reconnects with a growing pause (10 ms to 1
// s), reads and writes; the broker's thread only puts frames into a queue and takes frames out of one.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "broker/protocol.hpp"

namespace gatetorio::transport_mqtt {

class Link {
 public:
  // What `take` reports beside the hub's frames.
  static constexpr std::uint8_t kUp = 0xfe;
  static constexpr std::uint8_t kDown = 0xff;

  explicit Link(std::string socket_path);
  // Joins the thread.
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Any thread. Frames sent while the link is down are lost: whoever sees kUp says everything anew.
  void send(std::string frame);
  bool up() const { return up_.load(std::memory_order_acquire); }
  // Bytes that wait for the hub to read them.
  std::size_t backlog() const {
    const std::lock_guard lock(out_mutex_);
    return out_.size();
  }

  // Is there something to take? One atomic load.
  bool has_news() const { return has_news_.load(std::memory_order_acquire); }
  // Everything that came since the last call, in order.
  std::vector<Frame> take();
  // Waits until there is something to take. False at the deadline.
  bool wait_until(std::chrono::steady_clock::time_point deadline);

 private:
  void run();
  int connect_once() const;
  void serve(int socket);
  bool read_some(int socket, FrameReader& frames);
  bool write_some(int socket);
  void deliver(Frame frame);
  void wake() const;
  void clear_wake() const;

  std::string socket_path_;
  int wake_fd_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> up_ = false;
  std::atomic<bool> has_news_ = false;

  std::mutex in_mutex_;  // guards in_
  std::condition_variable arrived_;
  std::vector<Frame> in_;

  mutable std::mutex out_mutex_;  // guards out_ and socket_
  std::string out_;
  int socket_ = -1;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace gatetorio::transport_mqtt
