#include "core/base/endpoint.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>

namespace swim {
namespace {

constexpr std::string_view dns_prefix = "dns+";
// RFC 1035 §2.3.4: 255 octets on the wire are 253 characters of text.
constexpr std::size_t dns_name_max = 253;
constexpr std::size_t dns_label_max = 63;

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct HostAndPort {
  std::string_view host;
  std::uint16_t port{};
  bool bracketed{};
};

tl::unexpected<Error> wrong(std::string_view what) {
  return fail(Errc::invalid_address, what);
}

// ASCII only: the answer must not depend on the locale.
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Expected<std::uint16_t> parse_port(std::string_view text, bool allow_zero) {
  if (text.empty()) {
    return wrong("no port after the ':'");
  }
  if (!std::all_of(text.begin(), text.end(), is_digit)) {
    return wrong("the port is not a number");
  }
  std::uint16_t port = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), port);
  if (result.ec != std::errc{}) {
    return wrong("the port is greater than 65535");
  }
  if (port == 0 && !allow_zero) {
    return wrong("the port is 0; it must be from 1 to 65535");
  }
  return port;
}

Expected<HostAndPort> split_bracketed(std::string_view text, bool allow_port_zero) {
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) {
    return wrong("'[' without ']'");
  }
  const std::string_view rest = text.substr(close + 1);
  if (rest.empty()) {
    return wrong("no ':' and port after ']'");
  }
  if (rest.front() != ':') {
    return wrong("']' must be followed by ':' and the port");
  }
  const auto port = parse_port(rest.substr(1), allow_port_zero);
  if (!port) {
    return tl::unexpected(port.error());
  }
  return HostAndPort{text.substr(1, close - 1), *port, true};
}

Expected<HostAndPort> split(std::string_view text, bool allow_port_zero) {
  if (text.empty()) {
    return wrong("the address is empty");
  }
  if (text.front() == '[') {
    return split_bracketed(text, allow_port_zero);
  }
  if (text.find_first_of("[]") != std::string_view::npos) {
    return wrong("a bracket that does not begin the address");
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return wrong("no ':' and port at the end");
  }
  const std::string_view host = text.substr(0, colon);
  if (host.empty()) {
    return wrong("nothing before the ':' of the port");
  }
  if (host.find(':') != std::string_view::npos) {
    return wrong("more than one ':'; an IPv6 address must stand in brackets, as in [::1]:7946");
  }
  const auto port = parse_port(text.substr(colon + 1), allow_port_zero);
  if (!port) {
    return tl::unexpected(port.error());
  }
  return HostAndPort{host, *port, false};
}

// inet_pton wants a terminated string: a NUL inside the text would end it early and hide what
// follows.
template <std::size_t Size>
bool read_address(int family, std::string_view text, std::array<std::uint8_t, Size>& out) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) {
    return false;
  }
  std::copy(text.begin(), text.end(), terminated.begin());
  return inet_pton(family, terminated.data(), out.data()) == 1;
}

std::optional<Endpoint> v4_from(std::string_view text, std::uint16_t port) {
  std::array<std::uint8_t, 4> bytes{};
  if (!read_address(AF_INET, text, bytes)) {
    return std::nullopt;
  }
  return Endpoint::v4(bytes[0], bytes[1], bytes[2], bytes[3], port);
}

Expected<Endpoint> v6_from(std::string_view text, std::uint16_t port) {
  Endpoint endpoint{.address = {}, .port = port};
  if (read_address(AF_INET6, text, endpoint.address)) {
    return endpoint;
  }
  if (text.empty()) {
    return wrong("nothing between the brackets");
  }
  if (text.find('%') != std::string_view::npos) {
    return wrong("an IPv6 zone (%...) is not supported: it means something on one host only");
  }
  if (v4_from(text, port)) {
    return wrong("an IPv4 address takes no brackets");
  }
  return wrong("not an IPv6 address between the brackets");
}

bool looks_like_v4(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
}

// The last label of a name is never a number (RFC 3696 §2): "10.0.0.300" is a mistyped address.
bool ends_in_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return !last.empty() && std::all_of(last.begin(), last.end(), is_digit);
}

std::string_view fault_of_label(std::string_view label) {
  if (label.empty()) {
    return "an empty part between the dots of the host name";
  }
  if (label.size() > dns_label_max) {
    return "a part of the host name is longer than 63 characters";
  }
  // '_' is in no host name by the book, but in service names that resolvers answer.
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; };
  if (!std::all_of(label.begin(), label.end(), allowed)) {
    return "a character that no host name has";
  }
  if (label.front() == '-' || label.back() == '-') {
    return "a part of the host name begins or ends with '-'";
  }
  return {};
}

