// A path as the address of a unix socket, and errno in words. Any thread.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <optional>
#include <string>
#include <system_error>

namespace swim::server {

inline std::string errno_text(int error) {
  return std::generic_category().message(error);
}

struct UnixAddress {
  sockaddr_un value{};

  // nullopt: the path is too long for one.
  static std::optional<UnixAddress> of(const std::string& path) {
    UnixAddress address;
    address.value.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.value.sun_path) {
      return std::nullopt;
    }
    std::memcpy(address.value.sun_path, path.c_str(), path.size() + 1);
    return address;
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&value); }
  static constexpr socklen_t size = sizeof(sockaddr_un);
};

}  // namespace swim::server
