// Apps beside their daemons: that they come, are lost, come back and say goodbye reaches all, and
// each watcher is told what happened and nothing else.
#include <algorithm>
#include <map>

#include "tests/sim/sim_test.hpp"
#include "tests/support/error_of.hpp"

namespace swim::sim {
namespace {

using swim::test::code_of;

class AppsTest : public SimTest {
 protected:
  explicit AppsTest(WorldOptions options = {}) : SimTest(std::move(options)) {
    world.watch([this](RunId observer, const MemberEvent& event) {
      if (!event.app.empty()) {
        ++heard[{observer.node, event.type, event.app}];
      }
    });
  }

  std::size_t count(NodeId observer, EventType type, const std::string& app = "web") const {
    const auto found = heard.find({observer, type, app});
    return found == heard.end() ? 0 : found->second;
  }
  // Of every running node, the one beside the app included.
  bool all_heard(EventType type, std::size_t times = 1, const std::string& app = "web") const {
    return std::ranges::all_of(world.running(),
                               [&](NodeId node) { return count(node, type, app) == times; });
  }
  bool nobody_heard(EventType type) const { return all_heard(type, 0); }

  wire::AppStates shown(NodeId observer, NodeId subject) const {
    const MemberPtr member = world.find(observer, world.at(subject).name());
    return member ? member->apps : wire::AppStates{};
  }
  void attach_and_tell(NodeId node, const std::string& app = "web") {
    ASSERT_TRUE(world.attach(node, app));
    ASSERT_TRUE(wait_for([&] { return all_heard(EventType::updated, 1, app); }));
  }
  Duration debounce() const { return world.at(NodeId{0}).options().config.app_debounce; }

  std::map<std::tuple<NodeId, EventType, std::string>, std::size_t> heard;
};

class TenNodes : public AppsTest {
 protected:
  TenNodes() : nodes(cluster(10)) {}
  std::vector<NodeId> nodes;
};

TEST_F(TenNodes, a_loss_reaches_all_within_milliseconds) {
  attach_and_tell(nodes[3]);
  world.run_for(1s);
  ASSERT_TRUE(world.lose(nodes[3], "web"));
  EXPECT_EQ(count(nodes[3], EventType::app_lost), 1U) << "this node itself knows at once";
  const auto took = time_until([&] { return all_heard(EventType::app_lost); }, 5s);
  ASSERT_TRUE(took) << world.report();
  // Three hops of the urgent lane; by its ticks gossip takes 20 ms a hop.
  EXPECT_LT(*took, 15ms);
  EXPECT_EQ(shown(nodes[0], nodes[3]), (wire::AppStates{{"web", true, 1}}));
}

// What the origin tells few who tell few leaves somebody out now and then, and a tick may be far:
// it tells all of them itself, and often, too.
TEST_F(TenNodes, a_loss_reaches_all_in_one_hop_two_hundred_times) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    ASSERT_TRUE(world.attach(nodes[i], "web" + std::to_string(i)));
  }
  world.run_for(2s);
  Duration longest{};
  for (std::size_t round = 0; round < 200; ++round) {
    const NodeId node = nodes[round % nodes.size()];
    const std::string app = "web" + std::to_string(round % nodes.size());
    const std::size_t times = round / nodes.size() + 1;
    ASSERT_TRUE(world.lose(node, app));
    const auto took = time_until([&] { return all_heard(EventType::app_lost, times, app); }, 5s);
    ASSERT_TRUE(took) << world.report();
    longest = std::max(longest, *took);
    ASSERT_TRUE(world.attach(node, app));
    world.run_for(debounce() / 10);
  }
  // A millisecond for what may share its datagrams, and the way.
  EXPECT_LT(longest, 3ms);
}

