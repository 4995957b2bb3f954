#include "server/unix_listener.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "core/base/limits.hpp"
#include "core/runtime/signals_blocked.hpp"
#include "server/unix_address.hpp"

namespace swim::server {
namespace {

constexpr std::chrono::milliseconds accept_retry{100};

// The socket is made with the mode it shall have: there is no moment at which it is open to more.
class Umask {
 public:
  explicit Umask(mode_t mode) : before_(umask(static_cast<mode_t>(~mode & 0777U))) {}
  ~Umask() { umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

std::uint64_t descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace

UnixListener::UnixListener(int socket, std::string path)
    : socket_(socket), path_(std::move(path)) {}

UnixListener::~UnixListener() {
  stop();
  close(socket_);
}

tl::expected<std::unique_ptr<UnixListener>, std::string> UnixListener::open(const std::string& path,
                                                                            mode_t mode) {
  const auto address = UnixAddress::of(path);
  if (!address) {
    return tl::unexpected(errno_text(ENAMETOOLONG));
  }
  const int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) {
    return tl::unexpected(errno_text(errno));
  }
  const Umask guard(mode);
  if (bind(made, address->get(), UnixAddress::size) != 0) {
    const int error = errno;
    close(made);
    return tl::unexpected(errno_text(error));
  }
  std::unique_ptr<UnixListener> listener(new UnixListener(made, path));
  chmod(path.c_str(), mode);  // where a default ACL of the folder added to it
  if (listen(made, SOMAXCONN) != 0) {
    return tl::unexpected(errno_text(errno));
  }
  return listener;
}

tl::expected<void, std::string> UnixListener::start(std::uint64_t descriptors_end, Logger& logger,
                                                    Take take) {
  try {
    const runtime::SignalsBlocked guard;
    thread_ = std::thread([this, descriptors_end, &logger, take = std::move(take)] {
      run(descriptors_end, logger, take);
    });
    pthread_setname_np(thread_.native_handle(), "swim-accept");
  } catch (const std::system_error& error) {
    return tl::unexpected("the thread of " + path_ + " can't be started: " + error.what());
  }
  return {};
}

void UnixListener::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) {
      return;
    }
  }
  changed_.notify_all();
  // While it still answers: once it does not, the path may be the next daemon's.
  unlink(path_.c_str());
  shutdown(socket_, SHUT_RDWR);  // ends an accept() that waits
  if (thread_.joinable()) {
    thread_.join();
  }
}

void UnixListener::run(std::uint64_t descriptors_end, Logger& logger, const Take& take) {
  while (true) {
    const int connection = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    const int error = errno;
    if (connection < 0) {
      if (error == EINTR || error == ECONNABORTED) {
        continue;
      }
      if (rest()) {
        return;
      }
      logger.log(LogLevel::warn, "a gRPC connection could not be accepted, tried again",
                 {{"socket", path_}, {"error", errno_text(error)}});
    } else if (static_cast<std::uint64_t>(connection) >= descriptors_end) {
      close(connection);
      ++turned_away_;
      logger.log(LogLevel::warn,
                 "a gRPC connection was turned away, there are too many: use one for each client, "
                 "or allow more file descriptors",
                 {{"socket", path_}});
    } else {
      take(connection);
    }
  }
}

// Until the next attempt; whether the listener stops instead.
bool UnixListener::rest() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, accept_retry, [this] { return stopping_; });
}

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  return descriptor_limit();
}

std::uint64_t descriptors_for_applications() {
  const std::uint64_t all = descriptor_limit();
  return all - std::min<std::uint64_t>(limits::descriptors_kept, all / 2);
}

}  // namespace swim::server
