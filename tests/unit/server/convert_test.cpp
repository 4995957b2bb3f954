#include "server/convert.hpp"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "server/service_context.hpp"
#include "tests/unit/server/members.hpp"

namespace swim::server {
namespace {

using testing::event;
using testing::member;

TEST(Convert, a_member) {
  auto info = *member("web-1", MemberStatus::left, {{"role", "web"}});
  info.incarnation = {1'700'000'000, 0xAB, 3};
  info.zone = "z1";
  info.status_since = WallTime{1'500};
  info.left_reason = LeftReason::silent;
  info.local = true;
  info.revision = 9;
  pb::Member out;
  fill(info, out);
  EXPECT_EQ(out.name(), "web-1");
  EXPECT_EQ(out.uid(), "00000000000000ab");
  EXPECT_EQ(out.incarnation().boot(), out.uid());
  EXPECT_EQ(out.incarnation().life(), 1'700'000'000U);
  EXPECT_EQ(out.incarnation().count(), 3U);
  EXPECT_EQ(out.address(), "10.0.0.1");
  EXPECT_EQ(out.port(), 7946U);
  EXPECT_EQ(out.status(), pb::MEMBER_STATUS_LEFT);
  EXPECT_EQ(out.labels().at("role"), "web");
  EXPECT_EQ(out.zone(), "z1");
  EXPECT_EQ(out.status_time().seconds(), 1);
  EXPECT_EQ(out.status_time().nanos(), 500'000'000);
  EXPECT_EQ(out.left_reason(), pb::LEFT_REASON_SILENT);
  EXPECT_TRUE(out.local());
  EXPECT_EQ(out.revision(), 9U);
}

TEST(Convert, text_that_is_no_utf8_can_still_be_sent) {
  auto info = *member("a\xFF", MemberStatus::alive);
  info.zone = "\xC3";
  info.metadata = {0xFF};
  pb::Member out;
  fill(info, out);
  EXPECT_EQ(out.name(), "a\xEF\xBF\xBD");
  EXPECT_EQ(out.zone(), "\xEF\xBF\xBD");
  EXPECT_TRUE(out.labels().empty());
}

// The generated names are ours with a prefix, so a value that was forgotten shows.
TEST(Convert, every_enum_value_has_its_namesake) {
  for (int i = 0; i <= static_cast<int>(EventType::app_back); ++i) {
    const auto type = static_cast<EventType>(i);
    EXPECT_EQ(pb::MemberEvent::Type_Name(to_proto(type)), "TYPE_" + std::string(to_string(type)));
  }
  for (int i = 1; i <= static_cast<int>(EventReason::app_broken); ++i) {
    const auto reason = static_cast<EventReason>(i);
    EXPECT_EQ(pb::MemberEvent::Reason_Name(to_proto(reason)),
              "REASON_" + std::string(to_string(reason)));
  }
  for (int i = 0; i <= static_cast<int>(MemberStatus::failed); ++i) {
    const auto status = static_cast<MemberStatus>(i);
    EXPECT_EQ(pb::MemberStatus_Name(to_proto(status)),
              "MEMBER_STATUS_" + std::string(to_string(status)));
    EXPECT_EQ(from_proto(to_proto(status)), status);
  }
  for (int i = 0; i <= static_cast<int>(NodeState::left); ++i) {
    const auto state = static_cast<NodeState>(i);
    EXPECT_EQ(pb::NodeState_Name(to_proto(state)), "NODE_STATE_" + std::string(to_string(state)));
  }
  EXPECT_EQ(from_proto(pb::MEMBER_STATUS_UNSPECIFIED), std::nullopt);
}

TEST(Convert, only_accusations_have_an_accuser) {
  MemberEvent left = event(1, EventType::left, member("a", MemberStatus::left));
  left.accuser = "a";
  pb::MemberEvent out;
  fill(left, out);
  EXPECT_EQ(out.accuser(), "");
  left.type = EventType::failed;
  left.accuser = "b";
  fill(left, out);
  EXPECT_EQ(out.accuser(), "b");
}

TEST(Convert, apps_are_shown_with_their_member_and_their_event) {
  auto info = *member("a", MemberStatus::alive);
  info.apps = {{"cache", true, 3}, {"web", false, 0}};
  pb::Member shown;
  fill(info, shown);
  ASSERT_EQ(shown.apps_size(), 2);
  EXPECT_EQ(shown.apps(0).name(), "cache");
  EXPECT_EQ(shown.apps(0).state(), pb::APP_STATE_LOST);
  EXPECT_EQ(shown.apps(1).state(), pb::APP_STATE_ATTACHED);
  MemberEvent lost = event(1, EventType::app_lost, std::make_shared<const MemberInfo>(info));
  lost.app = "cache";
  pb::MemberEvent out;
  fill(lost, out);
  EXPECT_EQ(out.app(), "cache");
}

TEST(Convert, an_event_without_a_status_before_has_none) {
  MemberEvent joined = event(4, EventType::joined, member("a", MemberStatus::alive));
  pb::MemberEvent out;
  fill(joined, out);
  EXPECT_EQ(out.previous_status(), pb::MEMBER_STATUS_UNSPECIFIED);
  EXPECT_EQ(out.revision(), 4U);
  joined.previous = MemberStatus::failed;
  fill(joined, out);
  EXPECT_EQ(out.previous_status(), pb::MEMBER_STATUS_FAILED);
}

TEST(Convert, a_time_before_1970_is_still_a_timestamp) {
  google::protobuf::Timestamp out;
  fill(WallTime{-1}, out);
  EXPECT_EQ(out.seconds(), -1);
  EXPECT_EQ(out.nanos(), 999'000'000);
}

TEST(Convert, durations_there_and_back) {
  google::protobuf::Duration out;
  fill(std::chrono::milliseconds(1'500), out);
  EXPECT_EQ(out.seconds(), 1);
  EXPECT_EQ(out.nanos(), 500'000'000);
  EXPECT_EQ(from_proto(out), Duration(std::chrono::milliseconds(1'500)));
}

TEST(Convert, durations_that_are_none_are_refused) {
  const auto read = [](std::int64_t seconds, std::int32_t nanos) {
    google::protobuf::Duration duration;
    duration.set_seconds(seconds);
    duration.set_nanos(nanos);
    return from_proto(duration);
  };
  EXPECT_EQ(read(-1, 0), std::nullopt);
  EXPECT_EQ(read(0, -1), std::nullopt);
  EXPECT_EQ(read(0, 1'000'000'000), std::nullopt);
  EXPECT_EQ(read(std::numeric_limits<std::int64_t>::max(), 0), std::nullopt);
  EXPECT_EQ(read(1, 1), Duration(1'000'000'001));
}

TEST(Convert, of_intervals_of_bookmarks_the_nearest_is_taken) {
  const auto taken = [](std::int64_t seconds, std::int32_t nanos) {
    google::protobuf::Duration wanted;
    wanted.set_seconds(seconds);
    wanted.set_nanos(nanos);
    return bookmark_interval(true, wanted);
  };
  using std::chrono::seconds;
  constexpr Duration least = seconds(1);
  constexpr Duration most = std::chrono::minutes(5);
  EXPECT_EQ(bookmark_interval(false, {}), seconds(10));
  EXPECT_EQ(taken(0, 0), least);
  EXPECT_EQ(taken(2, 500'000'000), std::chrono::milliseconds(2500));
  EXPECT_EQ(taken(300, 0), most);
  EXPECT_EQ(taken(301, 0), most);
  EXPECT_EQ(taken(-1, 0), least);
  EXPECT_EQ(taken(0, -1), least);
  EXPECT_EQ(taken(-5, -500'000'000), least);
  // No durations, though a sum can be made of them.
  EXPECT_EQ(taken(2, 1'500'000'000), std::chrono::milliseconds(3500));
  EXPECT_EQ(taken(3, -500'000'000), std::chrono::milliseconds(2500));
  constexpr auto nanos_max = std::numeric_limits<std::int32_t>::max();
  constexpr auto nanos_min = std::numeric_limits<std::int32_t>::min();
  for (const std::int32_t nanos : {nanos_min, -1, 0, 1, nanos_max}) {
    EXPECT_EQ(taken(std::numeric_limits<std::int64_t>::max(), nanos), most);
    EXPECT_EQ(taken(std::numeric_limits<std::int64_t>::min(), nanos), least);
  }
}

TEST(Convert, uuids_there_and_back) {
  const std::string text = "123e4567-e89b-12d3-a456-426614174000";
  const auto id = parse_uuid(text);
  ASSERT_TRUE(id);
  EXPECT_EQ((*id)[0], 0x12);
  EXPECT_EQ(uuid_text(*id), text);
  EXPECT_EQ(parse_uuid("123E4567e89b12d3a456426614174000"), id);
  for (const char* bad :
       {"", "123e4567", "123e4567-e89b-12d3-a456-42661417400",
        "123e4567-e89b-12d3-a456-42661417400g", "123e4567xe89b-12d3-a456-426614174000",
        "123e4567-e89b-12d3-a456-4266141740000", "+23e4567e89b12d3a456426614174000"}) {
    EXPECT_EQ(parse_uuid(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace swim::server
