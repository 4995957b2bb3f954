// Each command of the façade, its answer, and what can be read after the answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/wire/labels.hpp"
#include "tests/runtime/no_more_files.hpp"
#include "tests/runtime/support.hpp"

namespace swim::runtime::testing {
namespace {

using ::testing::HasSubstr;

Expected<JoinReport> join(const Node& node, const std::vector<std::string>& texts) {
  std::vector<SeedSpec> seeds;
  for (const std::string& text : texts) {
    seeds.push_back(seed(text));
  }
  return ask<JoinReport>([&](auto done) { return node->join(seeds, std::move(done)); });
}

TEST(Commands, JoinReportsEachAddress) {
  const Node a = start("a");
  const Node b = start("b");
  Endpoint nobody;
  { nobody = start("gone").address(); }
  const auto report = join(b, {a.seed_text(), to_string(nobody), b.seed_text()});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->accepted, 1U);
  ASSERT_EQ(report->results.size(), 3U);
  for (const SeedResult& result : report->results) {
    if (result.address == a.address()) {
      EXPECT_TRUE(result.accepted);
      EXPECT_EQ(result.member, "a");
    } else if (result.address == nobody) {
      EXPECT_EQ(result.error.code, Errc::refused);
    } else {
      EXPECT_THAT(result.text, HasSubstr("this node itself"));
    }
  }
  EXPECT_TRUE(wait_until([&] { return a.alive() == 2 && b.alive() == 2; }));
}

TEST(Commands, JoinOfNobodyThatAnswersIsAReportToo) {
  const Node a = start("a");
  Endpoint nobody;
  { nobody = start("gone").address(); }
  const auto report = join(a, {to_string(nobody)});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->accepted, 0U);
  ASSERT_EQ(report->results.size(), 1U);
  EXPECT_EQ(report->results[0].error.code, Errc::refused);
  const auto none = join(a, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::no_seeds);
}

#ifdef SWIM_NO_MORE_FILES
TEST(Commands, AJoinThatFailsForWantOfDescriptorsIsLoggedAsThatOnceAnEpisode) {
  const Node a = start("a");
  Endpoint nobody;
  { nobody = start("gone").address(); }
  const NoMoreFiles full;
  for (int i = 0; i < 3; ++i) {
    const auto report = join(a, {to_string(nobody)});
    ASSERT_TRUE(report);
    ASSERT_EQ(report->results.size(), 1U);
    EXPECT_EQ(report->results[0].error.code, Errc::unreachable);
  }
  EXPECT_EQ(a.log->count("gossip streams can't be opened"), 1U);
  EXPECT_EQ(a.log->count("raise the limit of open files"), 1U);
}
#endif

TEST(Commands, JoinResolvesNames) {
  const Node a = start("a");
  const Node b = start("b");
  const std::string name = "localhost:" + std::to_string(a.address().port);
  const auto report = join(b, {"dns+" + name, "no-such-host.invalid:1"});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->accepted, 1U);
  ASSERT_EQ(report->results.size(), 2U);
  EXPECT_THAT(report->results[0].text, HasSubstr("does not resolve"));
}

TEST(Commands, MetadataIsSeenByItsWriterAtOnceAndByAll) {
  const auto nodes = cluster(2);
  const auto before = nodes[0]->snapshot();
  const auto labels = wire::encode_labels({{"role", "db"}});
  ASSERT_TRUE(labels);
  const auto updated = ask<MemberPtr>([&](auto done) {
    return nodes[0]->update_metadata(*labels, before->local->revision, std::move(done));
  });
  ASSERT_TRUE(updated);
  EXPECT_EQ((*updated)->metadata, *labels);
  EXPECT_EQ(nodes[0]->snapshot()->local->metadata, *labels);  // read after the answer
  EXPECT_GT((*updated)->revision, before->local->revision);
  EXPECT_TRUE(wait_until([&] { return nodes[1].member("n0")->metadata == *labels; }));
  const auto stale = ask<MemberPtr>([&](auto done) {
    return nodes[0]->update_metadata(*labels, before->local->revision, std::move(done));
  });
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, Errc::revision_mismatch);
  const auto large = ask<MemberPtr>([&](auto done) {
    return nodes[0]->update_metadata(ByteVector(limits::metadata_bytes_max + 1), {},
                                     std::move(done));
  });
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Errc::too_large);
}

