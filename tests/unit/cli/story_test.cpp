// The texts that explain: explain, status, keys status, messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "cli/format/explain_text.hpp"
#include "cli/format/keys_text.hpp"
#include "cli/format/message_text.hpp"
#include "cli/format/status_text.hpp"
#include "tests/unit/cli/support.hpp"

namespace swim::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const Style plain(false);

void accuse(v1::ExplainMemberResponse& answer, const char* who, v1::Accusation::Evidence evidence,
            std::int64_t seconds) {
  auto& accusation = *answer.add_accusations();
  accusation.set_accuser(who);
  accusation.set_evidence(evidence);
  accusation.mutable_time()->set_seconds(seconds);
}

TEST(CliExplain, TellsWhoAccusedAFailedMemberAndWhatThatMeans) {
  v1::ExplainMemberResponse answer;
  *answer.mutable_member() = member("web-2", v1::MEMBER_STATUS_FAILED);
  accuse(answer, "web-1", v1::Accusation::EVIDENCE_REFUSED, 998);
  accuse(answer, "web-3", v1::Accusation::EVIDENCE_SILENT, 999);
  answer.mutable_last_ack_time()->set_seconds(996);
  answer.mutable_last_round_trip()->set_nanos(420'000);
  *answer.add_transitions() = event(v1::MemberEvent::TYPE_SUSPECTED,
                                    v1::MemberEvent::REASON_PROBE_REFUSED, answer.member());
  answer.mutable_transitions(0)->mutable_event_time()->set_seconds(997);
  *answer.add_transitions() =
      event(v1::MemberEvent::TYPE_FAILED, v1::MemberEvent::REASON_PROBE_REFUSED, answer.member());
  const std::string text = explain_text(answer, 1100s, plain);
  EXPECT_THAT(text, HasSubstr("web-2 is FAILED since "));
  EXPECT_THAT(text, HasSubstr("(1m40s ago)"));
  EXPECT_THAT(text, HasSubstr("web-1 declared it failed first: its host answers but the process"));
  EXPECT_THAT(text, HasSubstr("web-3 found so too: nothing answered"));
  EXPECT_THAT(text, HasSubstr("A refusal means that the process ended"));
  EXPECT_THAT(text, HasSubstr("in 420 µs), 1.12 s before it was suspected"));
  EXPECT_THAT(text, HasSubstr(" and declared failed 3.00 s later"));
  EXPECT_THAT(text, HasSubstr("FAILED     web-2  probe refused"));
}

std::size_t occurrences(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST(CliExplain, TellsTheDayWhereItIsNotToday) {
  v1::ExplainMemberResponse answer;
  *answer.mutable_member() = member("web-2", v1::MEMBER_STATUS_FAILED);
  accuse(answer, "web-1", v1::Accusation::EVIDENCE_REFUSED, 998);
  answer.mutable_last_ack_time()->set_seconds(996);
  for (const auto type : {v1::MemberEvent::TYPE_SUSPECTED, v1::MemberEvent::TYPE_FAILED}) {
    *answer.add_transitions() = event(type, v1::MemberEvent::REASON_PROBE_REFUSED, answer.member());
  }
  const auto dates = [&](Nanoseconds now) {
    const std::string text = explain_text(answer, now, plain);
    return occurrences(text, "1969-12-31") + occurrences(text, "1970-01-01");  // by the zone
  };
  EXPECT_EQ(dates(1100s), 0);
  EXPECT_EQ(dates(1100s + 48h), 6) << "since, accused, suspected, answered, two changes";
}

TEST(CliExplain, CountsDownForASuspect) {
  v1::ExplainMemberResponse answer;
  *answer.mutable_member() = member("web-2", v1::MEMBER_STATUS_SUSPECT);
  accuse(answer, "", v1::Accusation::EVIDENCE_STALLED, 1001);
  answer.mutable_suspicion_left()->set_nanos(350'000'000);
  const std::string text = explain_text(answer, 1002s, plain);
  EXPECT_THAT(text, HasSubstr("declared FAILED in 350 ms unless it refutes"));
  EXPECT_THAT(text, HasSubstr("Somebody accused it first"));
  EXPECT_THAT(text, HasSubstr("stopped or starved"));
  EXPECT_THAT(text, HasSubstr("never had an answer from it"));
}

TEST(CliExplain, TellsHowAMemberLeftWithoutAccusingIt) {
  v1::ExplainMemberResponse answer;
  *answer.mutable_member() = member("web-2", v1::MEMBER_STATUS_LEFT);
  answer.mutable_member()->set_left_reason(v1::LEFT_REASON_FORCED);
  accuse(answer, "web-1", v1::Accusation::EVIDENCE_UNSPECIFIED, 998);
  const std::string text = explain_text(answer, 1100s, plain);
  EXPECT_THAT(text, HasSubstr("An operator said so"));
  EXPECT_THAT(text, Not(HasSubstr("accused")));
}

TEST(CliExplain, SaysThatAllIsWell) {
  v1::ExplainMemberResponse answer;
  *answer.mutable_member() = member("web-1", v1::MEMBER_STATUS_ALIVE);
  answer.mutable_member()->set_local(true);
  const std::string text = explain_text(answer, 1002s, plain);
  EXPECT_THAT(text, HasSubstr("this node itself"));
  EXPECT_THAT(text, HasSubstr("Nobody accuses it"));
  EXPECT_THAT(text, Not(HasSubstr("never had an answer")));
}

TEST(CliStatus, ShowsWhatIsWrongWhereItIs) {
  v1::GetNodeStatusResponse status;
  *status.mutable_member() = member("web-1", v1::MEMBER_STATUS_ALIVE);
  status.set_state(v1::NODE_STATE_RUNNING);
  status.set_ready(true);
  status.set_health_score(2);
  (*status.mutable_member_counts())["ALIVE"] = 2;
  (*status.mutable_member_counts())["SUSPECT"] = 1;
  (*status.mutable_stats()->mutable_dropped())["auth"] = 12;
  (*status.mutable_stats()->mutable_dropped())["replay"] = 0;
  auto& seed = *status.add_seeds();
  seed.set_seed("10.0.0.7:7946");
  seed.set_problem("seed 10.0.0.7:7946 did not authenticate us: key or label differs");
  const std::string text = status_text(status, 1002s, plain);
  EXPECT_THAT(text, HasSubstr("RUNNING, ready"));
  EXPECT_THAT(text, HasSubstr("3 members: 2 ALIVE, 1 SUSPECT"));
  EXPECT_THAT(text, HasSubstr("2 (slow: timeouts are stretched 3-fold"));
  EXPECT_THAT(text, HasSubstr("12 auth\n"));
  EXPECT_THAT(text, HasSubstr("NOT REACHED"));
  EXPECT_THAT(text, HasSubstr("! seed 10.0.0.7:7946 did not authenticate us"));
  status.set_conflict(true);
  EXPECT_THAT(status_text(status, 1002s, plain), HasSubstr("CONFLICT"));
}

TEST(CliKeys, AdviceFitsTheRing) {
  v1::ListKeysResponse keys;
  auto& first = *keys.add_keys();
  first.set_fingerprint("aaaaaaaaaaaa");
  first.set_primary(true);
  EXPECT_THAT(keys_text(keys, plain), HasSubstr("in no file"));
  keys.set_keyring_dir("/etc/swim/keys");
  EXPECT_THAT(keys_text(keys, plain), HasSubstr("No rotation is under way"));
  EXPECT_THAT(keys_text(keys, plain), HasSubstr("/etc/swim/keys"));
  keys.add_keys()->set_fingerprint("bbbbbbbbbbbb");
  const std::string text = keys_text(keys, plain);
  EXPECT_THAT(text, HasSubstr("aaaaaaaaaaaa seals, bbbbbbbbbbbb also open"));
  EXPECT_THAT(text, HasSubstr("on every member"));
}

TEST(CliMessages, AreSafeToShowAndWholeInJson) {
  v1::ReceivedMessage message;
  message.set_origin("web-1");
  message.set_topic("t");
  message.set_payload("a\x1b[2J\n");
  message.set_broadcast(true);
  EXPECT_THAT(message_line(message, Nanoseconds{}, plain), HasSubstr("  web-1  t  a\\x1b[2J\\n"));
  EXPECT_THAT(message_json(message), HasSubstr(R"("text":"a\u001b[2J\n"})"));
  EXPECT_EQ(message_json(message).rfind(R"({"type":"MESSAGE","origin":"web-1",)", 0), 0U);
  message.set_payload("\xff");
  EXPECT_THAT(message_json(message), Not(HasSubstr("\"text\"")));
  EXPECT_THAT(message_json(message), HasSubstr(R"("payload":"/w==")"));
}

TEST(CliMessages, TellWhatWasLost) {
  v1::MessageGap gap;
  gap.set_missed(12);
  gap.set_reason(v1::MessageGap::REASON_OVERRUN);
  EXPECT_EQ(gap_text(gap), "missed 12 messages: read too slowly, or was away for too long");
  gap.set_origin("web-1");
  gap.set_first_sequence(3);
  gap.set_last_sequence(14);
  EXPECT_THAT(gap_text(gap), HasSubstr("of web-1, 3 to 14"));
  EXPECT_THAT(gap_json(gap), HasSubstr(R"({"type":"GAP","reason":"OVERRUN","missed":"12")"));
}

}  // namespace
}  // namespace swim::cli
