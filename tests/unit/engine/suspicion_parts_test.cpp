// What each part of failure detection that decides how long a suspicion lasts does, and that it is
// this part that does it: with it switched off, alone, it does not happen (DESIGN §4.2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_among.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;
using testing::Eq;
using testing::Optional;

// The longest suspicion, of whatever size the cluster is.
constexpr Duration longest = 1200ms;

// Suspicions of peers that are only spoken of, and last as long as the setting says.
Config unshortened() {
  Config config;
  config.suspicion_mult = 20;
  config.suspicion_max_timeout = longest;
  config.stream_probes = false;
  config.detection = Detection::plain();
  return config;
}

Config with(bool Detection::*part, bool on) {
  Config config = unshortened();
  config.detection.*part = on;
  return config;
}

// How long a peer is SUSPECT, of `together` that are accused at once.
std::optional<Duration> suspected_among(std::size_t together, const Config& config) {
  test::EngineAmong among(14, config);
  for (std::size_t peer = 0; peer < together; ++peer) {
    among.hear(13, among.suspect(peer, 13));
  }
  among.run_for(1min);
  return among.suspected_for(0);
}

TEST(SuspicionParts, a_brake_at_most_doubles) {
  EXPECT_THAT(suspected_among(1, with(&Detection::brake, true)), Optional(Eq(longest)));
  EXPECT_THAT(suspected_among(4, with(&Detection::brake, true)), Optional(Eq(longest)));
  EXPECT_THAT(suspected_among(6, with(&Detection::brake, true)), Optional(Eq(2 * longest)));
  EXPECT_THAT(suspected_among(13, with(&Detection::brake, true)), Optional(Eq(2 * longest)));
  EXPECT_THAT(suspected_among(13, with(&Detection::brake, false)), Optional(Eq(longest)));
}

std::optional<Duration> suspected_by(std::size_t accusers, bool confirmations) {
  test::EngineAmong among(8, with(&Detection::confirmations, confirmations));
  for (std::size_t accuser = 1; accuser <= accusers; ++accuser) {
    among.hear(accuser, among.suspect(0, accuser));
  }
  among.run_for(1min);
  return among.suspected_for(0);
}

TEST(SuspicionParts, each_accuser_more_makes_it_shorter) {
  EXPECT_THAT(suspected_by(1, true), Optional(Eq(longest)));
  Duration before = longest;
  for (std::size_t accusers = 2; accusers <= 4; ++accusers) {
    const auto lasted = suspected_by(accusers, true);
    ASSERT_TRUE(lasted);
    EXPECT_LT(*lasted, before) << accusers;
    before = *lasted;
  }
  EXPECT_EQ(before, 3 * Config{}.probe_timeout) << "three have confirmed: as short as it gets";
  EXPECT_THAT(suspected_by(5, true), Optional(Eq(before)));
  EXPECT_THAT(suspected_by(5, false), Optional(Eq(longest)));
}

TEST(SuspicionParts, who_accused_an_earlier_count_does_not_count_against_the_next) {
  test::EngineAmong among(8, with(&Detection::confirmations, true));
  for (std::size_t accuser = 1; accuser <= 4; ++accuser) {
    among.hear(accuser, among.suspect(0, accuser));
  }
  constexpr Duration later = 10ms;
  among.run_for(later);
  wire::Suspect of_the_next = among.suspect(0, 5);  // the refutation between the two was lost
  ++of_the_next.claim.incarnation.count;
  among.hear(5, of_the_next);
  among.run_for(1min);
  EXPECT_THAT(among.suspected_for(0), Optional(Eq(later + longest)));
}

// Nobody answers, so this node's own probes fail until it doubts itself as much as it may.
std::optional<Duration> suspected_where_all_are_silent(bool local_health) {
  Config config = with(&Detection::local_health_suspicion, local_health);
  config.local_health_max = 3;
  test::EngineAmong among(6, config);
  among.mute_all();
  among.run_for(1min);
  EXPECT_EQ(among.stats().health_score, 3U);
  return among.suspected_for(0);
}

TEST(SuspicionParts, who_doubts_itself_gives_others_more_time) {
  EXPECT_THAT(suspected_where_all_are_silent(true), Optional(Eq(4 * longest)));
  EXPECT_THAT(suspected_where_all_are_silent(false), Optional(Eq(longest)));
}

std::optional<Duration> suspected_on(Evidence evidence, bool stall_evidence) {
  test::EngineAmong among(6, with(&Detection::stall_evidence, stall_evidence));
  among.hear(1, among.suspect(0, 1));
  among.hear(2, among.suspect(0, 2, evidence));
  among.run_for(1min);
  return among.suspected_for(0);
}

TEST(SuspicionParts, one_who_found_it_stalled_holds_the_suspicion) {
  EXPECT_THAT(suspected_on(Evidence::stalled, true), Optional(Eq(Config{}.stall_allowance)));
  EXPECT_THAT(suspected_on(Evidence::silent, true), Optional(Eq(longest)));
  EXPECT_THAT(suspected_on(Evidence::refused, true), Optional(Eq(longest)));
  EXPECT_THAT(suspected_on(Evidence::stalled, false), Optional(Eq(longest)));
}

// Of several others not one is heard.
TEST(SuspicionParts, who_hears_nobody_at_all_waits_for_the_allowance) {
  const auto lasting = [](bool stall_guard) {
    test::EngineAmong among(6, with(&Detection::stall_guard, stall_guard));
    among.run_for(1s);
    among.mute_all();
    among.run_for(1min);
    return among.suspected_for(0);
  };
  EXPECT_THAT(lasting(true), Optional(Eq(Config{}.stall_allowance)));
  EXPECT_THAT(lasting(false), Optional(Eq(longest)));
}

// The accused answers us, and its refutation has not come.
TEST(SuspicionParts, nobody_is_declared_on_hearsay_alone) {
  const auto told = [](bool hearsay_check) {
    test::EngineAmong among(6, with(&Detection::hearsay_check, hearsay_check));
    among.hear(1, among.suspect(0, 1));
    among.run_for(longest);
    return among.told(EventType::failed, 0).has_value();
  };
  EXPECT_FALSE(told(true));
  EXPECT_TRUE(told(false));
}

TEST(SuspicionParts, a_death_out_of_nowhere_is_first_put_to_the_member) {
  const auto put_to_it = [](bool hearsay_check) {
    test::EngineAmong among(6, with(&Detection::hearsay_check, hearsay_check));
    among.mute(0);
    std::size_t asked = 0;
    among.on_said([&](std::size_t peer, std::size_t place, const wire::Message& message) {
      const auto* dead = std::get_if<wire::Dead>(&message);
      asked += peer == 0 && place == 0 && dead != nullptr && dead->node == "p0" ? 1 : 0;
    });
    const TimePoint start = among.time();
    among.hear(1, among.dead(0, 1));
    EXPECT_EQ(among.told(EventType::failed, 0).has_value(), !hearsay_check);
    among.run_for(1s);
    EXPECT_THAT(among.told(EventType::failed, 0),
                Optional(Eq(start + (hearsay_check ? 4 * Config{}.probe_timeout : 0ms))))
        << "it has nothing to say against it";
    return asked;
  };
  EXPECT_EQ(put_to_it(true), 1U);
  EXPECT_EQ(put_to_it(false), 0U);
}

}  // namespace
}  // namespace swim
