// Eight places among strangers of five addresses, in any order of arrivals.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "core/engine/stranger_places.hpp"

namespace swim::engine {
namespace {

constexpr std::size_t places_max = 8;

std::size_t held_by(const std::vector<StrangerPlace>& places, std::uint8_t address) {
  return static_cast<std::size_t>(std::ranges::count_if(
      places, [&](const StrangerPlace& place) { return place.host[0] == address; }));
}

std::size_t most_held(const std::vector<StrangerPlace>& places) {
  std::size_t most = 0;
  for (const StrangerPlace& place : places) {
    most = std::max(most, held_by(places, place.host[0]));
  }
  return most;
}

RC_GTEST_PROP(StrangerPlacesProperty, the_oldest_of_who_has_most_makes_room_for_who_has_less, ()) {
  const auto arrivals =
      *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::inRange<std::uint8_t>(0, 5));
  std::vector<StrangerPlace> places;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const std::uint8_t from = arrivals[i];
    if (places.size() == places_max) {
      const std::size_t own = held_by(places, from);
      const std::size_t most = most_held(places);
      const auto displaced = who_makes_room(places, {from});
      RC_ASSERT(displaced.has_value() == (most >= own + 2));
      if (!displaced) {
        continue;
      }
      const auto place = std::ranges::find(places, *displaced, &StrangerPlace::stream);
      RC_ASSERT(place != places.end());
      RC_ASSERT(held_by(places, place->host[0]) == most);
      // Nobody before it is of an address that has as many, its own included.
      RC_ASSERT(std::ranges::none_of(places.begin(), place, [&](const StrangerPlace& older) {
        return held_by(places, older.host[0]) == most;
      }));
      places.erase(place);
    }
    places.push_back({i, {from}});
  }
}

RC_GTEST_PROP(StrangerPlacesProperty, however_often_one_address_comes_another_gets_its_share, ()) {
  const std::size_t share = *rc::gen::inRange<std::size_t>(1, places_max / 2 + 1);
  std::vector<StrangerPlace> places;
  for (std::size_t i = 0; i < places_max; ++i) {
    places.push_back({i, {1}});
  }
  for (std::size_t i = 0; i < share; ++i) {
    const auto displaced = who_makes_room(places, {2});
    RC_ASSERT(displaced.has_value());
    std::erase_if(places, [&](const StrangerPlace& place) { return place.stream == *displaced; });
    places.push_back({places_max + i, {2}});
    RC_ASSERT(!who_makes_room(places, {1}).has_value());
  }
  RC_ASSERT(held_by(places, 2) == share);
}

}  // namespace
}  // namespace swim::engine
