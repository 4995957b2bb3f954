// All records, and the order in which they are probed.
#include "core/engine/member_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/support/described.hpp"

namespace swim::engine {
namespace {

class MemberTableTest : public testing::Test {
 protected:
  MemberTableTest() { table.add("self"); }

  Slot add_reachable(const std::string& name) {
    const Slot slot = table.add(name);
    set_alive(slot, true);
    return slot;
  }
  void set_alive(Slot slot, bool alive) {
    Record& record = table.at(slot);
    const Incarnation run{100, slot + 1, 0};
    test::describe_at(record, run);
    record.set_claim({run, alive ? Terminal::none : Terminal::dead});
    table.refresh(slot, prng);
  }

  MemberTable table;
  Prng prng{1};
};

TEST_F(MemberTableTest, test_membership_count_accurate) {
  const Slot a = table.add("a");
  table.add("b");
  EXPECT_EQ(table.size(), 3U);
  table.remove(a);
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.find("a"), no_slot);
  EXPECT_NE(table.find("b"), no_slot);
}

TEST_F(MemberTableTest, a_slot_is_used_again_and_the_others_keep_theirs) {
  const Slot a = table.add("a");
  const Slot b = table.add("b");
  table.remove(a);
  EXPECT_FALSE(table.used(a));
  EXPECT_EQ(table.add("c"), a);
  EXPECT_EQ(table.at(b).name(), "b");
  EXPECT_EQ(table.slots(), 3U);
}

TEST_F(MemberTableTest, everybody_is_probed_once_a_round_and_never_this_node) {
  std::set<Slot> expected;
  for (int i = 0; i < 20; ++i) {
    expected.insert(add_reachable("m" + std::to_string(i)));
  }
  for (int round = 0; round < 5; ++round) {
    std::set<Slot> probed;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      probed.insert(table.next_to_probe(prng));
    }
    EXPECT_EQ(probed, expected);
  }
}

TEST_F(MemberTableTest, the_order_differs_from_round_to_round) {
  for (int i = 0; i < 20; ++i) {
    add_reachable("m" + std::to_string(i));
  }
  const auto round = [&] {
    std::vector<Slot> order;
    for (int i = 0; i < 20; ++i) {
      order.push_back(table.next_to_probe(prng));
    }
    return order;
  };
  EXPECT_NE(round(), round());
}

TEST_F(MemberTableTest, who_is_gone_or_not_described_is_not_probed) {
  const Slot gone = add_reachable("gone");
  const Slot there = add_reachable("there");
  const Slot behind = table.add("behind");
  table.at(behind).set_claim({{100, 9, 0}});
  table.refresh(behind, prng);
  set_alive(gone, false);
  EXPECT_EQ(table.reachable(), 2U) << "this node counts";
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(table.next_to_probe(prng), there);
  }
  set_alive(there, false);
  EXPECT_EQ(table.next_to_probe(prng), no_slot);
}

// SWIM §4.3: a failure is found within a bounded time because each round reaches everybody.
TEST_F(MemberTableTest, who_goes_makes_nobody_else_miss_its_turn) {
  std::set<Slot> waiting;
  for (int i = 0; i < 10; ++i) {
    waiting.insert(add_reachable("m" + std::to_string(i)));
  }
  std::vector<Slot> probed;
  for (int i = 0; i < 5; ++i) {
    probed.push_back(table.next_to_probe(prng));
    waiting.erase(probed.back());
  }
  set_alive(probed[1], false);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(waiting.erase(table.next_to_probe(prng)), 1U);
  }
}

TEST_F(MemberTableTest, picked_members_are_different_and_never_the_excepted_one) {
  for (int i = 0; i < 30; ++i) {
    add_reachable("m" + std::to_string(i));
  }
  const Slot except = table.find("m3");
  for (const std::size_t count : {0U, 1U, 3U, 29U, 30U, 100U}) {
    std::vector<Slot> picked;
    table.pick(count, except, prng, picked);
    EXPECT_EQ(picked.size(), std::min<std::size_t>(count, 29));
    EXPECT_EQ(std::set<Slot>(picked.begin(), picked.end()).size(), picked.size());
    EXPECT_EQ(std::ranges::count(picked, except), 0);
    EXPECT_EQ(std::ranges::count(picked, MemberTable::self), 0);
  }
}

TEST_F(MemberTableTest, everybody_is_picked_about_as_often) {
  constexpr int members = 10;
  for (int i = 0; i < members; ++i) {
    add_reachable("m" + std::to_string(i));
  }
  std::vector<int> times(table.slots());
  for (int i = 0; i < 10'000; ++i) {
    std::vector<Slot> picked;
    table.pick(3, no_slot, prng, picked);
    for (const Slot slot : picked) {
      ++times[slot];
    }
  }
  for (Slot slot = 1; slot < table.slots(); ++slot) {
    EXPECT_NEAR(times[slot], 3'000, 300);
  }
}

}  // namespace
}  // namespace swim::engine
