// What is compared is what the papers describe, and the engine takes it.
#include "bench/protocol/configurations.hpp"

#include <gtest/gtest.h>

#include "core/engine/formulas.hpp"

namespace swim::bench {
namespace {

using namespace std::chrono_literals;

double seconds_of(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

TEST(ProtocolConfigurations, the_engine_takes_them_all) {
  for (const Configuration& made : all_configurations()) {
    EXPECT_TRUE(validate(made.config)) << made.name;
  }
  EXPECT_TRUE(validate(lifeguard(1, 6).config));
  EXPECT_TRUE(validate(lifeguard(2, 6).config));
  EXPECT_TRUE(validate(lifeguard(4, 2).config));
}

TEST(ProtocolConfigurations, suspicions_last_as_in_the_papers) {
  // α · log10(100) · 1 s, from β times that.
  EXPECT_NEAR(seconds_of(suspicion_timeout(swim_of_paper(5).config, 100)), 10, 1e-6);
  EXPECT_NEAR(seconds_of(suspicion_floor(lifeguard(5, 6).config, 100)), 10, 1e-6);
  EXPECT_NEAR(seconds_of(suspicion_timeout(lifeguard(5, 6).config, 100)), 60, 1e-6);
  EXPECT_NEAR(seconds_of(suspicion_floor(lifeguard_lan().config, 1000)), 12, 1e-6);
}

TEST(ProtocolConfigurations, each_part_of_lifeguard_is_alone_in_its_row) {
  const Detection probe = lha_probe().config.detection;
  const Detection suspicion = lha_suspicion().config.detection;
  const Detection told = buddy().config.detection;
  EXPECT_TRUE(probe.local_health_probe && probe.nacks && !probe.confirmations && !probe.buddy);
  EXPECT_TRUE(suspicion.confirmations && !suspicion.local_health_probe && !suspicion.buddy);
  EXPECT_TRUE(told.buddy && !told.confirmations && !told.local_health_probe);
  const Detection all = lifeguard().config.detection;
  EXPECT_TRUE(all.local_health_probe && all.nacks && all.confirmations && all.buddy);
  EXPECT_FALSE(all.adaptive_timeout || all.urgent_lane || all.brake || all.stall_guard);
}

TEST(ProtocolConfigurations, plain_swim_at_lan_differs_from_ours_in_its_parts_only) {
  EXPECT_EQ(swim_at_lan().config.probe_interval, ours().config.probe_interval);
  EXPECT_EQ(swim_at_lan().config.suspicion_max_timeout, ours().config.suspicion_max_timeout);
  EXPECT_FALSE(swim_at_lan().config.detection.confirmations);
  EXPECT_TRUE(ours().config.detection.confirmations);
}

}  // namespace
}  // namespace swim::bench
