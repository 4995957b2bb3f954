#include "core/engine/stranger_places.hpp"

#include <algorithm>
#include <map>

namespace swim::engine {

HostId host_of(const Endpoint& from) {
  HostId host = from.address;
  if (!from.is_v4()) {
    std::fill(host.begin() + 8, host.end(), std::uint8_t{0});
  }
  return host;
}

std::optional<std::uint64_t> who_makes_room(std::span<const StrangerPlace> by_age,
                                            const HostId& newcomer) {
  std::map<HostId, std::size_t> held;
  for (const StrangerPlace& place : by_age) {
    ++held[place.host];
  }
  const auto most = std::ranges::max_element(
      by_age, {}, [&](const StrangerPlace& place) { return held[place.host]; });
  if (most == by_age.end() || held[most->host] < held[newcomer] + 2) {
    return std::nullopt;
  }
  return most->stream;
}

}  // namespace swim::engine
