#include <gtest/gtest.h>

#include <string>

#include "core/base/endpoint.hpp"

namespace swim {
namespace {

std::string_view fault(std::string_view text) {
  const auto seed = parse_seed(text);
  if (seed) {
    return "no error";
  }
  EXPECT_EQ(seed.error().code, Errc::invalid_address) << text;
  return seed.error().what;
}

TEST(SeedSpec, an_address_is_taken_as_it_is) {
  for (const char* text : {"10.0.0.7:7946", "[2001:db8::7]:7946"}) {
    const auto seed = parse_seed(text);
    ASSERT_TRUE(seed) << text;
    EXPECT_EQ(seed->kind, SeedSpec::Kind::address);
    EXPECT_EQ(seed->address, *parse_endpoint(text));
    EXPECT_EQ(seed->text, text);
  }
}

TEST(SeedSpec, a_name_is_kept_to_be_resolved) {
  for (const char* text :
       {"swim.prod.svc.cluster.local:7946", "dns+swim.prod.svc.cluster.local:7946"}) {
    const auto seed = parse_seed(text);
    ASSERT_TRUE(seed) << text;
    EXPECT_EQ(seed->kind, SeedSpec::Kind::dns);
    EXPECT_EQ(seed->host, "swim.prod.svc.cluster.local");
    EXPECT_EQ(seed->port, 7946);
    EXPECT_EQ(seed->text, text);
  }
}

TEST(SeedSpec, takes_the_names_that_resolvers_take) {
  for (const char* host : {"localhost", "pod-0", "a.b.", "_swim._udp.example.org", "3com.com",
                           "x--y.example", "EXAMPLE.org", "1.2.3.4.example"}) {
    const auto seed = parse_seed(std::string(host) + ":7946");
    ASSERT_TRUE(seed) << host;
    EXPECT_EQ(seed->host, host);
  }
}

TEST(SeedSpec, the_prefix_before_an_address_changes_nothing) {
  EXPECT_EQ(parse_seed("dns+10.0.0.7:7946")->kind, SeedSpec::Kind::address);
  EXPECT_EQ(parse_seed("dns+[::1]:7946")->address, *parse_endpoint("[::1]:7946"));
}

TEST(SeedSpec, an_error_names_the_part_that_is_wrong) {
  const std::pair<std::string, std::string_view> rows[] = {
      {"", "the address is empty"},
      {"dns+", "the address is empty"},
      {"dns+:7946", "nothing before the ':' of the port"},
      {"pod-0", "no ':' and port at the end"},
      {"pod-0:", "no port after the ':'"},
      {"pod-0:0", "the port is 0; it must be from 1 to 65535"},
      {"pod-0:swim", "the port is not a number"},
      {"::1:7946", "more than one ':'; an IPv6 address must stand in brackets, as in [::1]:7946"},
      {"[pod-0]:7946", "not an IPv6 address between the brackets"},
      {"[::1]", "no ':' and port after ']'"},
      {"10.0.0.300:7946", "neither an IPv4 address nor a host name"},
      {"10.0.1:7946", "neither an IPv4 address nor a host name"},
      {"0.0.0.0:7946", "an unspecified address (0.0.0.0 or ::) names no host"},
      {"[::]:7946", "an unspecified address (0.0.0.0 or ::) names no host"},
      {"pod 0:7946", "a character that no host name has"},
      {"pod/0:7946", "a character that no host name has"},
      {"p\xc3\xb6"
       "d:7946",
       "a character that no host name has"},
      {"a..b:7946", "an empty part between the dots of the host name"},
      {".a:7946", "an empty part between the dots of the host name"},
      {".:7946", "an empty part between the dots of the host name"},
      {"-a.b:7946", "a part of the host name begins or ends with '-'"},
      {"a.b-:7946", "a part of the host name begins or ends with '-'"},
      {std::string(64, 'a') + ":1", "a part of the host name is longer than 63 characters"},
      {std::string(64, 'a') + std::string(200, 'b') + ":1",
       "the host name is longer than 253 characters"},
  };
  for (const auto& [text, expected] : rows) {
    EXPECT_EQ(fault(text), expected) << text;
  }
}

TEST(SeedSpec, the_longest_name_is_taken) {
  std::string name;
  for (int i = 0; i < 4; ++i) {
    name += std::string(i == 3 ? 61 : 63, 'a') + '.';
  }
  ASSERT_EQ(name.size(), 254U);  // with the dot of the root
  EXPECT_TRUE(parse_seed(name + ":7946"));
  name.pop_back();
  EXPECT_TRUE(parse_seed(name + ":7946"));
  EXPECT_FALSE(parse_seed("a" + name + ":7946"));
}

}  // namespace
}  // namespace swim
