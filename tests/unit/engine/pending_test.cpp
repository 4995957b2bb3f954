// What waits for an answer in a whole engine, with its timers: each waiter gets its own answer, or
// its timeout, or is told that it was cancelled; once, and nothing is left over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "tests/unit/engine/engine_among.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

// What waits is only what is asked for here: the first turn of the prober itself is far away.
Config quiet() {
  Config config;
  config.probe_interval = 1h;
  config.suspicion_max_timeout = 1h;
  config.stream_probes = false;
  return config;
}

class PendingTest : public testing::Test {
 protected:
  PendingTest() {
    among.on_said([this](std::size_t peer, std::size_t, const wire::Message& message) {
      if (const auto* ping = std::get_if<wire::Ping>(&message)) {
        seqs[peer] = ping->seq;
      }
    });
  }
  OperationId ping(std::size_t peer) {
    const auto asked =
        among.tell([&](Engine& engine, Moment now) { return engine.ping(among.name(peer), now); });
    EXPECT_TRUE(asked);
    return asked.value_or(OperationId{});
  }
  void answer(std::size_t peer) {
    among.hear(peer, wire::Ack{.seq = seqs.at(peer),
                               .responder = among.name(peer),
                               .responder_boot = among.run_of(peer).boot});
  }
  std::uint64_t pending() { return among.stats().pending_acks; }

  test::EngineAmong among{5, quiet()};
  std::map<std::size_t, std::uint32_t> seqs;  // of the last ping to each
};

TEST_F(PendingTest, test_pending_acks_timeout) {
  among.mute(0);
  const TimePoint start = among.time();
  const OperationId asked = ping(0);
  EXPECT_EQ(pending(), 1U);
  among.run_for(quiet().probe_deadline - 1ms);
  EXPECT_FALSE(among.answer_to(asked));
  EXPECT_EQ(pending(), 1U);
  among.run_for(1s);
  const auto timeout = among.answer_to(asked);
  ASSERT_TRUE(timeout);
  EXPECT_EQ(timeout->first, start + quiet().probe_deadline);
  ASSERT_TRUE(timeout->second.error);
  EXPECT_EQ(timeout->second.error->code, Errc::timeout);
  EXPECT_EQ(pending(), 0U);
  answer(0);
  EXPECT_TRUE(among.answer_to(asked)) << "an answer after the end ends nothing again";
  EXPECT_EQ(among.stats().late_acks, 1U);
}

TEST_F(PendingTest, test_pending_acks_cancel) {
  among.mute_all();
  const OperationId asked = ping(0);
  const TimePoint start = among.time();
  ASSERT_TRUE(among.tell([](Engine& engine, Moment now) { return engine.leave(now); }));
  const auto cancelled = among.answer_to(asked);
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->first, start);
  ASSERT_TRUE(cancelled->second.error);
  EXPECT_EQ(cancelled->second.error->code, Errc::cancelled);
  EXPECT_EQ(pending(), 0U);
  answer(0);
  among.run_for(10s);
  EXPECT_TRUE(among.answer_to(asked)) << "once";
  EXPECT_EQ(among.stats().acks_unmatched, 1U);
}

TEST_F(PendingTest, answers_in_any_order_find_those_who_asked) {
  among.mute_all();
  std::array<OperationId, 5> asked{};
  for (std::size_t peer = 0; peer < asked.size(); ++peer) {
    asked[peer] = ping(peer);
  }
  EXPECT_EQ(pending(), asked.size());
  std::size_t left = asked.size();
  for (const std::size_t peer : {3U, 0U, 4U, 1U}) {
    among.run_for(10ms);
    answer(peer);
    const auto answered = among.answer_to(asked[peer]);
    ASSERT_TRUE(answered) << peer;
    EXPECT_FALSE(answered->second.error);
    EXPECT_EQ(answered->second.round_trip, (asked.size() + 1 - left) * 10ms);
    EXPECT_EQ(pending(), --left);
  }
  EXPECT_FALSE(among.answer_to(asked[2])) << "whom nobody answered waits on";
}

TEST_F(PendingTest, an_ack_is_recorded_of_its_member_and_when_it_came) {
  EXPECT_FALSE(among.last_ack(0));
  EXPECT_FALSE(among.last_ack(1));
  ping(0);
  const WallTime first = among.wall();
  EXPECT_EQ(among.last_ack(0), first);
  EXPECT_FALSE(among.last_ack(1)) << "of another nothing is known by that";
  among.run_for(7s);
  EXPECT_EQ(among.last_ack(0), first) << "it stays when it was";
  ping(0);
  EXPECT_EQ(among.last_ack(0), among.wall());
  EXPECT_EQ(among.last_ack(0)->unix_ms, first.unix_ms + 7'000);
  among.mute(0);
  ping(0);
  among.hear(0, wire::Ack{.seq = seqs.at(0), .responder = "p0", .responder_boot = 1});
  among.run_for(7s);
  EXPECT_EQ(among.last_ack(0)->unix_ms, first.unix_ms + 7'000) << "another run's is none";
}

TEST_F(PendingTest, operations_are_counted_until_they_are_over) {
  const auto operations = [this] { return among.stats().operations_pending; };
  const auto joined = among.tell([this](Engine& engine, Moment now) {
    return engine.join(std::array{among.address(0), Endpoint::v4(10, 9, 9, 9, 7946)}, now);
  });
  const auto sent = among.tell([](Engine& engine, Moment now) {
    return engine.send_stream("p1", "t", as_bytes("x"), {1}, now);
  });
  ASSERT_TRUE(joined && sent);
  EXPECT_EQ(operations(), 2U);
  among.run_for(100ms);
  EXPECT_EQ(operations(), 2U);
  among.refuse_streams();
  ASSERT_TRUE(among.answer_to(*joined) && among.answer_to(*sent));
  EXPECT_EQ(among.answer_to(*joined)->second.error->code, Errc::no_seeds_reachable);
  EXPECT_EQ(among.answer_to(*joined)->second.seeds.size(), 2U);
  EXPECT_TRUE(among.answer_to(*sent)->second.error);
  EXPECT_EQ(operations(), 0U);
  among.mute_all();
  const auto left = among.tell([](Engine& engine, Moment now) { return engine.leave(now); });
  ASSERT_TRUE(left);
  EXPECT_EQ(operations(), 1U);
  among.run_for(1min);
  EXPECT_TRUE(among.answer_to(*left));
  EXPECT_EQ(operations(), 0U);
}

TEST_F(PendingTest, depth_is_how_many_updates_wait_to_be_told) {
  among.run_for(1min);
  EXPECT_EQ(among.stats().updates_queued, 0U);
  among.hear(1, among.suspect(0, 1));
  EXPECT_EQ(among.stats().updates_queued, 1U);
  among.hear(1, among.suspect(2, 1));
  EXPECT_EQ(among.stats().updates_queued, 2U);
  among.hear(3, among.suspect(2, 3));
  EXPECT_EQ(among.stats().updates_queued, 2U) << "one place for each member";
  const std::uint64_t before = among.stats().updates_gossiped;
  among.run_for(1min);
  EXPECT_EQ(among.stats().updates_queued, 0U);
  EXPECT_GE(among.stats().updates_gossiped, before + 2);
}

}  // namespace
}  // namespace swim
