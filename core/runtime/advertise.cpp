#include "core/runtime/advertise.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "core/runtime/socket_address.hpp"

namespace swim::runtime {

namespace {

bool is_link_local(const Endpoint& endpoint) {
  const auto& bytes = endpoint.address;
  if (endpoint.is_v4()) {
    return bytes[12] == 169 && bytes[13] == 254;
  }
  return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

bool listens_on(const Endpoint& bound, const Endpoint& endpoint) {
  if (!bound.is_unspecified()) {
    return bound.address == endpoint.address;
  }
  return !bound.is_v4() || endpoint.is_v4();
}

bool is_ours(const Endpoint& endpoint, std::span<const OwnAddress> own) {
  // The whole of 127.0.0.0/8 belongs to the loopback interface, which lists only 127.0.0.1.
  if (endpoint.is_v4() && endpoint.is_loopback()) {
    return true;
  }
  return std::any_of(own.begin(), own.end(), [&](const OwnAddress& one) {
    return one.endpoint.address == endpoint.address;
  });
}

// Those that the socket listens on and another machine may reach.
std::vector<OwnAddress> candidates(const Endpoint& bound, std::span<const OwnAddress> own) {
  std::vector<OwnAddress> result;
  for (const OwnAddress& one : own) {
    if (!one.endpoint.is_loopback() && !is_link_local(one.endpoint) &&
        listens_on(bound, one.endpoint)) {
      result.push_back(one);
    }
  }
  return result;
}

tl::expected<Endpoint, std::string> check_wanted(Endpoint wanted, const Endpoint& bound,
                                                 std::span<const OwnAddress> own) {
  const std::string setting = "gossip.advertise-address " + to_string(wanted) + ": ";
  if (wanted.is_unspecified()) {
    return tl::unexpected(
        setting + "is unspecified, nobody can be reached there; candidates: " + describe(own));
  }
  if (!wanted.is_v4() && is_link_local(wanted)) {
    return tl::unexpected(setting +
                          "is link-local, so that others would have to know on which of "
                          "their links it is; candidates: " +
                          describe(own));
  }
  if (!is_ours(wanted, own)) {
    return tl::unexpected(setting +
                          "is not an address of this machine; candidates: " + describe(own));
  }
  if (!listens_on(bound, wanted)) {
    return tl::unexpected(setting + "the gossip socket does not listen there, it is bound to " +
                          to_string(bound) +
                          "; make the two agree, or leave the advertise address out");
  }
  if (wanted.port == 0) {
    wanted.port = bound.port;
  }
  return wanted;
}

}  // namespace

std::vector<OwnAddress> own_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) {
    return {};
  }
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> guard(list, &::freeifaddrs);
  std::vector<OwnAddress> result;
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || (one->ifa_flags & IFF_UP) == 0 ||
        (one->ifa_addr->sa_family != AF_INET && one->ifa_addr->sa_family != AF_INET6)) {
      continue;
    }
    Endpoint endpoint = from_socket_address(one->ifa_addr);
    endpoint.port = 0;
    result.push_back({endpoint, one->ifa_name});
  }
  return result;
}

tl::expected<Endpoint, std::string> choose_advertise(const Endpoint& bound,
                                                     const std::optional<Endpoint>& wanted,
                                                     std::span<const OwnAddress> own) {
  if (wanted) {
    return check_wanted(*wanted, bound, own);
  }
  if (!bound.is_unspecified()) {
    return bound;
  }
  const std::vector<OwnAddress> suitable = candidates(bound, own);
  if (suitable.size() == 1) {
    Endpoint chosen = suitable.front().endpoint;
    chosen.port = bound.port;
    return chosen;
  }
  const std::string setting = "gossip.advertise-address: bound to " + to_string(bound);
  if (suitable.empty()) {
    return tl::unexpected(setting +
                          " and this machine has no address that others could reach; set "
                          "gossip.bind-address to one of: " +
                          describe(own));
  }
  return tl::unexpected(setting +
                        " and this machine has several addresses; set gossip.advertise-address to "
                        "the one that the other members reach: " +
                        describe(suitable));
}

bool is_own_endpoint(const Endpoint& endpoint, const Endpoint& bound,
                     std::span<const OwnAddress> own) {
  return endpoint.port == bound.port && listens_on(bound, endpoint) &&
         (!bound.is_unspecified() || is_ours(endpoint, own));
}

std::string describe(std::span<const OwnAddress> own) {
  std::vector<const OwnAddress*> order;
  for (const OwnAddress& one : own) {
    if (!is_link_local(one.endpoint)) {
      order.push_back(&one);
    }
  }
  std::stable_partition(order.begin(), order.end(),
                        [](const OwnAddress* one) { return !one->endpoint.is_loopback(); });
  std::string text;
  for (const OwnAddress* one : order) {
    text +=
        (text.empty() ? "" : ", ") + address_to_string(one->endpoint) + " (" + one->interface + ")";
  }
  return text.empty() ? "none" : text;
}

}  // namespace swim::runtime
