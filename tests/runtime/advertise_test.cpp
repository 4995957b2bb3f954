#include "core/runtime/advertise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swim::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Endpoint endpoint(const char* text) {
  return *parse_endpoint(text, true);
}

const std::vector<OwnAddress> one_address = {
    {endpoint("127.0.0.1:0"), "lo"},
    {endpoint("[::1]:0"), "lo"},
    {endpoint("192.0.2.7:0"), "eth0"},
    {endpoint("[fe80::1]:0"), "eth0"},
};
const std::vector<OwnAddress> two_addresses = {
    {endpoint("127.0.0.1:0"), "lo"},
    {endpoint("192.0.2.7:0"), "eth0"},
    {endpoint("172.17.0.1:0"), "docker0"},
    {endpoint("[fd00::2]:0"), "eth0"},
};
const std::vector<OwnAddress> loopback_only = {{endpoint("127.0.0.1:0"), "lo"}};

// Each host has such addresses on each link, so that nobody else could tell which one is meant.
TEST(Advertise, ALinkLocalAddressOfIPv6IsRefused) {
  const auto chosen =
      choose_advertise(endpoint("[::]:7946"), endpoint("[fe80::1]:7946"), one_address);
  ASSERT_FALSE(chosen);
  EXPECT_THAT(chosen.error(), HasSubstr("link-local"));
  EXPECT_THAT(chosen.error(), HasSubstr("192.0.2.7"));
}

TEST(Advertise, ASpecificBindAddressIsAdvertised) {
  EXPECT_EQ(choose_advertise(endpoint("192.0.2.7:7946"), {}, two_addresses),
            endpoint("192.0.2.7:7946"));
  EXPECT_EQ(choose_advertise(endpoint("127.0.0.5:7946"), {}, one_address),
            endpoint("127.0.0.5:7946"));
}

TEST(Advertise, TheOnlySuitableAddressIsFound) {
  EXPECT_EQ(choose_advertise(endpoint("0.0.0.0:7946"), {}, one_address),
            endpoint("192.0.2.7:7946"));
  EXPECT_EQ(choose_advertise(endpoint("[::]:7946"), {}, one_address), endpoint("192.0.2.7:7946"));
}

TEST(Advertise, SeveralAddressesAreRefusedWithTheCandidates) {
  const auto chosen = choose_advertise(endpoint("0.0.0.0:7946"), {}, two_addresses);
  ASSERT_FALSE(chosen);
  EXPECT_THAT(chosen.error(), HasSubstr("gossip.advertise-address"));
  EXPECT_THAT(chosen.error(), HasSubstr("192.0.2.7 (eth0), 172.17.0.1 (docker0)"));
  // An IPv4 socket can't offer IPv6.
  EXPECT_THAT(chosen.error(), Not(HasSubstr("fd00::2")));
}

TEST(Advertise, LoopbackIsNeverChosenByItself) {
  const auto chosen = choose_advertise(endpoint("0.0.0.0:7946"), {}, loopback_only);
  ASSERT_FALSE(chosen);
  EXPECT_THAT(chosen.error(), HasSubstr("gossip.bind-address"));
  EXPECT_THAT(chosen.error(), HasSubstr("127.0.0.1 (lo)"));
}

TEST(Advertise, AnUnspecifiedAddressIsRefused) {
  for (const char* text : {"0.0.0.0:7946", "[::]:7946"}) {
    const auto chosen = choose_advertise(endpoint("0.0.0.0:7946"), endpoint(text), two_addresses);
    ASSERT_FALSE(chosen) << text;
    EXPECT_THAT(chosen.error(), HasSubstr("unspecified"));
    EXPECT_THAT(chosen.error(), HasSubstr("192.0.2.7 (eth0)"));
  }
}

TEST(Advertise, AForeignAddressIsRefused) {
  const auto chosen =
      choose_advertise(endpoint("0.0.0.0:7946"), endpoint("198.51.100.9:7946"), two_addresses);
  ASSERT_FALSE(chosen);
  EXPECT_THAT(chosen.error(), HasSubstr("gossip.advertise-address 198.51.100.9:7946"));
  EXPECT_THAT(chosen.error(), HasSubstr("not an address of this machine"));
  EXPECT_THAT(chosen.error(), HasSubstr("192.0.2.7 (eth0)"));
}

TEST(Advertise, AnOwnAddressIsTakenWithTheBoundPortForZero) {
  EXPECT_EQ(choose_advertise(endpoint("0.0.0.0:7946"), endpoint("172.17.0.1:0"), two_addresses),
            endpoint("172.17.0.1:7946"));
  EXPECT_EQ(choose_advertise(endpoint("0.0.0.0:7946"), endpoint("172.17.0.1:1234"), two_addresses),
            endpoint("172.17.0.1:1234"));
}

TEST(Advertise, TheWholeLoopbackNetworkIsOurs) {
  EXPECT_EQ(choose_advertise(endpoint("127.0.0.9:7946"), endpoint("127.0.0.9:7946"), one_address),
            endpoint("127.0.0.9:7946"));
}

TEST(Advertise, AnAddressThatTheSocketDoesNotListenOnIsRefused) {
  const auto other =
      choose_advertise(endpoint("127.0.0.1:7946"), endpoint("192.0.2.7:7946"), one_address);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error(), HasSubstr("bound to 127.0.0.1:7946"));
  EXPECT_FALSE(
      choose_advertise(endpoint("0.0.0.0:7946"), endpoint("[fd00::2]:7946"), two_addresses));
}

TEST(Advertise, KnowsItsOwnEndpoints) {
  const Endpoint any = endpoint("0.0.0.0:7946");
  EXPECT_TRUE(is_own_endpoint(endpoint("192.0.2.7:7946"), any, one_address));
  EXPECT_TRUE(is_own_endpoint(endpoint("127.0.0.3:7946"), any, one_address));
  EXPECT_FALSE(is_own_endpoint(endpoint("192.0.2.7:7947"), any, one_address));
  EXPECT_FALSE(is_own_endpoint(endpoint("192.0.2.8:7946"), any, one_address));
  // Other processes on other loopback addresses are not us.
  EXPECT_FALSE(
      is_own_endpoint(endpoint("127.0.0.3:7946"), endpoint("127.0.0.1:7946"), one_address));
}

TEST(Advertise, TheMachineTellsItsAddresses) {
  const auto own = own_addresses();
  EXPECT_TRUE(std::any_of(own.begin(), own.end(),
                          [](const OwnAddress& one) { return one.endpoint.is_loopback(); }));
}

}  // namespace
}  // namespace swim::runtime