TEST(Commands, AnUpdateIsAnsweredWithTheWholeMemberAsItWasThen) {
  Options options = options_for("a");
  options.zone = "z1";
  const Node a = start(std::move(options));
  const Node b = start("b", {a.seed_text()});
  ASSERT_TRUE(wait_until([&] { return a.alive() == 2; }));
  ASSERT_TRUE(ask<AppId>([&](auto done) { return a->attach("shop", std::move(done)); }));
  std::vector<ByteVector> labels;
  for (const char* role : {"db", "cache", "cache"}) {
    labels.push_back(wire::encode_labels({{"role", role}}).value_or(ByteVector{}));
  }
  std::vector<MemberPtr> answers;
  std::promise<void> last;
  in_one_turn(a, [&] {
    for (const ByteVector& each : labels) {
      ASSERT_TRUE(a->update_metadata(each, {}, [&](Expected<MemberPtr> updated) {
        answers.push_back(updated.value_or(nullptr));
        if (answers.size() == labels.size()) {
          last.set_value();
        }
      }));
    }
  });
  last.get_future().wait();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i]);
    EXPECT_EQ(answers[i]->metadata, labels[i]);
    EXPECT_EQ(answers[i]->name, "a");
    EXPECT_EQ(answers[i]->address, a.address());
    EXPECT_EQ(answers[i]->zone, "z1");
    EXPECT_EQ(answers[i]->status, MemberStatus::alive);
    EXPECT_EQ(answers[i]->incarnation.boot, a->view()->boot);
    ASSERT_EQ(answers[i]->apps.size(), 1U);
    EXPECT_EQ(answers[i]->apps.begin()->name, "shop");
    EXPECT_TRUE(answers[i]->local);
  }
  EXPECT_GT(answers[1]->revision, answers[0]->revision);
  EXPECT_EQ(answers[2]->revision, answers[1]->revision) << "nothing changed";
  const auto snapshot = a->snapshot();
  EXPECT_EQ(snapshot->local->revision, answers[2]->revision);
  EXPECT_EQ(snapshot->local->incarnation, answers[2]->incarnation);
  EXPECT_EQ(snapshot->local->status_since, answers[2]->status_since);
}

TEST(Commands, DrainAndItsCancellationAreSeenByItsCallerAtOnceAndByAll) {
  const auto nodes = cluster(2);
  ASSERT_TRUE(ask<void>(
      [&](auto done) { return nodes[0]->drain(std::chrono::seconds(60), std::move(done)); }));
  EXPECT_EQ(nodes[0]->snapshot()->state, NodeState::draining);
  EXPECT_TRUE(wait_until([&] { return nodes[1].sees("n0", MemberStatus::leaving); }));
  const auto refused = ask<void>(
      [&](auto done) { return nodes[0]->broadcast("t", ByteVector{1}, "", {}, std::move(done)); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::draining);
  ASSERT_TRUE(ask<void>([&](auto done) { return nodes[0]->cancel_drain(std::move(done)); }));
  EXPECT_EQ(nodes[0]->snapshot()->state, NodeState::running);
  EXPECT_TRUE(wait_until([&] { return nodes[1].sees("n0", MemberStatus::alive); }));
}

TEST(Commands, PingMeasuresALiveMemberAndTellsErrorsApart) {
  const auto nodes = cluster(2);
  const auto ping = [&](const std::string& name) {
    return ask<Duration>([&](auto done) { return nodes[0]->ping(name, std::move(done)); });
  };
  const auto round_trip = ping("n1");
  ASSERT_TRUE(round_trip);
  EXPECT_GT(*round_trip, Duration{});
  const auto unknown = ping("n9");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::unknown_member);
}

TEST(Commands, ExplainTellsWhoAccusedAFailedMember) {
  auto nodes = cluster(3);
  nodes[2].runtime.reset();
  ASSERT_TRUE(wait_until([&] { return nodes[0].sees("n2", MemberStatus::failed); }));
  const auto explained =
      ask<Explanation>([&](auto done) { return nodes[0]->explain("n2", std::move(done)); });
  ASSERT_TRUE(explained);
  EXPECT_EQ(explained->member->name, "n2");
  EXPECT_FALSE(explained->transitions.empty());
  const auto unknown =
      ask<Explanation>([&](auto done) { return nodes[0]->explain("n9", std::move(done)); });
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::unknown_member);
}

