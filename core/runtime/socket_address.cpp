#include "core/runtime/socket_address.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace swim::runtime {

Family family_of(const Endpoint& bind) {
  if (bind.is_v4()) {
    return Family::v4;
  }
  return bind.is_unspecified() ? Family::dual : Family::v6;
}

namespace {

bool reachable(const Endpoint& endpoint, Family family) {
  return family == Family::dual || endpoint.is_v4() == (family == Family::v4);
}

}  // namespace

std::optional<SocketAddress> to_socket_address(const Endpoint& endpoint, Family family) {
  if (!reachable(endpoint, family)) {
    return std::nullopt;
  }
  SocketAddress result;
  if (family == Family::v4) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, endpoint.address.data() + 12, 4);
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.size = sizeof v4;
    return result;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  std::memcpy(&v6.sin6_addr, endpoint.address.data(), 16);
  std::memcpy(&result.storage, &v6, sizeof v6);
  result.size = sizeof v6;
  return result;
}

std::optional<boost::asio::ip::address> to_asio_address(const Endpoint& endpoint, Family family) {
  if (!reachable(endpoint, family)) {
    return std::nullopt;
  }
  if (family == Family::v4) {
    boost::asio::ip::address_v4::bytes_type bytes{};
    std::copy_n(endpoint.address.begin() + 12, 4, bytes.begin());
    return boost::asio::ip::address_v4(bytes);
  }
  boost::asio::ip::address_v6::bytes_type bytes{};
  std::copy(endpoint.address.begin(), endpoint.address.end(), bytes.begin());
  return boost::asio::ip::address_v6(bytes);
}

Endpoint from_socket_address(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, 4);
    return Endpoint::v4(bytes[0], bytes[1], bytes[2], bytes[3], ntohs(v4.sin_port));
  }
  Endpoint result;
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    std::memcpy(result.address.data(), &v6.sin6_addr, 16);
    result.port = ntohs(v6.sin6_port);
  }
  return result;
}

}  // namespace swim::runtime
