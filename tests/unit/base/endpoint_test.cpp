#include "core/base/endpoint.hpp"

#include <gtest/gtest.h>

#include <string>
#include <unordered_set>

namespace swim {
namespace {

struct Row {
  std::string_view text;
  std::string_view expected;
};

std::string formatted(std::string_view text) {
  const auto endpoint = parse_endpoint(text, true);
  return endpoint ? to_string(*endpoint) : "error: " + std::string(endpoint.error().what);
}

std::string_view fault(std::string_view text) {
  const auto endpoint = parse_endpoint(text);
  if (endpoint) {
    return "no error";
  }
  EXPECT_EQ(endpoint.error().code, Errc::invalid_address) << text;
  return endpoint.error().what;
}

TEST(Endpoint, v4_is_written_as_people_write_it) {
  const Endpoint endpoint = Endpoint::v4(10, 0, 255, 7, 7946);
  EXPECT_EQ(to_string(endpoint), "10.0.255.7:7946");
  EXPECT_EQ(address_to_string(endpoint), "10.0.255.7");
  EXPECT_EQ(*parse_endpoint("10.0.255.7:7946"), endpoint);
}

// RFC 5952 §4, and its examples.
TEST(Endpoint, v6_is_written_in_its_one_canonical_form) {
  const Row rows[] = {
      {"[2001:DB8::0001]:80", "[2001:db8::1]:80"},
      {"[2001:db8:0:0:0:0:2:1]:80", "[2001:db8::2:1]:80"},
      {"[2001:db8::1:1:1:1:1]:80", "[2001:db8:0:1:1:1:1:1]:80"},
      {"[2001:0:0:1:0:0:0:1]:80", "[2001:0:0:1::1]:80"},
      {"[2001:db8:0:0:1:0:0:1]:80", "[2001:db8::1:0:0:1]:80"},
      {"[0:0:0:0:0:0:0:1]:80", "[::1]:80"},
      {"[::]:80", "[::]:80"},
      {"[fe80:0:0:0:0:0:0:0]:80", "[fe80::]:80"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(formatted(row.text), row.expected);
  }
  EXPECT_EQ(address_to_string(*parse_endpoint("[2001:DB8::1]:80")), "2001:db8::1");
}

TEST(Endpoint, a_mapped_v6_address_is_the_v4_address) {
  EXPECT_EQ(*parse_endpoint("[::ffff:10.1.2.3]:9"), Endpoint::v4(10, 1, 2, 3, 9));
  EXPECT_EQ(formatted("[::FFFF:0a01:0203]:9"), "10.1.2.3:9");
}

TEST(Endpoint, ports_go_from_1_to_65535) {
  EXPECT_EQ(parse_endpoint("10.0.0.1:1")->port, 1);
  EXPECT_EQ(parse_endpoint("10.0.0.1:65535")->port, 65535);
  EXPECT_EQ(fault("10.0.0.1:65536"), "the port is greater than 65535");
  EXPECT_EQ(fault("10.0.0.1:99999999999999999999"), "the port is greater than 65535");
  EXPECT_EQ(fault("10.0.0.1:0"), "the port is 0; it must be from 1 to 65535");
  EXPECT_EQ(parse_endpoint("10.0.0.1:0", true)->port, 0);
  EXPECT_EQ(parse_endpoint("[::]:0", true)->port, 0);
}

TEST(Endpoint, an_error_names_the_part_that_is_wrong) {
  const Row rows[] = {
      {"", "the address is empty"},
      {":", "nothing before the ':' of the port"},
      {":7946", "nothing before the ':' of the port"},
      {"10.0.0.1", "no ':' and port at the end"},
      {"10.0.0.1:", "no port after the ':'"},
      {"10.0.0.1:http", "the port is not a number"},
      {"10.0.0.1:-1", "the port is not a number"},
      {"10.0.0.1:+1", "the port is not a number"},
      {"10.0.0.1: 1", "the port is not a number"},
      {"10.0.0.1:1 ", "the port is not a number"},
      {"10.0.0.256:1", "not an IPv4 address: it has four numbers from 0 to 255"},
      {"10.0.0:1", "not an IPv4 address: it has four numbers from 0 to 255"},
      {"10.0.0.1.2:1", "not an IPv4 address: it has four numbers from 0 to 255"},
      {"pod-0:7946", "not an IP address; a name is not resolved here"},
      {" 10.0.0.1:1", "not an IP address; a name is not resolved here"},
      {"::1:7946", "more than one ':'; an IPv6 address must stand in brackets, as in [::1]:7946"},
      {"[::1", "'[' without ']'"},
      {"[::1]", "no ':' and port after ']'"},
      {"[::1]7946", "']' must be followed by ':' and the port"},
      {"[::1]]:7946", "']' must be followed by ':' and the port"},
      {"[::1]:", "no port after the ':'"},
      {"[]:7946", "nothing between the brackets"},
      {"[10.0.0.1]:7946", "an IPv4 address takes no brackets"},
      {"[pod-0]:7946", "not an IPv6 address between the brackets"},
      {"[::1::2]:7946", "not an IPv6 address between the brackets"},
      {"[fe80::1%eth0]:7946",
       "an IPv6 zone (%...) is not supported: it means something on one host only"},
      {"::1]:7946", "a bracket that does not begin the address"},
      {"x[::1]:7946", "a bracket that does not begin the address"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(fault(row.text), row.expected) << row.text;
  }
}

TEST(Endpoint, a_hidden_nul_does_not_end_the_address) {
  EXPECT_EQ(fault(std::string_view("10.0.0.1\0x:80", 13)),
            "not an IP address; a name is not resolved here");
  EXPECT_EQ(fault(std::string_view("[::1\0]:80", 9)), "not an IPv6 address between the brackets");
}

TEST(Endpoint, an_address_longer_than_any_is_refused) {
  EXPECT_EQ(fault("[" + std::string(1000, '1') + "]:80"),
            "not an IPv6 address between the brackets");
  EXPECT_EQ(fault(std::string(1000, '1') + ":80"),
            "not an IPv4 address: it has four numbers from 0 to 255");
}

TEST(Endpoint, knows_which_addresses_mean_nobody_and_which_this_host) {
  for (const char* text : {"0.0.0.0:1", "[::]:1", "[::ffff:0.0.0.0]:1"}) {
    EXPECT_TRUE(parse_endpoint(text)->is_unspecified()) << text;
    EXPECT_FALSE(parse_endpoint(text)->is_loopback()) << text;
  }
  for (const char* text : {"127.0.0.1:1", "127.255.0.9:1", "[::1]:1"}) {
    EXPECT_TRUE(parse_endpoint(text)->is_loopback()) << text;
    EXPECT_FALSE(parse_endpoint(text)->is_unspecified()) << text;
  }
  for (const char* text : {"128.0.0.1:1", "0.0.0.1:1", "[::2]:1", "[1::1]:1", "[::127.0.0.1]:1"}) {
    EXPECT_FALSE(parse_endpoint(text)->is_loopback()) << text;
    EXPECT_FALSE(parse_endpoint(text)->is_unspecified()) << text;
  }
}

TEST(Endpoint, the_families_are_told_apart) {
  EXPECT_TRUE(Endpoint::v4(0, 0, 0, 0, 0).is_v4());
  EXPECT_FALSE(parse_endpoint("[::1]:1")->is_v4());
  EXPECT_FALSE(parse_endpoint("[::fffe:10.0.0.1]:1")->is_v4());
}

TEST(Endpoint, is_ordered_by_address_then_port) {
  EXPECT_LT(Endpoint::v4(10, 0, 0, 1, 9), Endpoint::v4(10, 0, 0, 2, 1));
  EXPECT_LT(Endpoint::v4(10, 0, 0, 1, 1), Endpoint::v4(10, 0, 0, 1, 2));
  EXPECT_EQ(Endpoint::v4(10, 0, 0, 1, 1), Endpoint::v4(10, 0, 0, 1, 1));
}

// Tables take the low bits: a whole rack of neighbours must not fall into a few of the places.
TEST(Endpoint, neighbours_have_hashes_that_differ_in_their_low_bits) {
  std::unordered_set<std::size_t> low;
  for (int host = 0; host < 256; ++host) {
    for (int port = 0; port < 16; ++port) {
      const auto endpoint = Endpoint::v4(10, 0, 0, static_cast<std::uint8_t>(host),
                                         static_cast<std::uint16_t>(7946 + port));
      low.insert(std::hash<Endpoint>{}(endpoint)&0xffff);
    }
  }
  EXPECT_GT(low.size(), 3800U);  // 3,968 expected of 4,096 draws from 65,536 places
}

}  // namespace
}  // namespace swim