TEST(Commands, ExplainTellsTheClaimOfAMemberAndWhenItLastAnswered) {
  const auto nodes = cluster(2);
  Explanation explained;
  ASSERT_TRUE(wait_until([&] {
    explained =
        *ask<Explanation>([&](auto done) { return nodes[0]->explain("n1", std::move(done)); });
    return explained.last_ack.has_value();
  }));
  EXPECT_EQ(explained.member->status, MemberStatus::alive);
  EXPECT_EQ(explained.member->incarnation.boot, nodes[1]->view()->boot);
  EXPECT_GE(*explained.last_ack, nodes[0]->view()->started);
}

TEST(Commands, ForceLeaveMakesAFailedMemberLeft) {
  auto nodes = cluster(3);
  nodes[2].runtime.reset();
  ASSERT_TRUE(wait_until([&] { return nodes[0].sees("n2", MemberStatus::failed); }));
  const auto forced =
      ask<bool>([&](auto done) { return nodes[0]->force_leave("n2", std::move(done)); });
  ASSERT_TRUE(forced);
  EXPECT_FALSE(*forced);
  EXPECT_TRUE(nodes[0].sees("n2", MemberStatus::left));
  EXPECT_TRUE(wait_until([&] { return nodes[1].sees("n2", MemberStatus::left); }));
}

TEST(Commands, APayloadThatIsTooLargeIsRefusedAtOnce) {
  const auto nodes = cluster(2);
  const std::size_t most = nodes[0]->view()->max_broadcast_payload;
  EXPECT_GT(most, 500U);
  EXPECT_TRUE(ask<void>([&](auto done) {
    return nodes[0]->broadcast("t", ByteVector(most), "", {}, std::move(done));
  }));
  const auto refused = ask<void>([&](auto done) {
    return nodes[0]->broadcast("t", ByteVector(2 * most), "", {}, std::move(done));
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
}

TEST(Commands, KeysRotateWithoutARestart) {
  const auto nodes = cluster(2);
  const auto rotate = [&](const crypto::Keyring& ring) {
    for (const Node& node : nodes) {
      ASSERT_TRUE(ask<void>([&](auto done) { return node->set_keyring(ring, std::move(done)); }));
    }
  };
  rotate(crypto::Keyring(key_of(7), {key_of(8)}));
  rotate(crypto::Keyring(key_of(8), {key_of(7)}));
  rotate(crypto::Keyring(key_of(8)));
  const Node late = start(options_for("late", {nodes[0].seed_text()}), crypto::Keyring(key_of(8)));
  EXPECT_TRUE(wait_until([&] { return late.alive() == 3 && nodes[0].alive() == 3; }));
}

TEST(Commands, AnOverfullMailboxRefusesAtOnceAndLosesNoAnswer) {
  const Node node = start("a");
  std::atomic<std::size_t> answers{0};
  std::size_t accepted = 0;
  in_one_turn(node, [&] {
    Errc refusal{};
    for (std::size_t i = 0; i < limits::mailbox_commands + 10; ++i) {
      const auto posted = node->explain("a", [&](Expected<Explanation>) { ++answers; });
      accepted += posted ? 1 : 0;
      refusal = posted ? refusal : posted.error().code;
    }
    EXPECT_EQ(accepted, limits::mailbox_commands);
    EXPECT_EQ(refusal, Errc::queue_full);
    EXPECT_EQ(answers, 0U);
  });
  EXPECT_TRUE(wait_until([&] { return answers == accepted; }));
  EXPECT_TRUE(wait_until([&] { return node->view()->mailbox_rejected == 10; }));
}

TEST(Commands, AfterStopTheyAreRefusedAndValuesCanStillBeRead) {
  const Node node = start("a");
  node->stop();
  node->stop();
  const auto posted = node->ping("a", [](Expected<Duration>) { ADD_FAILURE() << "answered"; });
  ASSERT_FALSE(posted);
  EXPECT_EQ(posted.error().code, Errc::not_running);
  EXPECT_TRUE(node.sees("a", MemberStatus::alive));
}

TEST(Commands, StopAnswersWhoeverStillWaits) {
  auto nodes = cluster(2);
  std::atomic<int> answers{0};
  std::atomic<int> posted{0};
  std::thread caller([&] {
    // Until the runtime says that it is over; each accepted call must be answered exactly once.
    while (nodes[0]->ping("n1", [&](Expected<Duration>) { ++answers; }).has_value()) {
      ++posted;
      std::this_thread::yield();
    }
  });
  ASSERT_TRUE(wait_until([&] { return posted > 100; }));
  // queue_full ends the caller as well; both are fine.
  nodes[0]->stop();
  caller.join();
  EXPECT_EQ(answers, posted);
}

}  // namespace
}  // namespace swim::runtime::testing
