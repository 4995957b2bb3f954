// The generators themselves: a property is worth as much as the inputs that it is tried on. Fixed
// seeds, so that what is asked of a distribution holds on every run.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "core/wire/native/tags.hpp"
#include "tests/generators/samples.hpp"
#include "tests/generators/wire_generators.hpp"

namespace swim::wire {
namespace {

using test::for_samples;
using test::OwnedMessage;
using test::OwnedPacket;
using test::samples;
using test::size_max;

// As rapidcheck does it: the first smaller value that still fails, as long as there is one.
template <class T>
T shrunk(rc::Shrinkable<T> failing, const std::function<bool(const T&)>& fails) {
  auto smaller = failing.shrinks();
  while (auto candidate = smaller.next()) {
    if (fails(candidate->value())) {
      failing = *candidate;
      smaller = failing.shrinks();
    }
  }
  return failing.value();
}

template <std::size_t... At>
int datagram_messages(std::index_sequence<At...>) {
  return ((static_cast<int>(tag_of<std::variant_alternative_t<At, Message>>) < first_stream_tag) +
          ...);
}

TEST(Generators, reach_each_message_of_a_datagram_about_as_often) {
  std::map<std::size_t, int> seen;
  for_samples<OwnedMessage>(test::gen_protocol_msg(),
                            [&](const OwnedMessage& message) { ++seen[message.view().index()]; });
  const int types = datagram_messages(std::make_index_sequence<std::variant_size_v<Message>>());
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(types));
  for (const auto& [type, count] : seen) {
    EXPECT_GT(count, samples / types / 2) << "message type " << type;
  }
}

TEST(Generators, reach_the_edges) {
  std::set<std::size_t> names;
  for_samples<std::string>(test::gen_node_id(),
                           [&](const std::string& name) { names.insert(name.size()); });
  EXPECT_TRUE(names.contains(0) && names.contains(limits::name_bytes_max));
  EXPECT_EQ(*names.rbegin(), limits::name_bytes_max) << "valid by construction";
  std::set<std::size_t> bytes;
  for_samples<ByteVector>(test::gen_bytes(limits::metadata_bytes_max),
                          [&](const ByteVector& value) { bytes.insert(value.size()); });
  EXPECT_TRUE(bytes.contains(0) && bytes.contains(limits::metadata_bytes_max));
  EXPECT_EQ(*bytes.rbegin(), limits::metadata_bytes_max);
  std::set<std::uint32_t> counts;
  std::set<Terminal> terminals;
  for_samples<Claim>(test::gen_claim(), [&](const Claim& claim) {
    counts.insert(claim.incarnation.count);
    terminals.insert(claim.terminal);
  });
  EXPECT_TRUE(counts.contains(0) && counts.contains(UINT32_MAX));
  EXPECT_EQ(terminals.size(), 3U);
  std::set<std::size_t> piggybacked;
  for_samples<OwnedPacket>(test::gen_packet(), [&](const OwnedPacket& packet) {
    piggybacked.insert(packet.piggyback.size());
  });
  EXPECT_EQ(piggybacked.size(), 9U) << "0 to 8";
}

TEST(Generators, shrink_a_counterexample_to_the_smallest) {
  const std::function<bool(const OwnedPacket&)> fails = [](const OwnedPacket& packet) {
    return packet.piggyback.size() >= 3;
  };
  int tried = 0;
  for (std::uint64_t seed = 0; tried < 5; ++seed) {
    auto packet = test::gen_packet()(rc::Random(seed), size_max);
    if (!fails(packet.value())) {
      continue;
    }
    ++tried;
    const OwnedPacket smallest = shrunk<OwnedPacket>(std::move(packet), fails);
    EXPECT_EQ(smallest.piggyback.size(), 3U) << "seed " << seed;
    EXPECT_LE(smallest.cluster.size(), 6U) << "seed " << seed << ": \"node-0\" or less";
  }
}

}  // namespace
}  // namespace swim::wire
