#include "core/engine/stranger_places.hpp"

#include <algorithm>
#include <map>

namespace swim::engine {

std::optional<std::uint64_t> who_makes_room(std::span<const StrangerPlace> by_age,
                                            const std::array<std::uint8_t, 16>& newcomer) {
  std::map<std::array<std::uint8_t, 16>, std::size_t> held;
  for (const StrangerPlace& place : by_age) {
    ++held[place.address];
  }
  const auto most = std::ranges::max_element(
      by_age, {}, [&](const StrangerPlace& place) { return held[place.address]; });
  if (most == by_age.end() || held[most->address] < held[newcomer] + 2) {
    return std::nullopt;
  }
  return most->stream;
}

}  // namespace swim::engine
