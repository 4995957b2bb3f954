#include "cli/format/json.hpp"

#include <google/protobuf/util/json_util.h>
#include <grpc/health/v1/health.pb.h>
#include <gtest/gtest.h>
#include <swim/v1/admin.pb.h>
#include <swim/v1/messaging.pb.h>

#include "cli/format/names.hpp"
#include "tests/unit/cli/support.hpp"

namespace swim::cli {
namespace {

TEST(CliJson, MembersHaveTheNamesThatScriptsRelyOn) {
  v1::ListMembersResponse list;
  *list.add_members() = member("web-1", v1::MEMBER_STATUS_ALIVE);
  const std::string json = to_json(list, JsonShape::one_line);
  EXPECT_EQ(json.rfind(R"({"members":[{"name":"web-1",)", 0), 0U) << json;
  EXPECT_NE(json.find(R"("status":"ALIVE")"), std::string::npos) << json;
}

TEST(CliJson, WritesDefaultsButNoMessageThatIsNotSet) {
  EXPECT_EQ(to_json(v1::BroadcastResponse(), JsonShape::one_line), R"({"queueDepth":"0"})");
  EXPECT_EQ(to_json(v1::SendResponse(), JsonShape::one_line), R"({"requestId":""})");
  EXPECT_EQ(to_json(v1::JoinResponse(), JsonShape::one_line), R"({"accepted":0,"results":[]})");
  EXPECT_EQ(to_json(v1::MessageBookmark(), JsonShape::indented), "{}");
}

TEST(CliJson, TimesAndBytesAreAsInProto3Json) {
  v1::ReceivedMessage message;
  message.set_payload(std::string("\x00\xff\x01", 3));
  message.mutable_receive_time()->set_seconds(1);
  message.mutable_receive_time()->set_nanos(500'000'000);
  const std::string json = to_json(message, JsonShape::one_line);
  EXPECT_NE(json.find(R"("payload":"AP8B")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("receiveTime":"1970-01-01T00:00:01.500Z")"), std::string::npos) << json;
  v1::PingResponse ping;
  ping.mutable_round_trip()->set_nanos(420'000);
  EXPECT_EQ(to_json(ping, JsonShape::one_line), R"({"roundTrip":"0.000420s"})");
}

TEST(CliJson, EscapesAndSortsKeys) {
  v1::Member one = member("a\"b\\\n\x01", v1::MEMBER_STATUS_ALIVE);
  (*one.mutable_labels())["z"] = "1";
  (*one.mutable_labels())["a"] = "MEMBER_STATUS_ALIVE";
  const std::string json = to_json(one, JsonShape::one_line);
  EXPECT_NE(json.find(R"("name":"a\"b\\\n\u0001")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("labels":{"a":"MEMBER_STATUS_ALIVE","z":"1"})"), std::string::npos)
      << json;
}

TEST(CliJson, LetsNothingThatATerminalObeysOutAndLosesNoneOfIt) {
  const std::string hostile = "\u009b31m \u0085 \u202egpj\u2066 \x1b \x7f größe 東京 🚀";
  v1::Member one = member(hostile, v1::MEMBER_STATUS_ALIVE);
  (*one.mutable_labels())[hostile] = hostile;
  std::string json = to_json(one, JsonShape::one_line);
  EXPECT_NE(json.find(R"("name":"\u009b31m \u0085 \u202egpj\u2066 \u001b \u007f größe 東京 🚀")"),
            std::string::npos)
      << json;
  for (const char* raw : {"\u009b", "\u0085", "\u202e", "\u2066", "\x1b", "\x7f"}) {
    EXPECT_EQ(json.find(raw), std::string::npos) << json;
  }
  json.replace(json.find("ALIVE"), 5, "MEMBER_STATUS_ALIVE");
  json.replace(json.find("UNSPECIFIED"), 11, "LEFT_REASON_UNSPECIFIED");
  v1::Member read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &read).ok()) << json;
  EXPECT_EQ(read.name(), hostile);
  EXPECT_EQ(read.labels().at(hostile), hostile);
}

TEST(CliJson, StaysUtf8WhateverItIsGiven) {
  JsonWriter json(JsonShape::one_line);
  json.string("a\x9b\xc3");
  EXPECT_EQ(json.text(), R"("a\ufffd\ufffd")");
}

// What protobuf's own parser reads from ours must be the message, once enums have their prefix.
TEST(CliJson, IsReadByProtobufsOwnParser) {
  v1::GetNodeStatusResponse status;
  status.set_health_score(3);
  status.set_revision(1ULL << 60U);
  (*status.mutable_member_counts())["ALIVE"] = 2;
  status.mutable_start_time()->set_seconds(5);
  status.add_seeds()->add_addresses("10.0.0.1:7946");
  status.mutable_stats()->mutable_mean_round_trip()->set_nanos(7);
  (*status.mutable_stats()->mutable_dropped())["auth"] = 9;
  for (const JsonShape shape : {JsonShape::one_line, JsonShape::indented}) {
    std::string json = to_json(status, shape);
    const std::size_t at = json.find("UNSPECIFIED");
    ASSERT_NE(at, std::string::npos);
    json.replace(at, 11, "NODE_STATE_UNSPECIFIED");
    v1::GetNodeStatusResponse read;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &read).ok()) << json;
    EXPECT_EQ(read.SerializeAsString(), status.SerializeAsString()) << json;
  }
}

TEST(CliJson, IndentsByTwo) {
  v1::ForceLeaveResponse one;
  EXPECT_EQ(to_json(one, JsonShape::indented), "{\n  \"alive\": false\n}");
}

TEST(CliNames, LoseThePrefixOfTheirEnum) {
  EXPECT_EQ(short_name(v1::MEMBER_STATUS_SUSPECT), "SUSPECT");
  EXPECT_EQ(short_name(v1::MemberEvent::TYPE_FAILED), "FAILED");
  EXPECT_EQ(short_name(v1::MemberSnapshot::REASON_TOKEN_EXPIRED), "TOKEN_EXPIRED");
  EXPECT_EQ(short_name(grpc::health::v1::HealthCheckResponse::NOT_SERVING), "NOT_SERVING");
  EXPECT_EQ(short_name(*v1::MemberStatus_descriptor(), 99), "99");
}

TEST(CliNames, ReadsAStatusInEitherCase) {
  EXPECT_EQ(parse_status("alive"), v1::MEMBER_STATUS_ALIVE);
  EXPECT_EQ(parse_status("FAILED"), v1::MEMBER_STATUS_FAILED);
  EXPECT_EQ(parse_status("unspecified"), std::nullopt);
  EXPECT_EQ(parse_status("dead"), std::nullopt);
}

}  // namespace
}  // namespace swim::cli
