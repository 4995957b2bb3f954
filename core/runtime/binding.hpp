// One address and one port for both gossip sockets.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "core/base/endpoint.hpp"
#include "core/runtime/tcp_streams.hpp"
#include "core/runtime/udp_socket.hpp"

namespace swim::runtime {

// Opens UDP and TCP on the same port, and returns where they are bound. Port 0: the kernel chooses,
// again if the port that UDP got is taken for TCP. The error names the setting, the cause and what
// to do.
tl::expected<Endpoint, std::string> open_sockets(UdpSocket& udp, TcpStreams& tcp,
                                                 const Endpoint& bind);

}  // namespace swim::runtime
