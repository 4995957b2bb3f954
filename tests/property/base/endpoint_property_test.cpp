#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>

#include "core/base/endpoint.hpp"

namespace swim {
namespace {

// Many zeros, so that compression has something to choose from; some v4.
rc::Gen<Endpoint> gen_endpoint() {
  return rc::gen::exec([] {
    Endpoint endpoint;
    const auto byte = rc::gen::weightedOneOf<std::uint8_t>(
        {{3, rc::gen::just<std::uint8_t>(0)}, {1, rc::gen::arbitrary<std::uint8_t>()}});
    for (std::uint8_t& b : endpoint.address) {
      b = *byte;
    }
    if (*rc::gen::arbitrary<bool>()) {
      endpoint = Endpoint::v4(*byte, *byte, *byte, *byte, 0);
    }
    endpoint.port = *rc::gen::arbitrary<std::uint16_t>();
    return endpoint;
  });
}

RC_GTEST_PROP(Endpoint, what_was_written_reads_as_the_same, ()) {
  const Endpoint endpoint = *gen_endpoint();
  const auto again = parse_endpoint(to_string(endpoint), true);
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == endpoint);
  RC_ASSERT(to_string(*again) == to_string(endpoint));
}

// RFC 5952 §4: lower case, '::' once at most, no leading zeros.
RC_GTEST_PROP(Endpoint, v6_text_follows_the_rules_of_rfc_5952, ()) {
  const Endpoint endpoint = *gen_endpoint();
  RC_PRE(!endpoint.is_v4());
  const std::string text = ':' + address_to_string(endpoint) + ':';
  RC_ASSERT(text.find_first_of("ABCDEF") == std::string::npos);
  const std::size_t gap = text.find("::", 1);
  RC_ASSERT(gap == std::string::npos || text.find("::", gap + 2) == std::string::npos);
  for (const char* padded : {":00", ":01", ":0a", ":0f"}) {
    RC_ASSERT(text.find(padded) == std::string::npos);
  }
}

RC_GTEST_PROP(Endpoint, any_text_is_an_endpoint_or_a_named_error, (std::string text)) {
  const auto endpoint = parse_endpoint(text);
  if (!endpoint) {
    RC_ASSERT(endpoint.error().code == Errc::invalid_address);
    RC_ASSERT(!endpoint.error().what.empty());
  }
}

// Pieces of real addresses in any order reach deeper than random characters.
RC_GTEST_PROP(SeedSpec, any_text_is_a_seed_or_a_named_error, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
      std::vector<std::string>{"dns+", "[", "]", ":", "::", "7946", "0", "10.0.0.1", "fe80",
                               "%eth0", "pod-0", ".", "-", "a", " ", "99999"}));
  std::string text;
  for (const std::string& piece : pieces) {
    text += piece;
  }
  const auto seed = parse_seed(text);
  if (!seed) {
    RC_ASSERT(seed.error().code == Errc::invalid_address);
    RC_ASSERT(!seed.error().what.empty());
    return;
  }
  RC_ASSERT(seed->text == text);
  if (seed->kind == SeedSpec::Kind::address) {
    RC_ASSERT(!seed->address.is_unspecified());
    RC_ASSERT(parse_endpoint(to_string(seed->address)).has_value());
  } else {
    RC_ASSERT(!seed->host.empty());
    RC_ASSERT(parse_seed("dns+" + seed->host + ":" + std::to_string(seed->port))->host ==
              seed->host);
  }
}

RC_GTEST_PROP(Endpoint, equal_endpoints_have_equal_hashes, ()) {
  const Endpoint a = *gen_endpoint();
  const Endpoint b = *parse_endpoint(to_string(a), true);
  RC_ASSERT(std::hash<Endpoint>{}(a) == std::hash<Endpoint>{}(b));
}

}  // namespace
}  // namespace swim
