// What each part of failure detection that has to do with probes and with who is told does, and
// that it is this part that does it: with it switched off, alone, it does not happen (DESIGN §4.2).
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/engine/engine_among.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

Config with(bool Detection::*part, bool on) {
  Config config;
  config.stream_probes = false;
  config.detection = Detection::plain();
  config.detection.*part = on;
  return config;
}

// Where in the pings to the suspect its own accusation stands; 0: not in it.
std::set<std::size_t> places_of_its_accusation(test::EngineAmong& among, Duration duration) {
  std::vector<std::size_t> places;  // one for each ping
  bool ping = false;
  among.on_said([&](std::size_t peer, std::size_t place, const wire::Message& message) {
    if (place == 0) {
      ping = peer == 0 && std::holds_alternative<wire::Ping>(message);
      if (ping) {
        places.push_back(0);
      }
      return;
    }
    const auto* suspect = std::get_if<wire::Suspect>(&message);
    if (ping && suspect != nullptr && suspect->node == "p0" && places.back() == 0) {
      places.back() = place;
    }
  });
  among.run_for(duration);
  return {places.begin(), places.end()};
}

// Other news waits, and the accusation has been sent to others as often as it is: what is left is
// that the suspect has a right to it.
TEST(ProbeParts, the_suspect_is_told_first) {
  const auto places = [](bool buddy) {
    Config config = with(&Detection::buddy, buddy);
    config.suspicion_mult = 1'000;
    config.suspicion_max_timeout = 10min;
    test::EngineAmong among(6, config);
    among.run_for(30s);
    among.hear(1, among.suspect(0, 1));
    among.run_for(30s);
    among.hear(1, among.suspect(2, 1));
    among.hear(1, among.suspect(3, 1));
    return places_of_its_accusation(among, 30s);
  };
  EXPECT_EQ(places(true), std::set<std::size_t>{1});
  EXPECT_EQ(places(false), std::set<std::size_t>{0});
}

