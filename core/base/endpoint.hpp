// An IP address and a port, and the textual forms that people type.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace swim {

// One canonical form for both families: IPv4 is stored v4-mapped (::ffff:a.b.c.d), so that the same
// address never compares unequal to itself. The port is in host order.
struct Endpoint {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port{};

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;

  static Endpoint v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d,
                     std::uint16_t port);

  bool is_v4() const;
  // 0.0.0.0 or ::, which nobody can be reached at.
  bool is_unspecified() const;
  bool is_loopback() const;
};

// "10.0.0.7:7946" or "[fe80::1]:7946". Errors: invalid_address, with text that names the part that
// is wrong (no port, port not a number from 1 to 65535, unbalanced bracket, not an IP address …).
// Port 0 is taken only where `allow_port_zero` (a listener that lets the kernel choose).
Expected<Endpoint> parse_endpoint(std::string_view text, bool allow_port_zero = false);

// The inverse of parse_endpoint; IPv6 in brackets, compressed as in RFC 5952.
std::string to_string(const Endpoint& endpoint);
// The address alone, without brackets and port.
std::string address_to_string(const Endpoint& endpoint);

// What a seed setting names (DESIGN §4.4): a fixed address, or a name that is resolved again and
// again.
struct SeedSpec {
  enum class Kind : std::uint8_t { address, dns };
  Kind kind{};
  Endpoint address{};    // Kind::address
  std::string host;      // Kind::dns, without "dns+" and without the port
  std::uint16_t port{};  // Kind::dns
  std::string text;      // as typed, for messages
};

// "10.0.0.7:7946", "[v6]:port", "dns+name:port", "name:port" (the same as dns+).
// Errors: invalid_address, naming the part that is wrong.
Expected<SeedSpec> parse_seed(std::string_view text);

}  // namespace swim

template <>
struct std::hash<swim::Endpoint> {
  std::size_t operator()(const swim::Endpoint& endpoint) const noexcept;
};
