#include "cli/format/event_text.hpp"

#include <gtest/gtest.h>

#include "tests/unit/cli/support.hpp"

namespace swim::cli {
namespace {

const Style plain(false);
constexpr Nanoseconds today = std::chrono::seconds(1001);

std::string after_clock(const std::string& line) {
  return line.substr(std::string("00:00:00.000").size());
}

TEST(CliEvent, OneLineSaysWhatWhoAndWhy) {
  auto failed = event(v1::MemberEvent::TYPE_FAILED, v1::MemberEvent::REASON_PROBE_REFUSED,
                      member("web-2", v1::MEMBER_STATUS_FAILED));
  failed.set_previous_status(v1::MEMBER_STATUS_SUSPECT);
  failed.set_accuser("web-1");
  EXPECT_EQ(after_clock(event_line(failed, today, plain)),
            "  FAILED     web-2  probe refused, said web-1, was SUSPECT");
  const auto joined = event(v1::MemberEvent::TYPE_JOINED, v1::MemberEvent::REASON_FIRST_SEEN,
                            member("a", v1::MEMBER_STATUS_ALIVE));
  EXPECT_EQ(after_clock(event_line(joined, today, plain)),
            "  JOINED     a  first seen, at 10.0.0.1:7946");
}

TEST(CliEvent, AChangeOfAnAppNamesIt) {
  auto lost = event(v1::MemberEvent::TYPE_APP_LOST, v1::MemberEvent::REASON_APP_BROKEN,
                    member("web-2", v1::MEMBER_STATUS_ALIVE));
  lost.set_previous_status(v1::MEMBER_STATUS_ALIVE);
  lost.set_app("cache");
  EXPECT_EQ(after_clock(event_line(lost, today, plain)),
            "  APP_LOST   web-2  app cache, app broken");
  EXPECT_NE(event_line(lost, today, Style(true)).find("\x1b[31mAPP_LOST"), std::string::npos);
  EXPECT_NE(event_json(lost).find(R"("app":"cache",)"), std::string::npos);
}

TEST(CliMembers, AppsAreAColumnWhereThereAreSome) {
  MemberMap members;
  members["web-1"] = member("web-1", v1::MEMBER_STATUS_ALIVE);
  EXPECT_EQ(member_table(members, Width::narrow, {}).render(plain, true).find("APPS"),
            std::string::npos);
  for (const auto& [name, state] :
       {std::pair("cache", v1::APP_STATE_LOST), std::pair("web", v1::APP_STATE_ATTACHED)}) {
    v1::App& app = *members["web-1"].add_apps();
    app.set_name(name);
    app.set_state(state);
  }
  const std::string table = member_table(members, Width::narrow, {}).render(plain, true);
  EXPECT_NE(table.find("APPS"), std::string::npos);
  EXPECT_NE(table.find("cache (LOST),web"), std::string::npos);
}

TEST(CliEvent, ColourFollowsTheNewStatus) {
  const auto failed = event(v1::MemberEvent::TYPE_FAILED, v1::MemberEvent::REASON_ACCUSED,
                            member("a", v1::MEMBER_STATUS_FAILED));
  EXPECT_NE(event_line(failed, today, Style(true)).find("\x1b[31mFAILED"), std::string::npos);
}

TEST(CliEvent, JsonHasWhatScriptsMeasureWith) {
  auto failed = event(v1::MemberEvent::TYPE_FAILED, v1::MemberEvent::REASON_PROBE_REFUSED,
                      member("web-2", v1::MEMBER_STATUS_FAILED));
  failed.set_previous_status(v1::MEMBER_STATUS_SUSPECT);
  const std::string json = event_json(failed);
  EXPECT_EQ(json.rfind(R"({"type":"FAILED","reason":"PROBE_REFUSED","name":"web-2",)"
                       R"("previousStatus":"SUSPECT","eventTime":"1970-01-01T00:16:40.120Z",)"
                       R"("revision":"7","accuser":"","member":{"name":"web-2",)",
                       0),
            0U)
      << json;
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_NE(json.find(R"("noLongerMatches":false})"), std::string::npos) << json;
  failed.set_no_longer_matches(true);
  EXPECT_NE(event_json(failed).find(R"("noLongerMatches":true})"), std::string::npos);
}

TEST(CliEvent, ASnapshotSaysWhatIsDifferentFromBefore) {
  MemberMap before;
  before["gone"] = member("gone", v1::MEMBER_STATUS_ALIVE);
  before["same"] = member("same", v1::MEMBER_STATUS_ALIVE);
  before["sick"] = member("sick", v1::MEMBER_STATUS_ALIVE);
  before["again"] = member("again", v1::MEMBER_STATUS_ALIVE);
  MemberMap now;
  now["new"] = member("new", v1::MEMBER_STATUS_ALIVE);
  now["same"] = member("same", v1::MEMBER_STATUS_ALIVE);
  now["same"].set_revision(99);
  now["sick"] = member("sick", v1::MEMBER_STATUS_FAILED);
  now["again"] = member("again", v1::MEMBER_STATUS_ALIVE);
  now["again"].set_uid("00000000000000bb");
  const auto lines =
      snapshot_lines(v1::MemberSnapshot::REASON_RESTARTED, &before, now, "12:00:00.000", plain);
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "12:00:00.000  SNAPSHOT   4 members: 3 ALIVE, 1 FAILED  restarted",
                       "12:00:00.000  ALIVE      again  meanwhile, now another run of it",
                       "12:00:00.000  ALIVE      new  meanwhile, was not listed",
                       "12:00:00.000  FAILED     sick  meanwhile, was ALIVE",
                       "12:00:00.000  GONE       gone  meanwhile, was ALIVE"}));
  const MemberMap none;
  const auto first =
      snapshot_lines(v1::MemberSnapshot::REASON_INITIAL, &none, now, "12:00:00.000", plain);
  EXPECT_EQ(first.size(), 1U);
  const auto first_match =
      snapshot_lines(v1::MemberSnapshot::REASON_RESTARTED, &none, now, "12:00:00.000", plain);
  EXPECT_EQ(first_match.size(), 5U) << "all were known, and they were none";
}

