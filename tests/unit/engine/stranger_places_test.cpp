// Who connects without the key, and how many places it can hold. Whose place is taken is a function
// of its own (tests/property/engine/stranger_places_property_test.cpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/engine/engine_among.hpp"

namespace swim {
namespace {

class StrangerPlacesTest : public testing::Test {
 protected:
  std::optional<StreamId> accept(const Endpoint& from) {
    return among_.tell([&](Engine& engine, Moment now) {
      const auto id = engine.on_stream_accepted(from, now);
      while (const auto action = engine.poll_stream_action()) {
        if (const auto* close = std::get_if<CloseStream>(&*action)) {
          closed_.push_back(close->id);
        }
      }
      return id;
    });
  }
  // The port is another one each time, as from a real host.
  static Endpoint flooder(std::size_t number) {
    return Endpoint::v4(10, 0, 9, 9, static_cast<std::uint16_t>(20'000 + number));
  }
  std::vector<StreamId> flood() {
    std::vector<StreamId> places;
    for (std::size_t i = 0; i < limits::strangers_max; ++i) {
      places.push_back(accept(flooder(i)).value());
    }
    return places;
  }
  std::uint64_t overloads() const {
    return among_.stats().dropped[static_cast<std::size_t>(DropReason::overload)];
  }

  test::EngineAmong among_{1, Config{}};
  std::vector<StreamId> closed_;
};

TEST_F(StrangerPlacesTest, who_holds_all_places_gets_no_more_of_them) {
  flood();
  EXPECT_FALSE(accept(flooder(limits::strangers_max)));
  EXPECT_THAT(closed_, testing::IsEmpty());
  EXPECT_EQ(overloads(), 1U);
}

TEST_F(StrangerPlacesTest, the_oldest_of_a_flood_from_one_address_makes_room_for_another) {
  const auto places = flood();
  EXPECT_TRUE(accept(among_.address(0)));
  EXPECT_THAT(closed_, testing::ElementsAre(places[0]));
  EXPECT_TRUE(accept(among_.address(0)));
  EXPECT_THAT(closed_, testing::ElementsAre(places[0], places[1]));
  EXPECT_EQ(overloads(), 2U);
  EXPECT_FALSE(accept(flooder(limits::strangers_max))) << "and the flood does not take them back";
}

TEST_F(StrangerPlacesTest, a_host_with_all_of_its_network_of_ipv6_is_one) {
  Endpoint flooder{.address = {0x20, 0x01, 0x0d, 0xb8}, .port = 20'000};
  for (std::size_t i = 0; i < limits::strangers_max; ++i) {
    flooder.address[15] = static_cast<std::uint8_t>(i);
    ASSERT_TRUE(accept(flooder));
  }
  Endpoint member = flooder;
  member.address[7] = 1;
  EXPECT_TRUE(accept(member));
  EXPECT_EQ(closed_.size(), 1U);
}

TEST_F(StrangerPlacesTest, of_many_addresses_with_one_each_nobody_is_displaced) {
  for (std::size_t i = 0; i < limits::strangers_max; ++i) {
    ASSERT_TRUE(accept(Endpoint::v4(10, 0, 9, static_cast<std::uint8_t>(i), 20'000)));
  }
  EXPECT_FALSE(accept(among_.address(0)));
  EXPECT_THAT(closed_, testing::IsEmpty());
}

}  // namespace
}  // namespace swim
