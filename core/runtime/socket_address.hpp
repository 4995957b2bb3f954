// Between Endpoint and the socket interface's addresses.
#pragma once

#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>

#include "core/base/endpoint.hpp"

namespace swim::runtime {

// What a gossip socket can reach. `dual`: bound to [::], so both families through v4-mapped
// addresses.
enum class Family : std::uint8_t { v4, v6, dual };

Family family_of(const Endpoint& bind);

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size{};
};

// nullopt: a socket of this family can't reach that address.
std::optional<SocketAddress> to_socket_address(const Endpoint& endpoint, Family family);
std::optional<boost::asio::ip::address> to_asio_address(const Endpoint& endpoint, Family family);

// An address of another family than IP gives an unspecified endpoint.
Endpoint from_socket_address(const sockaddr* address);

template <class AsioEndpoint>
Endpoint from_asio(const AsioEndpoint& endpoint) {
  return from_socket_address(endpoint.data());
}

}  // namespace swim::runtime