TEST(CliEvent, ASnapshotClaimsNothingAboutWhatWasNotKnown) {
  MemberMap now;
  now["web-1"] = member("web-1", v1::MEMBER_STATUS_ALIVE);
  EXPECT_EQ(
      snapshot_lines(v1::MemberSnapshot::REASON_TOKEN_EXPIRED, nullptr, now, "12:00:00.000", plain),
      (std::vector<std::string>{"12:00:00.000  SNAPSHOT   1 member: 1 ALIVE  token expired"}));
}

TEST(CliEvent, OneOfAnotherDayHasItsDate) {
  const auto failed = event(v1::MemberEvent::TYPE_FAILED, v1::MemberEvent::REASON_ACCUSED,
                            member("a", v1::MEMBER_STATUS_FAILED));
  const std::string same_day = event_line(failed, today, plain);
  EXPECT_EQ(same_day.find_first_of('-'), std::string::npos) << same_day;
  const std::string later = event_line(failed, today + std::chrono::hours(48), plain);
  EXPECT_EQ(later.substr(later.find(' ') + 1), same_day);
}

TEST(CliMembers, TableShowsWordsAgesAndLabels) {
  MemberMap members;
  members["web-1"] = member("web-1", v1::MEMBER_STATUS_ALIVE);
  members["web-1"].set_local(true);
  (*members["web-1"].mutable_labels())["role"] = "web";
  members["web-2"] = member("web-2", v1::MEMBER_STATUS_SUSPECT);
  members["web-2"].set_address("fd00::1");
  EXPECT_EQ(member_table(members, Width::narrow, std::chrono::seconds(1090)).render(plain),
            "NAME     STATUS   ADDRESS         SINCE  LABELS\n"
            "web-1 *  ALIVE    10.0.0.1:7946   1m30s  role=web\n"
            "web-2    SUSPECT  [fd00::1]:7946  1m30s  -\n");
}

TEST(CliMembers, SummaryHasTheGoodNewsFirst) {
  EXPECT_EQ(summary(std::map<std::string, std::uint64_t>{{"FAILED", 1}, {"ALIVE", 2}, {"LEFT", 0}}),
            "3 members: 2 ALIVE, 1 FAILED");
  EXPECT_EQ(summary(MemberMap{}), "0 members");
}

}  // namespace
}  // namespace swim::cli