// While there is other news, its ticks are 20 ms apart.
TEST_F(TenNodes, a_loss_does_not_wait_behind_other_news) {
  attach_and_tell(nodes[3]);
  Duration sum{};
  for (std::size_t round = 1; round <= 10; ++round) {
    for (int news = 0; news < 20; ++news) {
      ASSERT_TRUE(world.set_metadata(nodes[5], std::to_string(100 * round) + std::to_string(news)));
      world.run_for(7ms);
    }
    ASSERT_TRUE(world.lose(nodes[3], "web"));
    const auto took = time_until([&] { return all_heard(EventType::app_lost, round); }, 5s);
    ASSERT_TRUE(took) << world.report();
    sum += *took;
    ASSERT_TRUE(world.attach(nodes[3], "web"));
    ASSERT_TRUE(wait_for([&] { return all_heard(EventType::app_back, round); }));
  }
  RecordProperty("mean_us", static_cast<int>(sum / 10 / 1us));
  EXPECT_LT(sum / 10, 15ms);
}

TEST_F(TenNodes, whoever_attaches_again_is_told_to_be_back_when_that_has_lasted) {
  attach_and_tell(nodes[3]);
  ASSERT_TRUE(world.lose(nodes[3], "web"));
  ASSERT_TRUE(wait_for([&] { return all_heard(EventType::app_lost); }));
  ASSERT_TRUE(world.attach(nodes[3], "web"));
  world.run_for(debounce() - 1ms);
  EXPECT_TRUE(nobody_heard(EventType::app_back));
  const auto took = time_until([&] { return all_heard(EventType::app_back); }, 5s);
  ASSERT_TRUE(took);
  EXPECT_LT(*took, 20ms);
}

TEST_F(TenNodes, an_app_that_crashes_again_and_again_is_told_once) {
  attach_and_tell(nodes[3]);
  const std::uint64_t before = world.at(nodes[3]).engine().revision();
  for (int crash = 0; crash < 50; ++crash) {
    ASSERT_TRUE(world.lose(nodes[3], "web"));
    world.run_for(20ms);
    ASSERT_TRUE(world.attach(nodes[3], "web"));
    world.run_for(debounce() / 2);
  }
  EXPECT_EQ(world.at(nodes[3]).engine().revision(), before + 1);
  EXPECT_EQ(world.at(nodes[3]).engine().stats().app_losses, 50U);
  ASSERT_TRUE(wait_for([&] { return all_heard(EventType::app_back); }));
  EXPECT_TRUE(all_heard(EventType::app_lost));
}

TEST_F(TenNodes, a_goodbye_is_no_loss) {
  attach_and_tell(nodes[3]);
  ASSERT_TRUE(world.detach(nodes[3], "web"));
  ASSERT_TRUE(wait_for([&] { return all_heard(EventType::updated, 2); }));
  EXPECT_TRUE(nobody_heard(EventType::app_lost));
  EXPECT_TRUE(shown(nodes[0], nodes[3]).empty());
}

TEST_F(TenNodes, a_lost_app_that_comes_and_says_goodbye_is_forgotten) {
  attach_and_tell(nodes[3]);
  ASSERT_TRUE(world.lose(nodes[3], "web"));
  ASSERT_TRUE(world.attach(nodes[3], "web"));
  ASSERT_TRUE(world.detach(nodes[3], "web"));
  ASSERT_TRUE(wait_for([&] { return all_heard(EventType::updated, 2); }));
  EXPECT_TRUE(all_heard(EventType::app_lost)) << "though it was over at once";
  EXPECT_TRUE(nobody_heard(EventType::app_back));
  EXPECT_TRUE(shown(nodes[0], nodes[3]).empty());
}

TEST_F(TenNodes, whoever_takes_an_apps_place_is_no_change) {
  attach_and_tell(nodes[3]);
  Engine& engine = world.at(nodes[3]).engine();
  const auto at = [&] { return world.at(nodes[3]).now(); };
  const std::uint64_t before = engine.revision();
  const auto first = engine.attach("web", at());
  const auto second = engine.attach("web", at());
  ASSERT_TRUE(first && second);
  engine.lose_app(*first, at());  // the earlier one's end means nothing any more
  engine.detach_app(*first, at());
  EXPECT_EQ(engine.revision(), before);
  engine.lose_app(*second, at());
  world.at(nodes[3]).drain();
  EXPECT_TRUE(wait_for([&] { return all_heard(EventType::app_lost); }));
}

