// What stops a node from starting, in words for people.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/support.hpp"

namespace swim::runtime::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string failure(Options options) {
  const auto started = Runtime::start(std::move(options), crypto::Keyring(key_of(7)));
  return started ? "started" : started.error();
}

TEST(Start, APortInUseIsNamed) {
  const Node first = start("a");
  Options options = options_for("b");
  options.bind = first.address();
  EXPECT_THAT(
      failure(std::move(options)),
      AllOf(HasSubstr("gossip.bind-address " + first.seed_text() + ": address already in use"),
            HasSubstr("choose another port")));
}

TEST(Start, AfterAStopThePortIsFreeAtOnce) {
  Endpoint place;
  {
    const auto nodes = cluster(2);  // with connections, which leave TIME_WAIT behind
    place = nodes[0].address();
  }
  Options options = options_for("b");
  options.bind = place;
  EXPECT_EQ(failure(std::move(options)), "started");
}

TEST(Start, AForeignBindAddressIsNamedWithTheCandidates) {
  Options options = options_for("a");
  options.bind = *parse_endpoint("198.51.100.9:0", true);  // reserved for documentation
  EXPECT_THAT(failure(std::move(options)),
              AllOf(HasSubstr("gossip.bind-address 198.51.100.9:0"),
                    HasSubstr("not an address of this machine"), HasSubstr("127.0.0.1 (lo)")));
}

TEST(Start, AnUnspecifiedOrForeignAdvertiseAddressIsRefused) {
  Options unspecified = options_for("a");
  unspecified.advertise = *parse_endpoint("0.0.0.0:7946");
  EXPECT_THAT(failure(std::move(unspecified)),
              AllOf(HasSubstr("gossip.advertise-address 0.0.0.0:7946"), HasSubstr("candidates: ")));
  Options foreign = options_for("a");
  foreign.advertise = *parse_endpoint("198.51.100.9:7946");
  EXPECT_THAT(failure(std::move(foreign)),
              AllOf(HasSubstr("gossip.advertise-address 198.51.100.9:7946"),
                    HasSubstr("not an address of this machine"), HasSubstr("candidates: ")));
}

TEST(Start, AnyAddressOfTheLoopbackNetworkWillDo) {
  Options options = options_for("a");
  options.bind = *parse_endpoint("127.0.0.42:0", true);
  const Node node = start(std::move(options));
  EXPECT_EQ(address_to_string(node.address()), "127.0.0.42");
  EXPECT_EQ(node.address(), node->view()->bound);
}

TEST(Start, SettingsThatTheEngineRefusesAreNamed) {
  Options options = options_for("");
  EXPECT_THAT(failure(std::move(options)), HasSubstr("settings: "));
  Options tiny = options_for("a");
  tiny.engine.datagram_bytes = 10;
  EXPECT_THAT(failure(std::move(tiny)), HasSubstr("settings: "));
}

TEST(Start, NothingLeaksFromAStartThatFailed) {
  const Node first = start("a");
  const std::size_t files = open_files();
  const std::size_t running = threads();
  for (int i = 0; i < 50; ++i) {
    Options options = options_for("b");
    options.bind = first.address();
    EXPECT_NE(failure(std::move(options)), "started");
  }
  EXPECT_TRUE(wait_until([&] { return open_files() <= files; })) << open_files() << " of " << files;
  // A thread that was joined may be listed for a moment longer.
  EXPECT_TRUE(wait_until([&] { return threads() <= running; })) << threads() << " of " << running;
}

}  // namespace
}  // namespace swim::runtime::testing
