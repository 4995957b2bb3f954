#include "core/runtime/stream_errors.hpp"

#include <boost/asio/error.hpp>
#include <cerrno>

namespace swim::runtime {

namespace asio = boost::asio;
using boost::system::error_code;

StreamEnd to_stream_end(const error_code& error) {
  if (error == asio::error::connection_refused) {
    return StreamEnd::refused;
  }
  if (error == asio::error::timed_out) {
    return StreamEnd::timeout;
  }
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe ||
      error == asio::error::connection_aborted) {
    return StreamEnd::reset;
  }
  return error == asio::error::eof ? StreamEnd::closed : StreamEnd::unreachable;
}

std::optional<std::string> local_cause(const error_code& error, bool from_one_address) {
  if (error.category() != boost::system::system_category()) {
    return std::nullopt;
  }
  switch (error.value()) {
    case EMFILE:
      return error.message() + "; raise the limit of open files";
    case ENFILE:
      return error.message() + "; raise fs.file-max of this machine";
    case ENOBUFS:
    case ENOMEM:
      return error.message() + "; the system has no memory left for sockets";
    case EADDRNOTAVAIL:
      // Else it may be that this host has no address of the peer's family.
      if (!from_one_address) {
        return std::nullopt;
      }
      return error.message() +
             "; this machine no longer has the address of gossip.bind-address, or no port left to "
             "dial from (net.ipv4.ip_local_port_range)";
    default:
      return std::nullopt;
  }
}

std::string other_family(const Endpoint& peer) {
  return "the gossip socket is bound to another IP family than that of " + to_string(peer) +
         "; [::] in gossip.bind-address serves both";
}

}  // namespace swim::runtime