TEST_F(TenNodes, several_apps_of_one_daemon_are_told_apart) {
  for (const std::string app : {"web", "cache", "queue"}) {
    attach_and_tell(nodes[3], app);
  }
  ASSERT_TRUE(world.lose(nodes[3], "cache"));
  ASSERT_TRUE(world.lose(nodes[3], "queue"));
  ASSERT_TRUE(wait_for([&] {
    return all_heard(EventType::app_lost, 1, "cache") && all_heard(EventType::app_lost, 1, "queue");
  }));
  EXPECT_TRUE(nobody_heard(EventType::app_lost));
}

TEST_F(TenNodes, the_number_and_the_names_of_apps_are_bounded) {
  for (std::size_t i = 0; i < limits::apps_max; ++i) {
    ASSERT_TRUE(world.attach(nodes[3], "app" + std::to_string(i)));
  }
  EXPECT_EQ(code_of(world.attach(nodes[3], "more")), Errc::too_large);
  EXPECT_EQ(code_of(world.attach(nodes[3], "no name")), Errc::invalid_argument);
  EXPECT_TRUE(world.attach(nodes[3], "app0")) << "under a name that is there already";
  ASSERT_TRUE(world.detach(nodes[3], "app1"));
  EXPECT_TRUE(world.attach(nodes[3], "more"));
  for (const std::string& name :
       {std::string(63, 'a'), std::string(63, 'b'), std::string(63, 'c')}) {
    static_cast<void>(world.attach(nodes[4], name));
  }
  EXPECT_EQ(code_of(world.attach(nodes[4], std::string(63, 'd'))), Errc::too_large);
  EXPECT_TRUE(wait_for([&] { return world.converged(); }));
}

// The place in the descriptor is where the state waits, so a flood of changes is bounded work.
TEST_F(TenNodes, many_changes_at_once_are_told_a_few_a_second_and_the_last_word_stands) {
  attach_and_tell(nodes[3]);
  const std::uint64_t before = world.at(nodes[3]).engine().revision();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(world.detach(nodes[3], "web"));
    ASSERT_TRUE(world.attach(nodes[3], "web"));
  }
  ASSERT_TRUE(world.detach(nodes[3], "web"));
  ASSERT_TRUE(world.attach(nodes[3], "last"));
  EXPECT_LE(world.at(nodes[3]).engine().revision(), before + 16);
  world.run_for(1s);
  EXPECT_LE(world.at(nodes[3]).engine().revision(), before + 18);
  ASSERT_TRUE(wait_for([&] { return world.converged(); }));
  EXPECT_EQ(shown(nodes[0], nodes[3]), (wire::AppStates{{"last", false, 0}}));
}

TEST_F(TenNodes, a_new_run_starts_with_no_app_and_nothing_is_told_of_the_old_ones) {
  attach_and_tell(nodes[3]);
  world.crash(nodes[3]);
  world.restart(nodes[3]);
  ASSERT_TRUE(wait_for([&] { return world.converged(); }));
  EXPECT_TRUE(nobody_heard(EventType::app_lost));
  EXPECT_TRUE(all_heard(EventType::updated)) << "no more than that it came";
  for (const NodeId node : nodes) {
    EXPECT_TRUE(shown(node, nodes[3]).empty());
  }
}

TEST_F(TenNodes, whoever_joins_is_told_the_apps_that_are_there) {
  attach_and_tell(nodes[3]);
  const NodeId late = world.add_node("late");
  world.start(late);
  ASSERT_TRUE(wait_for([&] { return world.converged(); }));
  EXPECT_EQ(shown(late, nodes[3]), (wire::AppStates{{"web", false, 0}}));
  EXPECT_EQ(count(late, EventType::updated), 0U) << "JOINED carries them";
}

TEST_F(TenNodes, the_daemons_own_leave_is_no_loss_and_after_a_join_its_apps_are_there) {
  attach_and_tell(nodes[3]);
  ASSERT_TRUE(world.leave(nodes[3]));
  ASSERT_TRUE(all_list(nodes[3], MemberStatus::left));
  ASSERT_TRUE(world.lose(nodes[3], "web"));  // as its streams end with it
  world.run_for(2s);
  EXPECT_TRUE(nobody_heard(EventType::app_lost));
  ASSERT_TRUE(world.join(nodes[3], std::vector{nodes[0]}));
  ASSERT_TRUE(wait_for([&] { return world.converged(); }));
  EXPECT_EQ(shown(nodes[0], nodes[3]), (wire::AppStates{{"web", true, 1}}))
      << "what became of it meanwhile is in the list with which it comes";
}

