// Every rule about messages, queues and views bites: each is shown what breaks it, and the same
// unbroken. The rules about events are in checkers_test.cpp.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "core/base/limits.hpp"
#include "core/sim/checkers.hpp"

namespace swim::sim {
namespace {

constexpr RunId observer{NodeId{1}, 1};

TEST(DeliveredOnceTest, the_second_delivery_of_a_broadcast_breaks_it) {
  DeliveredOnce rule;
  Violations violations;
  MessageReceived message;
  message.origin_boot = 7;
  message.sequence = 1;
  message.broadcast = true;
  message.payload = std::make_shared<const ByteVector>(ByteVector{1, 2, 3});
  rule.on_message(observer, message, violations);
  rule.on_message({NodeId{2}, 1}, message, violations);  // another receiver
  rule.on_message({NodeId{1}, 2}, message, violations);  // another run of the first
  message.origin_boot = 8;
  rule.on_message(observer, message, violations);
  EXPECT_TRUE(violations.empty());
  rule.on_message(observer, message, violations);
  EXPECT_FALSE(violations.empty());
}

TEST(DeliveredOnceTest, other_words_under_the_same_number_break_it) {
  DeliveredOnce rule;
  Violations violations;
  MessageReceived message;
  message.origin_boot = 7;
  message.sequence = 1;
  message.broadcast = true;
  message.payload = std::make_shared<const ByteVector>(ByteVector{1, 2, 3});
  rule.on_message(observer, message, violations);
  EXPECT_TRUE(violations.empty());
  message.payload = std::make_shared<const ByteVector>(ByteVector{1, 2, 4});
  rule.on_message({NodeId{2}, 1}, message, violations);
  EXPECT_FALSE(violations.empty());
}

TEST(OnlyWhoRunsAnswersTest, an_answer_to_a_question_after_the_end_breaks_it) {
  const TraceRecord asks{TraceKind::probe_started, 7, 1, 0};
  const TraceRecord hears{TraceKind::probe_acked, 7, 0, 0};
  const TraceRecord gives_up{TraceKind::probe_failed, 7, 0, 0};
  const auto at = [](int second) { return TimePoint(std::chrono::seconds(second)); };
  OnlyWhoRunsAnswers rule;
  Violations violations;
  rule.on_trace(observer, asks, at(1), violations);
  rule.on_trace(observer, hears, at(2), violations);
  rule.on_trace(observer, asks, at(3), violations);
  rule.on_end(7, at(4));
  rule.on_trace(observer, hears, at(5), violations);  // it was on its way
  rule.on_trace(observer, asks, at(6), violations);
  rule.on_trace(observer, gives_up, at(7), violations);
  EXPECT_TRUE(violations.empty());
  rule.on_trace(observer, asks, at(8), violations);
  rule.on_trace(observer, hears, at(9), violations);
  EXPECT_FALSE(violations.empty());
}

TEST(DeliveredOnceTest, a_sent_message_that_comes_twice_breaks_it) {
  DeliveredOnce rule;
  Violations violations;
  MessageReceived message;
  message.request_id[0] = 1;
  rule.on_message(observer, message, violations);
  rule.on_message({NodeId{2}, 1}, message, violations);
  message.request_id[0] = 2;
  rule.on_message(observer, message, violations);
  EXPECT_TRUE(violations.empty());
  rule.on_message(observer, message, violations);
  EXPECT_FALSE(violations.empty());
}

TEST(PeaceTest, a_death_is_news_only_once_peace_is_kept_and_of_who_runs) {
  Peace rule;
  Violations violations;
  MemberEvent event;
  event.member = std::make_shared<const MemberInfo>();
  rule.on_failed(event, true, violations);
  rule.begin();
  rule.on_failed(event, false, violations);
  EXPECT_TRUE(violations.empty());
  rule.on_failed(event, true, violations);
  EXPECT_FALSE(violations.empty());
}

TEST(BoundsTest, each_queue_over_its_bound_breaks_it) {
  const Config config;
  const auto judged = [&](auto change) {
    Stats stats;
    change(stats);
    Violations violations;
    check_bounds(stats, config, violations);
    return violations.size();
  };
  constexpr std::uint64_t huge = 1ULL << 40U;
  EXPECT_EQ(judged([](Stats&) {}), 0U);
  EXPECT_EQ(judged([](Stats& s) { s.members_failed = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.tombstones = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.updates_queued = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.broadcasts_queued = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.broadcasts_queued_bytes = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.broadcasts_retained = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.broadcasts_retained_bytes = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.broadcasts_waiting = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.broadcasts_waiting_bytes = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.payloads_wanted = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.pulls_open = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.pulls_serving = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.streams_open = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.operations_pending = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.pending_acks = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.events_queued = 1; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.sessions = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.requests_remembered = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.sends_waiting_most = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.sends_dropped = 1; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.stream_payload_bytes = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.deaths_held = huge; }), 1U);
  EXPECT_EQ(judged([](Stats& s) { s.health_score = huge; }), 1U);
}

TEST(BoundsTest, a_queue_at_its_bound_is_allowed_and_one_more_is_not) {
  Violations violations;
  check_stream_bound(limits::stream_write_bytes_max, violations);
  EXPECT_TRUE(violations.empty());
  check_stream_bound(limits::stream_write_bytes_max + 1, violations);
  EXPECT_EQ(violations.size(), 1U);
  Config config;
  config.requests_remembered = 10;
  Stats stats{.requests_remembered = 20};  // of Sends and of Broadcasts
  violations.clear();
  check_bounds(stats, config, violations);
  EXPECT_TRUE(violations.empty());
  ++stats.requests_remembered;
  check_bounds(stats, config, violations);
  EXPECT_EQ(violations.size(), 1U);
}

TEST(QuietTest, anything_under_way_is_not_quiet) {
  EXPECT_TRUE(is_quiet({}));
  EXPECT_FALSE(is_quiet({.streams_open = 1}));
  EXPECT_FALSE(is_quiet({.operations_pending = 1}));
  EXPECT_FALSE(is_quiet({.pending_acks = 1}));
  EXPECT_FALSE(is_quiet({.updates_queued = 1}));
  EXPECT_FALSE(is_quiet({.broadcasts_queued = 1}));
  EXPECT_FALSE(is_quiet({.broadcasts_missing = 1}));
  EXPECT_FALSE(is_quiet({.broadcasts_waiting = 1}));
  EXPECT_FALSE(is_quiet({.events_queued = 1}));
  EXPECT_FALSE(is_quiet({.broadcasts_waiting_bytes = 1}));
  EXPECT_FALSE(is_quiet({.payloads_wanted = 1}));
  EXPECT_FALSE(is_quiet({.pulls_bytes = 1}));
  EXPECT_FALSE(is_quiet({.stream_payload_bytes = 1}));
  EXPECT_FALSE(is_quiet({.deaths_held = 1}));
}

class ConvergenceTest : public testing::Test {
 protected:
  static MemberInfo member(const std::string& name, std::uint64_t boot) {
    MemberInfo info;
    info.name = name;
    info.incarnation = {100, boot, 0};
    return info;
  }
  static Party party(const std::string& name, const std::vector<MemberInfo>& members) {
    Party result{.name = name, .view = {}};
    result.view.state = NodeState::running;
    for (const MemberInfo& info : members) {
      result.view.members.push_back(std::make_shared<const MemberInfo>(info));
      if (info.name == name) {
        result.view.local = result.view.members.back();
      }
    }
    return result;
  }
  static bool agree(const std::vector<MemberInfo>& a_sees, const std::vector<MemberInfo>& b_sees) {
    Violations violations;
    const std::vector<Party> parties{party("a", a_sees), party("b", b_sees)};
    check_converged(parties, violations);
    return violations.empty();
  }
  MemberInfo a{member("a", 1)};
  MemberInfo b{member("b", 2)};
  MemberInfo gone{member("c", 3)};
};

TEST_F(ConvergenceTest, views_that_agree_pass_and_any_difference_breaks_it) {
  EXPECT_TRUE(agree({a, b}, {a, b}));
  EXPECT_FALSE(agree({a}, {a, b})) << "b is missing";
  MemberInfo suspect = b;
  suspect.status = MemberStatus::suspect;
  EXPECT_FALSE(agree({a, suspect}, {a, b}));
  EXPECT_FALSE(agree({a, member("b", 99)}, {a, b})) << "another run of b";
  MemberInfo outdated = b;
  outdated.metadata = {1};
  EXPECT_FALSE(agree({a, outdated}, {a, b}));
  MemberInfo moved = b;
  moved.address = Endpoint::v4(10, 0, 0, 9, 7946);
  EXPECT_FALSE(agree({a, moved}, {a, b}));
  MemberInfo elsewhere = b;
  elsewhere.zone = "z";
  EXPECT_FALSE(agree({a, elsewhere}, {a, b}));
}

TEST_F(ConvergenceTest, who_is_in_company_and_was_let_in_by_nobody_breaks_it) {
  for (const NodeState state : {NodeState::starting, NodeState::joining}) {
    std::vector<Party> parties{party("a", {a, b}), party("b", {a, b})};
    parties[1].view.state = state;
    Violations violations;
    check_converged(parties, violations);
    EXPECT_EQ(violations.size(), 1U);
    parties.assign(1, party("a", {a}));
    parties[0].view.state = state;
    violations.clear();
    check_converged(parties, violations);
    EXPECT_TRUE(violations.empty()) << "alone";
  }
}

TEST_F(ConvergenceTest, who_does_not_run_may_only_be_listed_as_gone) {
  EXPECT_FALSE(agree({a, b, gone}, {a, b}));
  gone.status = MemberStatus::failed;
  EXPECT_TRUE(agree({a, b, gone}, {a, b}));
  gone.status = MemberStatus::left;
  EXPECT_TRUE(agree({a, b, gone}, {a, b}));
}

}  // namespace
}  // namespace swim::sim
