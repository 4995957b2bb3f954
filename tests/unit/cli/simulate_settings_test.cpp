// A simulated member has the settings that swimd has, under the same names.
#include <gtest/gtest.h>

#include <set>

#include "cli/simulate/settings.hpp"
#include "server/settings_table.hpp"

namespace swim::cli {
namespace {

// In the table with a preset's default, and without effect on what a simulation measures.
const std::set<std::string> left_out{"gossip.left-retention",      "gossip.failed-retention",
                                     "broadcast.queue-limit",      "broadcast.queue-bytes",
                                     "broadcast.bytes-per-second", "broadcast.direct-fanout",
                                     "broadcast.relay-fanout",     "broadcast.repair-delay",
                                     "broadcast.repair-timeout",   "broadcast.retain-messages",
                                     "broadcast.retain-bytes",     "broadcast.retain-age",
                                     "broadcast.reorder-limit",    "broadcast.reorder-bytes",
                                     "lifecycle.drain-timeout",    "apps.debounce",
                                     "api.remember-requests",      "api.remember-requests-limit"};

std::string example(const server::Setting& setting) {
  if (server::type_name(setting) == "DURATION") {
    return "777ms";
  }
  return server::type_name(setting) == "BOOL" ? "false" : "7";
}

TEST(SimulateSettingsTest, each_does_what_it_does_in_swimd) {
  for (const std::string& name : simulated_settings()) {
    const server::Setting* setting = server::find_setting(name);
    ASSERT_NE(setting, nullptr) << name;
    server::Options swimd, simulated;
    ASSERT_TRUE(server::assign(*setting, {example(*setting)}, swimd)) << name;
    ASSERT_TRUE(apply_setting(name + "=" + example(*setting), simulated.engine)) << name;
    EXPECT_NE(server::value_text(*setting, server::Options{}),
              server::value_text(*setting, simulated))
        << name << " changes nothing";
    EXPECT_EQ(server::value_text(*setting, swimd), server::value_text(*setting, simulated)) << name;
  }
}

TEST(SimulateSettingsTest, none_of_the_protocol_is_missing) {
  const auto known = simulated_settings();
  for (const server::Setting& setting : server::settings_table()) {
    const std::string name(setting.name);
    if (setting.by_preset && !left_out.contains(name)) {
      EXPECT_NE(std::find(known.begin(), known.end(), name), known.end())
          << name << ": add it to cli/simulate/settings.cpp";
    }
  }
}

}  // namespace
}  // namespace swim::cli