TEST_F(TenNodes, a_partition_hears_of_a_loss_when_it_is_over) {
  attach_and_tell(nodes[3]);
  world.isolate(nodes[7]);
  ASSERT_TRUE(world.lose(nodes[3], "web"));
  world.run_for(300ms);
  ASSERT_TRUE(world.attach(nodes[3], "web"));
  world.run_for(debounce() + 100ms);
  EXPECT_EQ(count(nodes[7], EventType::app_lost), 0U);
  world.heal();
  ASSERT_TRUE(wait_for([&] { return world.converged(); }));
  for (const NodeId node : {nodes[0], nodes[7]}) {
    EXPECT_EQ(count(node, EventType::app_lost), 1U);
    EXPECT_EQ(count(node, EventType::app_back), 1U);
  }
}

TEST_F(TenNodes, a_member_wrongly_declared_dead_comes_back_with_its_apps) {
  attach_and_tell(nodes[3]);
  world.isolate(nodes[3]);
  ASSERT_TRUE(wait_for([&] { return world.status(nodes[0], nodes[3]) == MemberStatus::failed; }));
  world.heal();
  ASSERT_TRUE(wait_for([&] { return world.converged(); }, 120s));
  EXPECT_EQ(shown(nodes[0], nodes[3]), (wire::AppStates{{"web", false, 0}}));
  EXPECT_TRUE(nobody_heard(EventType::app_lost));
}

class HundredNodes : public AppsTest {
 protected:
  HundredNodes() : AppsTest({.seed = 11, .history = false, .plain = true}) {}
};

TEST_F(HundredNodes, each_loss_reaches_all_and_is_told_once) {
  world.network().latency_min = 250us;
  world.network().latency_max = 750us;
  const auto nodes = cluster(100);
  attach_and_tell(nodes[42]);
  std::vector<Duration> times;
  for (std::size_t round = 1; round <= 20; ++round) {
    world.run_for(1s);
    ASSERT_TRUE(world.lose(nodes[42], "web"));
    const auto took = time_until([&] { return all_heard(EventType::app_lost, round); }, 5s);
    ASSERT_TRUE(took) << world.report();
    times.push_back(*took);
    ASSERT_TRUE(world.attach(nodes[42], "web"));
    ASSERT_TRUE(wait_for([&] { return all_heard(EventType::app_back, round); }));
  }
  std::ranges::sort(times);
  RecordProperty("p50_us", static_cast<int>(times[9] / 1us));
  RecordProperty("max_us", static_cast<int>(times.back() / 1us));
  EXPECT_LT(times.back(), 50ms);
  EXPECT_LT(times[9], 10ms) << "who hears of it passes it on before the next tick of gossip";
}

// With loss a datagram of the urgent lane is missed now and then: gossip's marks and the digests
// bring what it told, and a watcher that missed the loss itself is told it with the return.
class LossyNetwork : public AppsTest {
 protected:
  LossyNetwork() : AppsTest({.seed = 5, .history = false}) {}
};

TEST_F(LossyNetwork, every_loss_is_told_by_everybody_who_was_there) {
  const auto nodes = cluster(20);
  attach_and_tell(nodes[2]);
  world.network().loss_ppm = 100'000;
  for (std::size_t round = 1; round <= 20; ++round) {
    ASSERT_TRUE(world.lose(nodes[2], "web"));
    ASSERT_TRUE(world.attach(nodes[2], "web"));
    ASSERT_TRUE(wait_for([&] { return all_heard(EventType::app_back, round); }, 60s))
        << round << world.report();
    EXPECT_TRUE(all_heard(EventType::app_lost, round));
  }
  EXPECT_EQ(shown(nodes[0], nodes[2]), (wire::AppStates{{"web", false, 20}}))
      << "each has a number of its own, by which whoever missed one would know";
  world.network().loss_ppm = 0;
}

}  // namespace
}  // namespace swim::sim