// What is wrong with a host name, or empty.
std::string_view fault_of_name(std::string_view name) {
  if (name.ends_with('.')) {  // fully qualified
    name.remove_suffix(1);
  }
  if (name.size() > dns_name_max) {
    return "the host name is longer than 253 characters";
  }
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    if (const auto fault = fault_of_label(name.substr(begin, end - begin)); !fault.empty()) {
      return fault;
    }
    begin = end + 1;
  }
  return ends_in_number(name) ? "neither an IPv4 address nor a host name" : std::string_view{};
}

Expected<SeedSpec> address_seed(const Endpoint& endpoint, std::string_view text) {
  if (endpoint.is_unspecified()) {
    return wrong("an unspecified address (0.0.0.0 or ::) names no host");
  }
  SeedSpec seed;
  seed.kind = SeedSpec::Kind::address;
  seed.address = endpoint;
  seed.text = text;
  return seed;
}

}  // namespace

Endpoint Endpoint::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d,
                      std::uint16_t port) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}, port};
}

bool Endpoint::is_v4() const {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.begin());
}

bool Endpoint::is_unspecified() const {
  const auto first = address.begin() + (is_v4() ? mapped_prefix.size() : 0);
  return std::all_of(first, address.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool Endpoint::is_loopback() const {
  if (is_v4()) {
    return address[12] == 127;
  }
  return address.back() == 1 && std::all_of(address.begin(), address.end() - 1,
                                            [](std::uint8_t byte) { return byte == 0; });
}

Expected<Endpoint> parse_endpoint(std::string_view text, bool allow_port_zero) {
  const auto parts = split(text, allow_port_zero);
  if (!parts) {
    return tl::unexpected(parts.error());
  }
  if (parts->bracketed) {
    return v6_from(parts->host, parts->port);
  }
  if (const auto endpoint = v4_from(parts->host, parts->port)) {
    return *endpoint;
  }
  return wrong(looks_like_v4(parts->host) ? "not an IPv4 address: it has four numbers from 0 to 255"
                                          : "not an IP address; a name is not resolved here");
}

std::string address_to_string(const Endpoint& endpoint) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = endpoint.is_v4();
  const auto* bytes = endpoint.address.data() + (v4 ? mapped_prefix.size() : 0);
  // Never fails: the families are known and the buffer is as long as the longest text.
  inet_ntop(v4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
  return text.data();
}

std::string to_string(const Endpoint& endpoint) {
  const std::string address = address_to_string(endpoint);
  const std::string port = std::to_string(endpoint.port);
  return endpoint.is_v4() ? address + ':' + port : '[' + address + "]:" + port;
}

Expected<SeedSpec> parse_seed(std::string_view text) {
  const bool dns = text.starts_with(dns_prefix);
  const auto parts = split(dns ? text.substr(dns_prefix.size()) : text, false);
  if (!parts) {
    return tl::unexpected(parts.error());
  }
  if (parts->bracketed) {
    return v6_from(parts->host, parts->port).and_then([&](const Endpoint& endpoint) {
      return address_seed(endpoint, text);
    });
  }
  if (const auto endpoint = v4_from(parts->host, parts->port)) {
    return address_seed(*endpoint, text);
  }
  if (const auto fault = fault_of_name(parts->host); !fault.empty()) {
    return wrong(fault);
  }
  SeedSpec seed;
  seed.kind = SeedSpec::Kind::dns;
  seed.host = parts->host;
  seed.port = parts->port;
  seed.text = text;
  return seed;
}

}  // namespace swim

std::size_t std::hash<swim::Endpoint>::operator()(const swim::Endpoint& endpoint) const noexcept {
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), endpoint.address.data(), endpoint.address.size());
  // Neighbours differ in a few low bits: multiply and fold so that each bit reaches the low end.
  std::uint64_t mixed = halves[0] ^ endpoint.port;
  mixed = (mixed ^ (mixed >> 32)) * 0x9e3779b97f4a7c15U;
  mixed ^= halves[1];
  mixed = (mixed ^ (mixed >> 32)) * 0xbf58476d1ce4e5b9U;
  return static_cast<std::size_t>(mixed ^ (mixed >> 29));
}
