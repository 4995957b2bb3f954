// The listening socket of a gRPC server. gRPC 1.51's own stops accepting for good when accept()
// fails once for want of descriptors; here it is tried again, and the connections are handed over.
// Threads: all from the owner's thread, but turned_away(), which is for any.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tl/expected.hpp>

#include "server/logger.hpp"

namespace swim::server {

class UnixListener {
 public:
  // Owns the connection from here on: a descriptor that does not block. On the listener's thread.
  using Take = std::function<void(int connection)>;

  // Binds and listens; who connects waits until start(). The error is for people. Changes the
  // process's umask for a moment: no other thread should make files meanwhile.
  static tl::expected<std::unique_ptr<UnixListener>, std::string> open(const std::string& path,
                                                                       mode_t mode);
  ~UnixListener();  // stops
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;

  // Accepts from here on. Whoever would get a descriptor of this number or above is turned away:
  // the rest is for others. `logger` must outlive stop(). The error is for people.
  tl::expected<void, std::string> start(std::uint64_t descriptors_end, Logger& logger, Take take);
  // Nobody is accepted any more, and the path is gone. Idempotent.
  void stop();

  std::uint64_t turned_away() const { return turned_away_; }

 private:
  UnixListener(int socket, std::string path);
  void run(std::uint64_t descriptors_end, Logger& logger, const Take& take);
  bool rest();

  const int socket_;
  const std::string path_;
  std::atomic<std::uint64_t> turned_away_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_{};
  std::thread thread_;
};

// The limit of open descriptors, raised to what this process may have.
std::uint64_t raise_descriptor_limit();
// Of those that may be open now, how many connections of applications may use.
std::uint64_t descriptors_for_applications();

}  // namespace swim::server
