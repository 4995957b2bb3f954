// What a failure of a stream's socket means: to the engine, and to operators. Pure.
#pragma once

#include <boost/system/error_code.hpp>
#include <optional>
#include <string>

#include "core/base/endpoint.hpp"
#include "core/engine/engine.hpp"

namespace swim::runtime {

StreamEnd to_stream_end(const boost::system::error_code& error);

// Where a dial failed for want of something on this machine, whatever the peer and the network do:
// the cause and what to do about it, e.g. "Too many open files; raise the limit of open files".
// `from_one_address`: it was dialled from an address that the socket was bound to.
std::optional<std::string> local_cause(const boost::system::error_code& error,
                                       bool from_one_address = false);

// The same where no dial was even tried.
std::string other_family(const Endpoint& peer);

}  // namespace swim::runtime
