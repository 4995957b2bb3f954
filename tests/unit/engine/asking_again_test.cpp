// Probes where many answers get lost: they ask again before they accuse, and an answer to any of
// their pings is one (DESIGN §4.2).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/engine/engine_among.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

// Every probe of the first peer is answered through a helper alone, until the engine thinks that
// this is how it is here.
class AskingAgainTest : public testing::Test {
 protected:
  struct Pinged {
    std::uint32_t seq;
    TimePoint at;
  };

  explicit AskingAgainTest(const Config& settings = config()) : among(5, settings) {
    among.mute_all();
    among.on_said([this](std::size_t, std::size_t, const wire::Message& message) {
      if (const auto* ping = std::get_if<wire::Ping>(&message)) {
        if (ping->target == "p0") {
          pings.push_back({ping->seq, among.time()});
        }
      } else if (const auto* request = std::get_if<wire::PingReq>(&message)) {
        requests[std::string(request->target)].insert(request->seq);
      }
    });
  }
  wire::Ack ack(std::size_t peer, std::uint32_t seq) const {
    return {.seq = seq, .responder = among.name(peer), .responder_boot = among.run_of(peer).boot};
  }
  // Answers all that helpers are asked for, but for what is asked of `silent`.
  void help(std::string_view silent = {}) {
    for (const auto& [target, seqs] : std::exchange(requests, {})) {
      if (target == silent) {
        unanswered.insert(seqs.begin(), seqs.end());
        continue;
      }
      for (const std::uint32_t seq : seqs) {
        among.hear(4, ack(static_cast<std::size_t>(target[1] - '0'), seq));
      }
    }
  }
  void learn() {
    for (int probe = 0; probe < 400; ++probe) {
      among.run_to_deadline();
      help();
    }
    ASSERT_GT(among.stats().missed_answers_permille, 950U);
    ASSERT_EQ(among.stats().probes_failed, 0U);
  }
  // Nobody answers for the first peer.
  void run_until_it_accuses() {
    while (among.stats().suspicions_raised == 0) {
      among.run_to_deadline();
      help("p0");
    }
  }
  // Up to the first ping of a new probe of the first peer.
  void next_probe() {
    pings.clear();
    while (pings.empty()) {
      among.run_to_deadline();
      if (pings.empty()) {
        help();
      }
    }
    help("p0");
    unanswered.clear();
  }

  static Config config() {
    Config config;
    config.stream_probes = false;
    config.probe_deadline = 2s;  // room for all questions
    config.detection = Detection::plain();
    config.detection.ask_again = true;
    return config;
  }

  test::EngineAmong among;
  std::vector<Pinged> pings;
  std::map<std::string, std::set<std::uint32_t>> requests;
  std::set<std::uint32_t> unanswered;
};

TEST_F(AskingAgainTest, before_it_accuses_a_probe_asks_up_to_eight_times) {
  learn();
  next_probe();
  const std::uint64_t before = among.stats().pings_repeated;
  const TimePoint start = among.time();
  run_until_it_accuses();
  EXPECT_EQ(among.time() - start, 2s) << "not later than ever";
  ASSERT_EQ(pings.size(), limits::probe_questions_max);
  std::set<std::uint32_t> sequences = unanswered;
  EXPECT_EQ(sequences.size(), 1U) << "helpers are asked for one answer";
  for (const Pinged& ping : pings) {
    EXPECT_TRUE(sequences.insert(ping.seq).second) << "a sequence answers for one ping";
  }
  EXPECT_GE(among.stats().pings_repeated, before + limits::probe_questions_max - 1);
}

TEST_F(AskingAgainTest, an_answer_to_any_of_its_pings_is_one) {
  learn();
  for (const std::size_t number : {1U, 4U, 7U}) {
    next_probe();
    const std::uint64_t direct = among.stats().probes_acked_direct;
    while (pings.size() <= number) {
      among.run_to_deadline();
    }
    among.hear(0, ack(0, pings[number].seq));
    EXPECT_EQ(among.stats().probes_acked_direct, direct + 1) << number;
  }
}

