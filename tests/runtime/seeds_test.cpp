// What a node says of its seeds, and that it never stops trying.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/support.hpp"
#include "tests/support/silent_port.hpp"

namespace swim::runtime::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string problem(const Node& node) {
  const auto view = node->view();
  return view->seeds.empty() ? "" : view->seeds[0].problem;
}

TEST(Seeds, AReachedSeedIsWell) {
  const Node a = start("a");
  const Node b = start("b", {a.seed_text()});
  ASSERT_TRUE(wait_until([&] { return !b->view()->seeds.empty() && b->view()->seeds[0].reached; }));
  const SeedStatus status = b->view()->seeds[0];
  EXPECT_EQ(status.seed, a.seed_text());
  EXPECT_EQ(status.addresses, std::vector<Endpoint>{a.address()});
  EXPECT_THAT(status.problem, IsEmpty());
  EXPECT_GT(status.checked.unix_ms, 0);
}

TEST(Seeds, AnotherKeyIsSaidInTheStatusAndTheLogAndDisturbsNobody) {
  const auto nodes = cluster(2);
  const crypto::Key other = key_of(8);
  const Node stranger =
      start(options_for("stranger", {nodes[0].seed_text()}), crypto::Keyring(other));
  const std::string sentence = "seed " + nodes[0].seed_text() +
                               " did not authenticate us: key (fingerprint " + other.fingerprint() +
                               ") or label (test/runtime) differs";
  ASSERT_TRUE(wait_until([&] { return problem(stranger) == sentence; })) << problem(stranger);
  EXPECT_FALSE(stranger->view()->seeds[0].reached);
  EXPECT_EQ(stranger.log->count(sentence), 1U);
  EXPECT_TRUE(wait_until([&] {
    return nodes[0].dropped(DropReason::auth) + nodes[0].dropped(DropReason::unknown_key) > 0;
  }));
  EXPECT_EQ(nodes[0]->snapshot()->members.size(), 2U);
  EXPECT_EQ(nodes[1]->snapshot()->members.size(), 2U);
  EXPECT_EQ(stranger->snapshot()->members.size(), 1U);
}

TEST(Seeds, AnotherLabelLooksTheSame) {
  const Node a = start("a");
  Options options = options_for("b", {a.seed_text()});
  options.cluster_label = "other";
  const Node b = start(std::move(options));
  ASSERT_TRUE(wait_until([&] { return !problem(b).empty(); }));
  EXPECT_THAT(problem(b), HasSubstr("did not authenticate us"));
  EXPECT_THAT(problem(b), HasSubstr("label (other) differs"));
  EXPECT_TRUE(wait_until([&] { return a.dropped(DropReason::auth) > 0; }));
  EXPECT_TRUE(wait_until([&] { return a.log->count("reason=auth") == 1; }));
  EXPECT_EQ(a->snapshot()->members.size(), 1U);
}

TEST(Seeds, TheRightKeyMendsItWithoutARestart) {
  const Node a = start("a");
  const Node b = start(options_for("b", {a.seed_text()}), crypto::Keyring(key_of(8)));
  ASSERT_TRUE(wait_until([&] { return !problem(b).empty(); }));
  ASSERT_TRUE(ask<void>(
      [&](auto done) { return b->set_keyring(crypto::Keyring(key_of(7)), std::move(done)); }));
  EXPECT_TRUE(wait_until([&] { return b.alive() == 2 && problem(b).empty(); }));
}

TEST(Seeds, NobodyAtTheSeedIsSaidAndTriedUntilSomebodyIsThere) {
  Endpoint place;
  { place = start("gone").address(); }
  const Node b = start("b", {to_string(place)});
  ASSERT_TRUE(wait_until([&] { return !problem(b).empty(); }));
  EXPECT_EQ(problem(b),
            "seed " + to_string(place) + " refused the connection: nobody listens there");
  Options options = options_for("a");
  options.bind = place;
  const Node a = start(std::move(options));
  EXPECT_TRUE(wait_until([&] { return b.alive() == 2 && problem(b).empty(); }));
}

TEST(Seeds, ANameIsResolved) {
  const Node a = start("a");
  const std::string text = "dns+localhost:" + std::to_string(a.address().port);
  const Node b = start("b", {text});
  EXPECT_TRUE(wait_until([&] { return b.alive() == 2; }));
  EXPECT_TRUE(wait_until([&] { return b->view()->seeds[0].reached; }));
  EXPECT_EQ(b->view()->seeds[0].seed, text);
  EXPECT_EQ(b->view()->seeds[0].addresses, std::vector<Endpoint>{a.address()});
}