TEST(ProbeParts, a_relay_says_that_it_got_no_answer) {
  const auto nacks = [](bool on) {
    test::EngineAmong among(4, with(&Detection::nacks, on));
    among.mute(0);
    std::size_t said = 0;
    among.on_said([&](std::size_t peer, std::size_t, const wire::Message& message) {
      const auto* nack = std::get_if<wire::Nack>(&message);
      said += nack != nullptr && peer == 1 && nack->seq == 77 &&
                      nack->reason == wire::NackReason::no_answer
                  ? 1
                  : 0;
    });
    among.hear(1, wire::PingReq{.seq = 77,
                                .target = "p0",
                                .sender = "p1",
                                .sender_boot = among.run_of(1).boot,
                                .sender_inbox = 20'001,
                                .target_address = among.address(0),
                                .target_boot = among.run_of(0).boot,
                                .target_inbox = 20'000});
    EXPECT_EQ(said, 0U) << "it was given no time";
    among.run_for(Config{}.probe_deadline);
    return said;
  };
  EXPECT_EQ(nacks(true), 1U);
  EXPECT_EQ(nacks(false), 0U);
}

// Three helpers are asked and say nothing, where each should at least have said that.
TEST(ProbeParts, helpers_that_say_nothing_speak_against_this_node) {
  const auto doubt = [](bool nacks) {
    test::EngineAmong among(5, with(&Detection::nacks, nacks));
    among.mute_all();
    while (among.stats().probes_failed == 0) {
      among.run_to_deadline();
    }
    return among.stats().health_score;
  };
  EXPECT_EQ(doubt(true), 3U);
  EXPECT_EQ(doubt(false), 1U);
}

TEST(ProbeParts, who_doubts_itself_probes_less_often_and_waits_longer) {
  struct Seen {
    std::uint64_t probes;
    Duration waited;
  };
  const auto seen = [](bool local_health) {
    Config config = with(&Detection::local_health_probe, local_health);
    config.local_health_max = 3;
    config.suspicion_max_timeout = 10min;
    config.suspicion_mult = 10'000;
    test::EngineAmong among(20, config);
    among.mute_all();
    among.run_for(10s);
    EXPECT_EQ(among.stats().health_score, 3U);
    std::map<std::string, TimePoint, std::less<>> pinged;
    Duration waited{};
    among.on_said([&](std::size_t, std::size_t, const wire::Message& message) {
      if (const auto* ping = std::get_if<wire::Ping>(&message)) {
        pinged.insert_or_assign(std::string(ping->target), among.time());
      } else if (const auto* request = std::get_if<wire::PingReq>(&message)) {
        const auto ping_before = pinged.find(request->target);
        waited = ping_before == pinged.end() ? waited : among.time() - ping_before->second;
      }
    });
    const std::uint64_t before = among.stats().probes_started;
    among.run_for(8s);
    return Seen{among.stats().probes_started - before, waited};
  };
  const Seen on = seen(true);
  const Seen off = seen(false);
  EXPECT_EQ(off.probes, 80U);
  EXPECT_EQ(on.probes, 20U);
  EXPECT_EQ(off.waited, Config{}.probe_timeout);
  EXPECT_EQ(on.waited, 4 * Config{}.probe_timeout);
}

// The answer may have come while this process stood still.
TEST(ProbeParts, who_slept_itself_accuses_nobody) {
  const auto accused = [](bool stall_guard) {
    test::EngineAmong among(4, with(&Detection::stall_guard, stall_guard));
    among.run_for(1s);
    among.mute_all();
    const std::uint64_t before = among.stats().probes_started;
    while (among.stats().probes_started == before) {
      among.run_to_deadline();
    }
    among.stand_still(2s);
    EXPECT_EQ(among.stats().stalls_noticed, stall_guard ? 1U : 0U);
    return among.stats().suspicions_raised;
  };
  EXPECT_EQ(accused(true), 0U);
  EXPECT_EQ(accused(false), 1U);
}

TEST(ProbeParts, one_member_is_probed_each_interval_and_all_in_turn) {
  Config config;
  config.probe_interval = 200ms;
  test::EngineAmong among(5, config);
  among.run_for(1s);
  std::vector<std::size_t> asked(5);
  std::set<TimePoint> times;
  among.on_said([&](std::size_t peer, std::size_t, const wire::Message& message) {
    if (std::holds_alternative<wire::Ping>(message)) {
      ++asked[peer];
      times.insert(among.time());
    }
  });
  among.run_for(10s);
  EXPECT_EQ(asked, std::vector<std::size_t>(5, 10));
  ASSERT_EQ(times.size(), 50U);
  EXPECT_EQ(*times.rbegin() - *times.begin(), 49 * config.probe_interval);
}

class HintTest : public testing::Test {
 protected:
  // A ping to the first peer is under way.
  void probe() {
    among.on_said([this](std::size_t peer, std::size_t, const wire::Message& message) {
      if (const auto* ping = std::get_if<wire::Ping>(&message); ping != nullptr && peer == 0) {
        asked = ping->seq;
      }
      const auto* request = std::get_if<wire::PingReq>(&message);
      if (request != nullptr && request->target == "p0") {
        helper = peer;
        seq = request->seq;
      }
      const auto* confirm = std::get_if<wire::Confirm>(&message);
      confirms += confirm != nullptr && confirm->node == "p0" ? 1 : 0;
    });
    among.mute(0);
    while (!asked) {
      among.run_to_deadline();
    }
  }
  std::size_t accusers() {
    const auto why = among.engine().explain("p0", {among.time(), WallTime{}});
    return why ? why->accusations.size() : 0;
  }

  static Config all_parts() {
    Config config;
    config.stream_probes = false;
    return config;
  }
  test::EngineAmong among{6, all_parts()};
  std::optional<std::uint32_t> asked;
  std::optional<std::size_t> helper;
  std::uint32_t seq{};
  std::size_t confirms{};
};

TEST_F(HintTest, a_hint_never_confirms) {
  probe();
  among.refuse(0, among.last_datagram(0));
  ASSERT_EQ(among.stats().crash_hints, 1U);
  ASSERT_TRUE(helper) << "it starts the second round";
  EXPECT_GT(confirms, 0U) << "and has others look";
  EXPECT_EQ(among.stats().suspicions_raised, 0U);
  among.hear(*helper,
             wire::Ack{.seq = seq, .responder = "p0", .responder_boot = among.run_of(0).boot});
  among.mute(0, false);
  among.run_for(10s);
  EXPECT_EQ(among.stats().suspicions_raised, 0U) << "it was there";
  EXPECT_EQ(among.count(EventType::suspected), 0U);
}

TEST_F(HintTest, a_hint_is_no_lost_answer) {
  probe();
  among.refuse(0, among.last_datagram(0));
  ASSERT_EQ(among.stats().crash_hints, 1U);
  among.hear(0,
             wire::Ack{.seq = *asked, .responder = "p0", .responder_boot = among.run_of(0).boot});
  EXPECT_EQ(among.stats().probes_acked_direct, 1U);
  EXPECT_EQ(among.stats().missed_answers_permille, 0U);
}

TEST_F(HintTest, a_hint_is_no_accuser_beside_another) {
  probe();
  among.hear(1, among.suspect(0, 1));
  ASSERT_EQ(accusers(), 1U);
  among.refuse(0, among.last_datagram(0));
  ASSERT_EQ(among.stats().crash_hints, 1U);
  EXPECT_EQ(accusers(), 1U);
}

// Nor is the request to look: only what the look finds counts.
TEST_F(HintTest, who_is_asked_to_look_accuses_nobody_before_it_did) {
  probe();
  const std::uint64_t before = among.stats().confirmations_run;
  among.mute(2, false);
  among.hear(1, wire::Confirm{.node = "p2", .node_boot = among.run_of(2).boot});
  EXPECT_EQ(among.stats().confirmations_run, before + 1);
  EXPECT_EQ(among.stats().suspicions_raised, 0U);
}

}  // namespace
}  // namespace swim
