// A snapshot is a value: what happens after it was taken changes none of it.
#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "tests/unit/engine/engine_among.hpp"

namespace swim {
namespace {

auto values(const MemberInfo& member) {
  return std::tuple(member.name, member.status, member.incarnation, member.metadata,
                    member.revision);
}

auto values(const Snapshot& snapshot) {
  std::vector<decltype(values(*snapshot.local))> all;
  for (const MemberPtr& member : snapshot.members) {
    all.push_back(values(*member));
  }
  return all;
}

TEST(SnapshotTest, one_that_is_held_is_not_changed_by_what_comes_after_it) {
  Config config;
  config.detection = Detection::plain();  // or a death is first put to the member itself
  test::EngineAmong among(4, config);
  const Snapshot held = among.engine().snapshot();
  const auto then = values(held);
  ASSERT_EQ(then.size(), 5U);
  among.hear(1, among.suspect(0, 1));
  among.hear(1, among.dead(2, 1));
  wire::Alive news = among.alive(3);
  ++news.descriptor.incarnation.count;
  ++news.claim.incarnation.count;
  const ByteVector labels{1, 2, 3};
  news.descriptor.node.metadata = labels;
  among.hear(3, news);
  ASSERT_TRUE(among.tell(
      [&](Engine& engine, Moment now) { return engine.update_metadata(ByteVector{4}, {}, now); }));

  const Snapshot later = among.engine().snapshot();
  EXPECT_EQ(values(held), then);
  EXPECT_GT(later.revision, held.revision);
  const auto now = values(later);
  ASSERT_EQ(now.size(), then.size());
  for (std::size_t i = 0; i < then.size(); ++i) {
    const std::string& name = std::get<0>(then[i]);
    EXPECT_EQ(now[i] == then[i], name == "p1") << name << ": of it alone nothing was said";
  }
}

}  // namespace
}  // namespace swim