TEST(Seeds, ANameThatDoesNotResolveIsSaid) {
  const Node b = start("b", {"dns+no-such-host.invalid:7946"});
  ASSERT_TRUE(wait_until([&] { return !problem(b).empty(); }));
  EXPECT_THAT(problem(b), HasSubstr("does not resolve ("));
}

TEST(Seeds, OneThatIsThisNodeItselfMakesItTheFirstOfItsCluster) {
  // The port must be known beforehand.
  Endpoint place;
  { place = start("gone").address(); }
  Options options = options_for("a", {"localhost:" + std::to_string(place.port)});
  options.bind = place;
  const Node a = start(std::move(options));
  EXPECT_TRUE(wait_until([&] { return a->snapshot()->state == NodeState::running; }));
  EXPECT_THAT(problem(a), IsEmpty());
}

// All start together: one asks its seed before that listens, and hears of it from a third that asks
// both, so that it knows the seed when it asks again.
TEST(Seeds, OneThatIsKnownBeforeItLetThisNodeInIsAskedAllTheSame) {
  const Endpoint late = [] {
    const Node nobody = start("nobody");
    return nobody.address();
  }();
  Options patient = options_for("b", {to_string(late)});
  patient.seed_refresh = patient.seed_retry = std::chrono::minutes(10);
  const Node b = start(std::move(patient));
  ASSERT_TRUE(wait_until([&] { return !problem(b).empty(); }));
  Options seed = options_for("a");
  seed.bind = late;
  const Node a = start(std::move(seed));
  const Node c = start("c", {a.seed_text(), b.seed_text()});
  ASSERT_TRUE(wait_until([&] { return b.alive() == 3; }));
  EXPECT_TRUE(wait_until([&] { return b->snapshot()->state == NodeState::running; }));
}

TEST(Seeds, TheyCanBeReplaced) {
  const Node a = start("a");
  Endpoint nobody;
  { nobody = start("gone").address(); }
  const Node b = start("b", {to_string(nobody)});
  ASSERT_TRUE(wait_until([&] { return !problem(b).empty(); }));
  ASSERT_TRUE(
      ask<void>([&](auto done) { return b->set_seeds({seed(a.seed_text())}, std::move(done)); }));
  EXPECT_TRUE(wait_until([&] { return b.alive() == 2; }));
  EXPECT_TRUE(wait_until([&] { return b->view()->seeds[0].seed == a.seed_text(); }));
}

TEST(Seeds, WhereNoneAreLeftANodeThatHasNotJoinedBeginsAlone) {
  Endpoint nobody;
  { nobody = start("gone").address(); }
  const auto set_none = [](const Node& node) {
    EXPECT_TRUE(ask<void>([&](auto done) { return node->set_seeds({}, std::move(done)); }));
  };
  const Node a = start("a", {to_string(nobody)});
  ASSERT_TRUE(wait_until([&] { return a->snapshot()->state == NodeState::joining; }));
  set_none(a);
  EXPECT_EQ(a->snapshot()->state, NodeState::running);
  EXPECT_EQ(a.log->count("this node starts its cluster"), 1U);
  set_none(a);
  EXPECT_EQ(a.log->count("this node starts its cluster"), 1U);

  const Node unresolved = start("c", {"dns+nowhere.invalid:1"});
  set_none(unresolved);
  EXPECT_EQ(unresolved->snapshot()->state, NodeState::running);
  EXPECT_EQ(unresolved.log->count("this node starts its cluster"), 1U);

  const Node draining = start("b", {to_string(nobody)});
  ASSERT_TRUE(ask<void>(
      [&](auto done) { return draining->drain(std::chrono::seconds(60), std::move(done)); }));
  set_none(draining);
  EXPECT_EQ(draining->snapshot()->state, NodeState::draining);
  ASSERT_TRUE(ask<void>([&](auto done) { return draining->cancel_drain(std::move(done)); }));
  EXPECT_EQ(draining->snapshot()->state, NodeState::running);

  ASSERT_TRUE(ask<LeaveReport>([&](auto done) { return a->leave(std::move(done)); }));
  set_none(a);
  EXPECT_EQ(a->snapshot()->state, NodeState::left);
}