TEST_F(AskingAgainTest, an_answer_tells_how_long_its_own_ping_took) {
  learn();
  next_probe();
  while (pings.size() < 3) {
    among.run_to_deadline();
  }
  const std::uint64_t before = among.stats().round_trip_ns_sum;
  among.run_for(7ms);
  const auto took = static_cast<std::uint64_t>((among.time() - pings[1].at).count());
  EXPECT_GT(took, 100'000'000U) << "the third ping is out";
  among.hear(0, ack(0, pings[1].seq));
  EXPECT_EQ(among.stats().round_trip_ns_sum, before + took);
}

// A member that stood still answers all pings of a probe together: that is one member that is slow.
TEST_F(AskingAgainTest, the_first_late_answer_tells_how_long_a_probe_took) {
  learn();
  next_probe();
  while (pings.size() < 3) {
    among.run_to_deadline();
    help("p0");
  }
  ASSERT_EQ(unanswered.size(), 1U);
  among.hear(4, ack(0, *unanswered.begin()));  // by a helper; the probe is over
  const std::uint64_t before = among.stats().late_acks;
  among.hear(0, ack(0, pings[2].seq));
  EXPECT_EQ(among.stats().late_acks, before + 1);
  for (const Pinged& ping : pings) {
    among.hear(0, ack(0, ping.seq));
  }
  EXPECT_EQ(among.stats().late_acks, before + 1);
}

TEST_F(AskingAgainTest, who_is_gone_is_asked_no_more) {
  learn();
  next_probe();
  while (pings.size() < 3) {
    among.run_to_deadline();
    help("p0");
  }
  among.hear(1, among.dead(0, 1));
  ASSERT_EQ(among.count(EventType::failed), 1U);
  among.run_for(2s);
  EXPECT_EQ(pings.size(), 3U);
}

TEST_F(AskingAgainTest, an_answer_of_another_run_is_none) {
  learn();
  next_probe();
  while (pings.size() < 3) {
    among.run_to_deadline();
  }
  const std::uint64_t direct = among.stats().probes_acked_direct;
  wire::Ack other = ack(0, pings[2].seq);
  ++other.responder_boot;
  among.hear(0, other);
  EXPECT_EQ(among.stats().probes_acked_direct, direct);
}

TEST(AskingOnce, is_enough_where_answers_come) {
  Config config;
  config.stream_probes = false;
  test::EngineAmong answered(5, config);
  answered.run_for(30s);
  answered.mute(0);
  answered.run_for(10s);
  EXPECT_EQ(answered.count(EventType::failed), 1U);
  EXPECT_EQ(answered.stats().pings_repeated, 0U);
  EXPECT_EQ(answered.stats().missed_answers_permille, 0U);
}

// What a member finds that is asked to look at the first peer.
class LookTest : public AskingAgainTest {
 protected:
  LookTest() : AskingAgainTest(with_streams()) {}

  static Config with_streams() {
    Config made = config();
    made.stream_probes = made.detection.adaptive_timeout = true;
    return made;
  }
  void look() {
    next_probe();
    among.run_for(Config{}.probe_timeout);
    help();
    pings.clear();
    among.hear(1, wire::Confirm{.node = "p0", .node_boot = among.run_of(0).boot});
    ASSERT_EQ(pings.size(), 1U);
    start = among.time();
  }
  Duration until_it_accuses() {
    run_until_it_accuses();
    return among.time() - start;
  }
  TimePoint start;
};

TEST_F(LookTest, asks_again_while_silence_may_be_loss) {
  learn();
  among.refuse_streams();
  look();
  among.end_streams(StreamEnd::reset);  // which tells nothing
  EXPECT_EQ(until_it_accuses(), limits::probe_questions_max * Config{}.probe_timeout);
  const auto before = [&](const Pinged& ping) { return ping.at < among.time(); };
  EXPECT_EQ(std::ranges::count_if(pings, before), limits::probe_questions_max);
}

