// When what an engine holds is published: values of time are given, none passes.
#include "core/runtime/publisher.hpp"

#include <gtest/gtest.h>

#include "tests/unit/engine/engine_among.hpp"

namespace swim::runtime {
namespace {

using namespace std::chrono_literals;

class PublisherTest : public ::testing::Test {
 protected:
  // Something that is in a snapshot.
  void change() { among.hear(0, among.suspect(0, 1)); }

  test::EngineAmong among{2, Config{}};
  Shared shared{"self", "test", [] {}};
  Publisher publisher{shared, among.engine()};
};

TEST_F(PublisherTest, a_view_holds_the_statistics_and_is_due_again_after_a_second) {
  for (const TimePoint at : {TimePoint{5s}, TimePoint{5s + 1ms}, TimePoint{9s}}) {
    among.run_for(1s);
    publisher.publish_view(at, [](NodeView& view) { view.loop_turns = 7; });
    EXPECT_EQ(publisher.view_due(), at + 1s);
    EXPECT_EQ(shared.view.load()->loop_turns, 7U);
    EXPECT_GT(among.stats().probes_started, 0U);
    EXPECT_EQ(shared.view.load()->stats.probes_started, among.stats().probes_started);
  }
}

TEST_F(PublisherTest, a_storm_of_changes_is_put_together_unless_somebody_waits_for_it) {
  publisher.publish_snapshot(TimePoint{1s}, false);
  const auto first = shared.snapshot.load();
  EXPECT_EQ(first->members.size(), 3U);
  EXPECT_EQ(publisher.snapshot_due(), TimePoint::max()) << "there is nothing new";
  change();
  publisher.publish_snapshot(TimePoint{1s + 1ms}, false);
  EXPECT_EQ(shared.snapshot.load(), first);
  EXPECT_EQ(publisher.snapshot_due(), TimePoint{1s + 5ms});
  publisher.publish_snapshot(TimePoint{1s + 1ms}, true);
  EXPECT_GT(shared.snapshot.load()->revision, first->revision);
  EXPECT_EQ(publisher.snapshot_due(), TimePoint::max());
}

}  // namespace
}  // namespace swim::runtime
