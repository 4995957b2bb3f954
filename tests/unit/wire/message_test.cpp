// Each type of message by itself: round trip, exact size, every prefix.
#include <gtest/gtest.h>

#include "core/wire/native/codec.hpp"
#include "tests/support/wire_equal.hpp"
#include "tests/unit/wire/samples.hpp"
#include "tests/unit/wire/support.hpp"

namespace swim::wire::test {
namespace {

using swim::test::same;

class EachMessage : public testing::TestWithParam<Sample> {};

TEST_P(EachMessage, roundtrips) {
  const ByteVector bytes = encode(GetParam().message);
  const auto decoded = decode_message(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_TRUE(same(decoded->message, GetParam().message));
  EXPECT_EQ(decoded->size, bytes.size());
}

TEST_P(EachMessage, is_refused_when_cut_anywhere) {
  const ByteVector bytes = encode(GetParam().message);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_message(Bytes(bytes).first(size));
    ASSERT_FALSE(decoded.has_value()) << "prefix of " << size;
    EXPECT_EQ(decoded.error().code, Errc::truncated) << "prefix of " << size;
  }
}

TEST_P(EachMessage, is_refused_when_its_body_ends_before_its_last_field) {
  const ByteVector bytes = encode(GetParam().message);
  for (ByteVector body = body_of(bytes); !body.empty();) {
    body.pop_back();
    EXPECT_EQ(decode_error(raw_message(bytes.front(), body)), Errc::truncated) << body.size();
  }
}

TEST_P(EachMessage, is_read_with_unknown_trailing_fields_skipped) {
  const ByteVector bytes = encode(GetParam().message);
  ByteVector body = body_of(bytes);
  for (int extra = 0; extra < 40; ++extra) {
    body.push_back(0xFF);
    const ByteVector longer = raw_message(bytes.front(), body);
    const auto decoded = decode_message(longer);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_TRUE(same(decoded->message, GetParam().message));
    EXPECT_EQ(decoded->size, longer.size());
  }
}

TEST_P(EachMessage, is_not_written_where_one_byte_is_missing) {
  ByteVector buffer(encoded_size(GetParam().message) - 1, 0x5A);
  FrameWriter writer(buffer);
  const auto added = writer.add(GetParam().message);
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code, Errc::buffer_too_small);
  EXPECT_EQ(buffer, ByteVector(buffer.size(), 0x5A));
}

INSTANTIATE_TEST_SUITE_P(Codec, EachMessage, testing::ValuesIn(all_samples()),
                         [](const auto& sample) { return std::string(sample.param.name); });

TEST(Codec, every_alternative_of_message_has_a_sample) {
  std::vector<bool> seen(std::variant_size_v<Message>);
  for (const Sample& sample : all_samples()) seen[sample.message.index()] = true;
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), std::ssize(seen));
}

TEST(Codec, a_default_message_of_each_type_roundtrips) {
  const Suspect suspect{.claim = {.suspect = true}};
  const Dead dead{.claim = {.terminal = Terminal::dead}};
  for (const Message& message :
       {Message(Ping{}),        Message(PingReq{}),   Message(Ack{}),      Message(Alive{}),
        Message(suspect),       Message(dead),        Message(UserMsg{}),  Message(Nack{}),
        Message(Broadcast{}),   Message(Verdict{}),   Message(Confirm{}),  Message(JoinRequest{}),
        Message(JoinVerdict{}), Message(SyncBegin{}), Message(SyncEnd{}),  Message(SendRequest{}),
        Message(SendReply{}),   Message(SyncItem{}),  Message(SyncWant{}), Message(Fetch{}),
        Message(Spread{}),      Message(SyncMark{})}) {
    const ByteVector bytes = encode(message);
    const auto decoded = decode_message(bytes);
    ASSERT_TRUE(decoded.has_value()) << message.index();
    EXPECT_TRUE(same(decoded->message, message)) << message.index();
  }
}

TEST(Codec, an_empty_payload_is_not_the_same_as_none) {
  const ByteVector empty = encode(Ack{.payload = Bytes{}});
  const ByteVector none = encode(Ack{});
  EXPECT_EQ(empty.size(), none.size() + 2);
  EXPECT_TRUE(std::get<Ack>(decode_message(empty)->message).payload.has_value());
  EXPECT_FALSE(std::get<Ack>(decode_message(none)->message).payload.has_value());
}

TEST(Codec, an_ipv4_address_takes_4_bytes_and_an_ipv6_one_16) {
  PingReq request{.target_address = sample_v4()};
  const std::size_t v4 = encoded_size(request);
  request.target_address = sample_v6();
  EXPECT_EQ(encoded_size(request), v4 + 12);
}

TEST(Codec, a_descriptor_of_the_claims_incarnation_costs_no_second_incarnation) {
  Alive alive = sample_alive();
  const std::size_t together = encoded_size(alive);
  alive.claim.incarnation.count += 1;
  EXPECT_EQ(encoded_size(alive), together + 20);
}

TEST(Codec, a_descriptor_of_another_run_keeps_its_own_incarnation) {
  const Incarnation others[]{{life, boot_a, 7}, {life - 1, boot_b, 7}, {life, boot_b, 8}};
  for (const Incarnation& other : others) {
    Alive alive = sample_alive();
    alive.descriptor.incarnation = other;
    alive.claim.suspect = true;  // only an accusation may come before the description
    const ByteVector bytes = encode(alive);
    EXPECT_TRUE(same(decode_message(bytes)->message, Message(alive)));
  }
}

TEST(Codec, a_note_costs_only_what_it_says) {
  Alive alive = sample_alive();
  const std::size_t bare = encoded_size(alive);
  alive.note = {.age_s = 1};
  EXPECT_EQ(encoded_size(alive), bare + 4);
  alive.note = {.drain_age_ms = 1};
  EXPECT_EQ(encoded_size(alive), bare + 8);
  alive.note = {.left_reason = LeftReason::silent};
  EXPECT_EQ(encoded_size(alive), bare + 1);
}

TEST(Codec, the_usual_ping_is_small) {
  // Names of 16 bytes, no marks: what 100 members send each 100 ms.
  const std::string name(16, 'n');
  EXPECT_EQ(encoded_size(Ping{.sender = name, .target = name}), 76U);
}

TEST(Codec, decoded_views_point_into_the_packet) {
  const ByteVector bytes = encode(sample_alive());
  const Message message = decode_message(bytes)->message;
  const Alive& alive = std::get<Alive>(message);
  const auto inside = [&bytes](Bytes view) {
    return view.data() >= bytes.data() && view.data() + view.size() <= bytes.data() + bytes.size();
  };
  EXPECT_TRUE(inside(as_bytes(alive.descriptor.node.name)));
  EXPECT_TRUE(inside(alive.descriptor.node.metadata));
  EXPECT_TRUE(inside(as_bytes(alive.descriptor.zone)));
  EXPECT_TRUE(inside(alive.descriptor.apps));
}

}  // namespace
}  // namespace swim::wire::test