TEST_F(LookTest, leaves_its_last_question_the_time_of_the_others) {
  learn();
  among.refuse_streams();
  look();
  while (pings.size() < limits::probe_questions_max) {
    among.run_to_deadline();
    help("p0");
  }
  among.end_streams(StreamEnd::reset);
  EXPECT_EQ(among.stats().suspicions_raised, 0U);
  EXPECT_EQ(until_it_accuses(), limits::probe_questions_max * Config{}.probe_timeout);
}

// No lost datagram explains a host that says that nobody listens there.
TEST_F(LookTest, asks_no_more_where_the_host_refuses) {
  learn();
  among.refuse_streams();
  look();
  among.refuse_streams();
  EXPECT_EQ(until_it_accuses(), Config{}.probe_timeout);
  EXPECT_EQ(pings.size(), 1U);
}

class NackTest : public AskingAgainTest {
 protected:
  NackTest() : AskingAgainTest(with_nacks()) {}

  static Config with_nacks() {
    Config made = config();
    made.detection.nacks = true;
    return made;
  }
  // What this node thinks of itself after a probe of the first peer in which helpers of the first
  // question said so, and later ones nothing.
  std::uint64_t doubt_after(wire::NackReason reason) {
    learn();
    next_probe();
    while (unanswered.empty()) {
      among.run_to_deadline();
      help("p0");
    }
    for (std::size_t helper = 1; helper <= 3; ++helper) {
      among.hear(helper, wire::Nack{.seq = *unanswered.begin(),
                                    .responder = among.name(helper),
                                    .responder_boot = among.run_of(helper).boot,
                                    .reason = reason});
    }
    for (among.run_to_deadline(); among.stats().suspicions_raised == 0; among.run_to_deadline()) {
      help("p0");
    }
    EXPECT_EQ(among.stats().probes_failed, 1U);
    return among.stats().health_score;
  }
};

TEST_F(NackTest, silence_of_later_helpers_says_nothing_of_this_node) {
  EXPECT_EQ(doubt_after(wire::NackReason::no_answer), 0U);
}

TEST_F(NackTest, nor_does_it_where_the_first_could_not_try) {
  EXPECT_EQ(doubt_after(wire::NackReason::overloaded), 1U) << "of a probe that failed";
}

class RefusedTest : public AskingAgainTest {
 protected:
  RefusedTest() : AskingAgainTest(with_streams()) {}

  static Config with_streams() {
    Config made = config();
    made.stream_probes = true;
    return made;
  }
};

TEST_F(RefusedTest, is_asked_no_more) {
  learn();
  among.refuse_streams();
  next_probe();
  among.run_for(Config{}.probe_timeout);  // the second round begins
  among.refuse_streams();
  run_until_it_accuses();
  EXPECT_EQ(pings.size(), 1U);
}

// Nobody helps, so that what one missed answer of nine means is 0.11 a ping: 0.0014 after three,
// where 0.005 is allowed.
TEST(TwoNodes, learn_of_loss_by_what_is_refuted) {
  Config config;
  config.stream_probes = false;
  config.probe_deadline = 2s;
  test::EngineAmong among(1, config);
  among.mute_all();
  while (among.stats().suspicions_raised == 0) {
    among.run_to_deadline();
  }
  EXPECT_EQ(among.stats().pings_repeated, 0U);
  wire::Alive refutation = among.alive(0);
  ++refutation.claim.incarnation.count;
  ++refutation.descriptor.incarnation.count;
  among.hear(0, refutation);
  ASSERT_EQ(among.stats().suspicions_refuted, 1U);
  EXPECT_EQ(among.stats().missed_answers_permille, 111U);
  while (among.stats().suspicions_raised == 1) {
    among.run_to_deadline();
  }
  EXPECT_EQ(among.stats().pings_repeated, 2U);
}

}  // namespace
}  // namespace swim