TEST(Seeds, ANodeThatLeftComesBackOnlyWhenItIsAsked) {
  const Node a = start("a");
  Options options = options_for("b", {a.seed_text()});
  options.seed_refresh = std::chrono::milliseconds(20);
  const Node b = start(std::move(options));
  ASSERT_TRUE(wait_until([&] { return a.alive() == 2; }));
  ASSERT_TRUE(ask<LeaveReport>([&](auto done) { return b->leave(std::move(done)); }));
  ASSERT_TRUE(wait_until([&] { return a.sees("b", MemberStatus::left); }));
  ASSERT_TRUE(wait_until([&] { return a->view()->stats.streams_accepted > 0; }));
  const std::uint64_t accepted = a->view()->stats.streams_accepted;
  // Many refresh intervals, seen by the publications of the statistics.
  const auto view = b->view();
  ASSERT_TRUE(wait_until([&] { return b->view() != view; }));
  EXPECT_EQ(b->snapshot()->state, NodeState::left);
  EXPECT_EQ(a->view()->stats.streams_accepted, accepted);
  const auto report =
      ask<JoinReport>([&](auto done) { return b->join({seed(a.seed_text())}, std::move(done)); });
  ASSERT_TRUE(report);
  EXPECT_EQ(report->accepted, 1U);
  EXPECT_TRUE(wait_until([&] { return a.alive() == 2 && b.alive() == 2; }));
}

TEST(Seeds, ALeaveIsNotUndoneByAJoinWhoseSeedsWereStillBeingLookedUp) {
  const Node a = start("a");
  Options options = options_for("b", {a.seed_text()});
  options.seed_refresh = std::chrono::milliseconds(20);
  const Node b = start(std::move(options));
  ASSERT_TRUE(wait_until([&] { return a.alive() == 2; }));
  const std::vector names{seed("dns+localhost:" + std::to_string(a.address().port))};
  // The second time it has left already.
  for (const bool first : {true, false}) {
    std::promise<Expected<JoinReport>> joined;
    std::promise<Expected<LeaveReport>> left;
    in_one_turn(b, [&] {
      ASSERT_TRUE(b->join(
          names, [&](Expected<JoinReport> report) { joined.set_value(std::move(report)); }));
      ASSERT_TRUE(b->leave([&](Expected<LeaveReport> report) { left.set_value(report); }));
    });
    const auto join_report = joined.get_future().get();
    const auto leave_report = left.get_future().get();
    ASSERT_FALSE(join_report);
    EXPECT_EQ(join_report.error().code, Errc::left);
    EXPECT_EQ(leave_report.has_value(), first);
    EXPECT_EQ(b->snapshot()->state, NodeState::left);
  }
  EXPECT_TRUE(wait_until([&] { return a.sees("b", MemberStatus::left); }));
  const auto report = ask<JoinReport>([&](auto done) { return b->join(names, std::move(done)); });
  ASSERT_TRUE(report);
  EXPECT_EQ(report->accepted, 1U);
  EXPECT_TRUE(wait_until([&] { return a.alive() == 2 && b.alive() == 2; }));
  // The seeds are contacted again as well.
  const WallTime checked = b->view()->seeds[0].checked;
  EXPECT_TRUE(wait_until([&] { return b->view()->seeds[0].checked.unix_ms > checked.unix_ms; }));
}

TEST(Seeds, AJoinThatWasDiallingAtALeaveIsNoSuccess) {
  const Node a = start("a");
  const Node b = start("b");
  std::promise<Expected<JoinReport>> joined;
  in_one_turn(b, [&] {
    ASSERT_TRUE(b->join({seed(a.seed_text())},
                        [&](Expected<JoinReport> report) { joined.set_value(std::move(report)); }));
    ASSERT_TRUE(b->leave([](const Expected<LeaveReport>&) {}));
  });
  const auto report = joined.get_future().get();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->accepted, 0U);
  ASSERT_EQ(report->results.size(), 1U);
  EXPECT_EQ(report->results[0].error.code, Errc::left);
  EXPECT_FALSE(b->view()->joined) << "or it would be ready";
  EXPECT_EQ(b->snapshot()->state, NodeState::left);
}

TEST(Seeds, StoppingDoesNotWaitForALookUpOrAJoin) {
  const test::SilentPort silent;
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) {
    const bool dialling = i == 19;  // seen, not only likely
    Options options = options_for("a", {"dns+localhost:1", silent.address()});
    options.engine.join_timeout = options.engine.dial_timeout = 3 * patience;
    Node node = start(std::move(options));
    ASSERT_TRUE(!dialling || wait_until([&] { return node->view()->stats.streams_open > 0; }));
    node.runtime.reset();
    ASSERT_LT(std::chrono::steady_clock::now() - begun, 2 * patience);
  }
}

}  // namespace
}  // namespace swim::runtime::testing
