// Each generator of the seed, by what it promises: every value is valid, as the codec that sends
// and takes it says, and the edges of each field are among them. Fixed seeds, as in
// generators_property_test.cpp.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/generators/samples.hpp"
#include "tests/generators/wire_generators.hpp"
#include "tests/support/wire_equal.hpp"

namespace swim::wire {
namespace {

using test::for_samples;
using test::Owned;
using test::OwnedMessage;
using test::OwnedPacket;
using test::samples;

// Which values of a field were seen, and whether those at its ends were.
template <class T>
class Seen {
 public:
  void add(const T& value) { values_.insert(value); }
  std::size_t different() const { return values_.size(); }
  void expect(const char* field, std::initializer_list<T> edges) const {
    for (const T& edge : edges) {
      EXPECT_TRUE(values_.contains(edge))
          << field << " is never " << ::testing::PrintToString(edge);
    }
  }

 private:
  std::set<T> values_;
};

struct Sizes : Seen<std::size_t> {
  using Seen::add;
  void add(std::string_view text) { add(text.size()); }
  void add(Bytes bytes) { add(bytes.size()); }
  void expect_all(const char* field, std::size_t longest) const {
    expect(field, {std::size_t{0}, longest});
    EXPECT_GT(different(), 10U) << field << " is of few sizes";
  }
};

// Written by the encoder, and read back as what it was.
bool is_valid(const Message& message) {
  ByteVector buffer(encoded_size(message));
  FrameWriter writer(buffer);
  if (!writer.add(message) || writer.finish().size() != buffer.size()) {
    return false;
  }
  const auto decoded = decode_message(buffer);
  return decoded && decoded->size == buffer.size() && test::same(decoded->message, message);
}

// Every sample is a valid message of type M, which `look` sees.
template <class M>
void each(const rc::Gen<OwnedMessage>& gen, const std::function<void(const M&)>& look) {
  int invalid = 0;
  int others = 0;
  for_samples<OwnedMessage>(gen, [&](const OwnedMessage& owned) {
    invalid += is_valid(owned.view()) ? 0 : 1;
    const auto* message = std::get_if<M>(&owned.view());
    others += message == nullptr ? 1 : 0;
    if (message != nullptr) {
      look(*message);
    }
  });
  EXPECT_EQ(invalid, 0);
  EXPECT_EQ(others, 0);
}

constexpr std::uint32_t max32 = UINT32_MAX;
constexpr std::uint64_t max64 = UINT64_MAX;

TEST(GeneratedValues, node_ids_incarnations_and_member_states) {
  Sizes names;
  for_samples<std::string>(test::gen_node_id(), [&](const std::string& name) { names.add(name); });
  names.expect_all("a name", limits::name_bytes_max);
  Seen<std::uint64_t> lives;
  Seen<std::uint64_t> boots;
  Seen<std::uint32_t> counts;
  for_samples<Incarnation>(test::gen_incarnation(), [&](const Incarnation& incarnation) {
    lives.add(incarnation.life);
    boots.add(incarnation.boot);
    counts.add(incarnation.count);
  });
  lives.expect("a life", {0, 1, max64});
  boots.expect("a boot", {0, 1, max64});
  counts.expect("a count", {0, 1, max32});
  Seen<std::tuple<Terminal, bool, bool>> states;
  for_samples<Claim>(test::gen_member_state(), [&](const Claim& claim) {
    states.add({claim.terminal, claim.leaving, claim.suspect});
    EXPECT_EQ(claim.incarnation, Incarnation{});
  });
  EXPECT_EQ(states.different(), 12U) << "three ends, each leaving or not, suspect or not";
}

TEST(GeneratedValues, node_infos) {
  Sizes metadata;
  Seen<std::uint16_t> ports;
  std::map<bool, int> families;
  for_samples<Owned<NodeInfo>>(test::gen_node_info(), [&](const Owned<NodeInfo>& owned) {
    const NodeInfo& node = owned.view();
    ASSERT_LE(node.name.size(), limits::name_bytes_max);
    ASSERT_LE(node.metadata.size(), limits::metadata_bytes_max);
    const auto parsed = parse_endpoint(to_string(node.address), true);
    ASSERT_TRUE(parsed || node.address.port == 0) << to_string(node.address);
    ASSERT_TRUE(!parsed || *parsed == node.address) << to_string(node.address);
    metadata.add(node.metadata);
    ports.add(node.address.port);
    ++families[node.address.is_v4()];
  });
  metadata.expect_all("metadata", limits::metadata_bytes_max);
  ports.expect("a port", {0, 1, UINT16_MAX});
  EXPECT_GT(families[true], samples / 4);
  EXPECT_GT(families[false], samples / 4);
}

TEST(GeneratedValues, pings_ping_reqs_and_acks) {
  Seen<std::uint32_t> seqs;
  Sizes senders;
  Seen<std::size_t> marks;
  each<Ping>(test::gen_ping(), [&](const Ping& ping) {
    seqs.add(ping.seq);
    senders.add(ping.sender);
    marks.add(ping.marks.count);
  });
  seqs.expect("a ping's number", {0, max32});
  senders.expect_all("a ping's sender", limits::name_bytes_max);
  EXPECT_EQ(marks.different(), limits::marks_per_packet_max + 1);
  Seen<std::uint64_t> inboxes;
  each<PingReq>(test::gen_ping_req(),
                [&](const PingReq& request) { inboxes.add(request.target_inbox); });
  inboxes.expect("a target's inbox", {0, max64});
  Sizes payloads;
  std::map<bool, int> has_payload;
  each<Ack>(test::gen_ack(), [&](const Ack& ack) {
    ++has_payload[ack.payload.has_value()];
    if (ack.payload) {
      payloads.add(*ack.payload);
    }
  });
  payloads.expect_all("an ack's payload", limits::ack_payload_bytes_max);
  EXPECT_GT(has_payload[true], samples / 4);
  EXPECT_GT(has_payload[false], samples / 4);
}

TEST(GeneratedValues, alives_suspects_and_deads) {
  std::map<bool, int> own_descriptor;
  each<Alive>(test::gen_alive(), [&](const Alive& alive) {
    ++own_descriptor[alive.claim.incarnation == alive.descriptor.incarnation];
  });
  EXPECT_GT(own_descriptor[true], samples / 4);
  EXPECT_GT(own_descriptor[false], samples / 4) << "the halves differ as well";
  Seen<Evidence> evidence;
  each<Suspect>(test::gen_suspect(), [&](const Suspect& suspect) {
    EXPECT_TRUE(suspect.claim.suspect);
    EXPECT_EQ(suspect.claim.terminal, Terminal::none);
    evidence.add(suspect.evidence);
  });
  EXPECT_EQ(evidence.different(), 4U);
  Seen<Terminal> ends;
  Seen<LeftReason> reasons;
  each<Dead>(test::gen_dead(), [&](const Dead& dead) {
    ends.add(dead.claim.terminal);
    reasons.add(dead.note.left_reason);
  });
  EXPECT_EQ(ends.different(), 2U);
  ends.expect("an end", {Terminal::dead, Terminal::left});
  EXPECT_EQ(reasons.different(), 4U);
}

TEST(GeneratedValues, user_msgs_and_any_protocol_msg) {
  Sizes topics;
  Sizes payloads;
  each<UserMsg>(test::gen_user_msg(), [&](const UserMsg& message) {
    topics.add(message.topic);
    payloads.add(message.payload);
  });
  topics.expect_all("a topic", limits::topic_bytes_max);
  payloads.expect_all("a payload", limits::datagram_bytes_default);
  int invalid = 0;
  for_samples<OwnedMessage>(test::gen_protocol_msg(), [&](const OwnedMessage& message) {
    invalid += is_valid(message.view()) ? 0 : 1;
  });
  EXPECT_EQ(invalid, 0);
}

TEST(GeneratedValues, packets) {
  Sizes clusters;
  Seen<std::size_t> behind;
  int invalid = 0;
  for_samples<OwnedPacket>(test::gen_packet(), [&](const OwnedPacket& packet) {
    clusters.add(packet.cluster);
    behind.add(packet.piggyback.size());
    ByteVector buffer(limits::datagram_bytes_max);
    const auto size =
        encode_packet(packet.cluster, packet.primary.view(), packet.piggyback_view(), buffer);
    ASSERT_TRUE(size) << to_string(size.error().code);
    auto opened = open_packet(Bytes(buffer).first(*size));
    ASSERT_TRUE(opened) << to_string(opened.error().code);
    EXPECT_EQ(opened->cluster, packet.cluster);
    std::vector<Message> expected = packet.piggyback_view();
    expected.insert(expected.begin(), packet.primary.view());
    for (const Message& message : expected) {
      const auto read = opened->reader.next();
      invalid += read && *read && test::same(**read, message) ? 0 : 1;
    }
  });
  EXPECT_EQ(invalid, 0);
  clusters.expect_all("a cluster's name", limits::label_bytes_max);
  behind.expect("the messages behind the first", {0, 8});
}

TEST(GeneratedValues, bytes_of_various_sizes) {
  for (const std::size_t longest : {std::size_t{0}, std::size_t{1}, std::size_t{5'000}}) {
    Seen<std::size_t> sizes;
    Seen<std::uint8_t> values;
    for_samples<ByteVector>(test::gen_bytes(longest), [&](const ByteVector& bytes) {
      ASSERT_LE(bytes.size(), longest);
      sizes.add(bytes.size());
      if (!bytes.empty()) {
        values.add(bytes.front());
      }
    });
    sizes.expect("a size", {0, longest});
    EXPECT_GT(sizes.different(), std::min<std::size_t>(longest, 100));
    EXPECT_GE(values.different(), longest == 0 ? 0U : 128U) << "longest: " << longest;
  }
}

}  // namespace
}  // namespace swim::wire
