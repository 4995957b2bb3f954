// Which address the other members are told to reach us at. A wrong one is the usual reason for a
// cluster that half works, hence it is refused at the start instead of being gossiped (DESIGN §2).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/base/endpoint.hpp"

namespace swim::runtime {

struct OwnAddress {
  Endpoint endpoint;      // port 0
  std::string interface;  // "eth0"
};

// The addresses of the interfaces that are up, loopback included. Empty if the system doesn't tell.
std::vector<OwnAddress> own_addresses();

// The rule, without a look at the machine. `bound` carries the port that the socket really has.
//  - `wanted` must be an address of ours (127.0.0.0/8 is), and one that `bound` listens on; its
//  port 0
//    stands for the bound one;
//  - else a specific bind address is advertised as it is;
//  - else the single address that is neither loopback nor link-local; none or several are refused.
// The error is for people: setting, cause, and the candidates.
tl::expected<Endpoint, std::string> choose_advertise(const Endpoint& bound,
                                                     const std::optional<Endpoint>& wanted,
                                                     std::span<const OwnAddress> own);

// Whether a packet to `endpoint` would come back to the socket that is bound to `bound`.
bool is_own_endpoint(const Endpoint& endpoint, const Endpoint& bound,
                     std::span<const OwnAddress> own);

// "192.0.2.7 (eth0), fd00::2 (eth0)", the ones that others may reach first; or "none".
std::string describe(std::span<const OwnAddress> own);

}  // namespace swim::runtime
