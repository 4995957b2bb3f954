#include "core/runtime/binding.hpp"

#include <boost/asio/error.hpp>

#include "core/runtime/advertise.hpp"

namespace swim::runtime {

namespace {

namespace error = boost::asio::error;
constexpr int port_attempts = 16;

std::string explain(const Endpoint& bind, const char* protocol,
                    const boost::system::error_code& cause) {
  const std::string subject = "gossip.bind-address " + to_string(bind) + ": ";
  if (cause == error::address_in_use) {
    return subject + "address already in use (" + protocol +
           "); another process listens there, perhaps another swimd: stop it, or choose another "
           "port (0 lets the kernel choose)";
  }
  if (cause == boost::system::errc::address_not_available) {
    return subject + "not an address of this machine; candidates: " + describe(own_addresses());
  }
  if (cause == error::access_denied || cause == error::no_permission) {
    return subject + "permission denied (" + protocol +
           "); ports below 1024 need the capability CAP_NET_BIND_SERVICE: choose a port from 1024 "
           "on";
  }
  if (cause == error::address_family_not_supported) {
    return subject + "this machine has no IPv6; bind to an IPv4 address, for example 0.0.0.0:" +
           std::to_string(bind.port);
  }
  return subject + cause.message() + " (" + protocol + ")";
}

}  // namespace

tl::expected<Endpoint, std::string> open_sockets(UdpSocket& udp, TcpStreams& tcp,
                                                 const Endpoint& bind) {
  for (int attempt = 1;; ++attempt) {
    if (const auto cause = udp.open(bind)) {
      return tl::unexpected(explain(bind, "UDP", cause));
    }
    const Endpoint bound = udp.bound();
    const auto cause = tcp.listen(bound);
    if (!cause) {
      return bound;
    }
    udp.close();
    const bool again = bind.port == 0 && cause == error::address_in_use && attempt < port_attempts;
    if (!again) {
      return tl::unexpected(explain(bind, "TCP", cause));
    }
  }
}

}  // namespace swim::runtime
