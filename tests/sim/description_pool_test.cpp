// Descriptions are held once for all engines of a world, and only while somebody holds them.
#include "core/sim/description_pool.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace swim::sim {
namespace {

Description about(std::string name, std::uint32_t count) {
  Description made;
  made.name = std::move(name);
  made.incarnation = {100, 7, count};
  made.metadata = {1, 2};
  made.zone = "z";
  return made;
}

TEST(DescriptionPoolTest, what_is_equal_is_held_once) {
  DescriptionPool pool;
  const DescriptionPtr first = pool.keep(descriptor_of(about("a", 1)));
  EXPECT_EQ(pool.keep(descriptor_of(about("a", 1))), first);
  EXPECT_EQ(first->name, "a");
  EXPECT_EQ(first->metadata, (ByteVector{1, 2}));
  EXPECT_EQ(pool.size(), 1U);
}

TEST(DescriptionPoolTest, what_differs_in_anything_is_another) {
  DescriptionPool pool;
  const DescriptionPtr first = pool.keep(descriptor_of(about("a", 1)));
  std::vector<Description> others(10, about("a", 1));
  others[0].name = "b";
  others[1].incarnation.count = 2;
  others[2].address.port = 1;
  others[3].metadata.clear();
  others[4].zone = "y";
  others[5].apps = {1};
  others[6].inbox = 1;
  others[7].sequence = 1;
  others[8].capabilities = 1;
  others[9].stall_ms = 1;
  for (const Description& other : others) {
    EXPECT_NE(pool.keep(descriptor_of(other)), first);
  }
  EXPECT_EQ(pool.size(), 11U);
}

TEST(DescriptionPoolTest, what_nobody_holds_any_more_goes) {
  DescriptionPool pool;
  const DescriptionPtr held = pool.keep(descriptor_of(about("held", 0)));
  for (std::uint32_t count = 0; count < 10'000; ++count) {
    pool.keep(descriptor_of(about("a", count)));
  }
  EXPECT_LE(pool.size(), 1'024U);
  EXPECT_EQ(pool.keep(descriptor_of(about("held", 0))), held);
}

}  // namespace
}  // namespace swim::sim
