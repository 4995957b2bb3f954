#include "server/status_page.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/server/http_look.hpp"

namespace swim::server {
namespace {

using testing::LookMade;

constexpr const char* not_authenticated =
    "seed 10.0.0.7:7946 did not authenticate us: key (fingerprint 1f2e3d4c5b6a) or label "
    "(prod/app) differs";

Finding first(const LookMade& made) {
  return find_concerns(made.make()).front();
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(StatusConcerns, AllIsWell) {
  LookMade made;
  EXPECT_EQ(first(made).concern, Concern::none);
  EXPECT_EQ(first(made).text,
            "All is well: 3 members are alive, and none has failed or is suspected.");
  made.snapshot.members.resize(1);
  EXPECT_EQ(first(made).text, "All is well: this node is the only member of its cluster.");
}

TEST(StatusConcerns, ASeedThatDoesNotAuthenticateUsComesFirstWithTheCure) {
  LookMade made;
  made.snapshot.state = NodeState::joining;
  made.view.joined.reset();
  made.view.seeds.front().reached = false;
  made.view.seeds.front().problem = not_authenticated;
  EXPECT_EQ(first(made).concern, Concern::problem);
  EXPECT_TRUE(says(first(made).text, not_authenticated)) << first(made).text;
  EXPECT_TRUE(says(first(made).advice, "encryption.keyring-dir"));
  EXPECT_TRUE(says(first(made).advice, "cluster.label"));
  // Also after the node became the first of its own cluster.
  made.snapshot.state = NodeState::running;
  EXPECT_EQ(first(made).concern, Concern::problem);
  EXPECT_TRUE(says(first(made).text, not_authenticated)) << first(made).text;
}

TEST(StatusConcerns, JoiningIsNoProblemAtFirst) {
  LookMade made;
  made.snapshot.state = NodeState::joining;
  made.view.joined.reset();
  made.look.uptime = std::chrono::seconds(1);
  EXPECT_EQ(first(made).concern, Concern::note);
  made.look.uptime = std::chrono::seconds(6);
  EXPECT_EQ(first(made).concern, Concern::problem);
  EXPECT_TRUE(says(first(made).advice, "discovery.seeds"));
}

TEST(StatusConcerns, ADeadSeedOfAClusterThatIsThereIsANote) {
  LookMade made;
  made.view.seeds.push_back({"10.9.9.9:7946", {}, false, "seed 10.9.9.9:7946 refused", {}});
  const auto found = find_concerns(made.make());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].text,
            "Nothing is broken: 3 members are alive; but there is something to know.");
  EXPECT_EQ(found[1].concern, Concern::note);
  EXPECT_TRUE(says(found[1].text, "10.9.9.9:7946"));
}

TEST(StatusConcerns, NamesTheFailedMembersAndWhatToDo) {
  LookMade made;
  made.snapshot.members.push_back(testing::member("web-3", MemberStatus::failed));
  EXPECT_EQ(first(made).concern, Concern::problem);
  EXPECT_EQ(first(made).text, "1 member has FAILED: web-3.");
  EXPECT_TRUE(says(first(made).advice, "swimctl explain web-3"));
  for (int i = 4; i < 12; ++i) {
    made.snapshot.members.push_back(
        testing::member("web-" + std::to_string(i), MemberStatus::failed));
  }
  EXPECT_EQ(first(made).text,
            "9 members have FAILED: web-3, web-4, web-5, web-6, web-7 and 4 more.");
}

TEST(StatusConcerns, AnAppThatIsLostIsAProblemBesideItsDaemonAndANoteElsewhere) {
  LookMade made;
  made.snapshot.members[1] = testing::with_apps(made.snapshot.members[1], {{"api", false, 1}});
  EXPECT_TRUE(says(first(made).text, "All is well"));
  made.snapshot.members[1] =
      testing::with_apps(made.snapshot.members[1], {{"api", true, 2}, {"web", true, 1}});
  ASSERT_EQ(find_concerns(made.make()).size(), 2U);
  EXPECT_EQ(find_concerns(made.make())[1].concern, Concern::note);
  EXPECT_EQ(find_concerns(made.make())[1].text,
            "2 apps are lost at other members: api of web-1, web of web-1.");
  made.snapshot.members[0] = testing::with_apps(made.snapshot.members[0], {{"api", true, 1}});
  EXPECT_EQ(first(made).concern, Concern::problem);
  EXPECT_EQ(first(made).text,
            "The stream of 1 app beside this node broke without a goodbye: api of web-0.");
}

TEST(StatusConcerns, EachStateOfThisNodeHasItsSentence) {
  LookMade made;
  made.snapshot.state = NodeState::left;
  EXPECT_EQ(first(made).text, "This node has left the cluster.");
  made.snapshot.state = NodeState::draining;
  ASSERT_EQ(find_concerns(made.make()).size(), 2U);
  EXPECT_TRUE(says(find_concerns(made.make())[1].text, "is draining"));
  made.snapshot.conflict = true;
  EXPECT_TRUE(says(first(made).text, "Another, later process runs as web-0"));
  made.look.stalled = std::chrono::seconds(23);
  EXPECT_TRUE(says(first(made).text, "has not moved for 23s")) << first(made).text;
}

TEST(StatusConcerns, TellsOfSuspectsLoadStrangersAndReloads) {
  const auto only = [](const LookMade& made) {
    const auto found = find_concerns(made.make());
    // Before a note comes the word that nothing is broken.
    EXPECT_EQ(found.size(), found.back().concern == Concern::problem ? 1U : 2U);
    return found.back().text;
  };
  LookMade suspect;
  suspect.snapshot.members.push_back(testing::member("web-3", MemberStatus::suspect));
  EXPECT_TRUE(says(only(suspect), "web-3"));
  LookMade slow;
  slow.snapshot.local_health = 5;
  slow.look.process.throttling = CpuThrottling{1.0, 10, 4};
  EXPECT_TRUE(says(only(slow), "health score 5"));
  EXPECT_TRUE(says(only(slow), "CPU limit has stopped it in 4 periods"));
  LookMade strangers;
  strangers.look.auth_drops_last_minute = 12;
  EXPECT_TRUE(says(only(strangers), "12 packets and streams"));
  LookMade reload;
  reload.look.facts.last_reload_successful = false;
  EXPECT_TRUE(says(only(reload), "could not be loaded"));
  LookMade overflow;
  overflow.view.receive_overflows = 9;
  EXPECT_TRUE(says(only(overflow), "9 packets"));
}

TEST(StatusConcerns, TheWorstComesFirst) {
  LookMade made;
  made.snapshot.members.push_back(testing::member("web-3", MemberStatus::suspect));
  made.look.auth_drops_last_minute = 1;
  made.look.facts.last_reload_successful = false;
  const auto found = find_concerns(made.make());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].concern, Concern::problem);
  EXPECT_EQ(found[1].concern, Concern::note);
}

TEST(StatusJson, HasEverythingThatTheNodeKnows) {
  LookMade made;
  made.snapshot.members.push_back(testing::member("web-3", MemberStatus::failed));
  made.view.stats.dropped[static_cast<std::size_t>(DropReason::auth)] = 42;
  made.view.stats.broadcasts_queued = 8;
  made.view.seeds.front().problem = not_authenticated;
  made.look.events = {testing::event(EventType::failed, "web-3", 4)};
  const auto json = nlohmann::json::parse(status_json(made.make()));
  EXPECT_EQ(json["node"]["name"], "web-0");
  EXPECT_EQ(json["node"]["state"], "RUNNING");
  EXPECT_EQ(json["node"]["boot"], "0123456789abcdef");
  EXPECT_EQ(json["node"]["cluster"], "prod/app");
  EXPECT_EQ(json["node"]["advertised"], "10.0.0.7:7946");
  ASSERT_EQ(json["members"].size(), 4U);
  EXPECT_EQ(json["members"][3]["name"], "web-3");
  EXPECT_EQ(json["members"][3]["status"], "FAILED");
  EXPECT_EQ(json["members"][3]["labels"]["role"], "worker");
  EXPECT_EQ(json["members"][3]["incarnation"]["boot"], "fedcba9876543210");
  EXPECT_EQ(json["seeds"][0]["problem"], not_authenticated);
  EXPECT_EQ(json["keys"][0]["fingerprint"], "1f2e3d4c5b6a");
  EXPECT_EQ(json["queues"]["broadcasts"], 8);
  EXPECT_EQ(json["drops"]["auth"], 42);
  EXPECT_EQ(json["events"][0]["type"], "FAILED");
  EXPECT_EQ(json["events"][0]["reason"], "PROBE_REFUSED");
  EXPECT_EQ(json["events"][0]["accuser"], "web-2");
  EXPECT_EQ(json["settings"]["cluster.label"], "prod/app");
  EXPECT_EQ(json["health"]["ready"], true);
  EXPECT_EQ(json["health"]["findings"][0]["concern"], "problem");
}

TEST(StatusJson, IsJsonWhateverTheNames) {
  LookMade made;
  made.snapshot.members.push_back(testing::member("a\"\\\n\xFF</script>", MemberStatus::alive));
  made.look.cluster_label = "\xC3";
  EXPECT_TRUE(nlohmann::json::accept(status_json(made.make())));
}

TEST(StatusHtml, BeginsWithTheSentence) {
  LookMade made;
  const std::string page = status_html(made.make(), false);
  const std::size_t sentence = page.find("All is well: 3 members are alive");
  ASSERT_NE(sentence, std::string::npos);
  EXPECT_LT(sentence, page.find("<table>"));
}

TEST(StatusHtml, EscapesWhateverOthersChose) {
  const std::string evil = "<img src=x onerror=alert(1)>\"'&";
  LookMade made;
  made.snapshot.members.push_back(testing::member(evil, MemberStatus::failed));
  made.view.seeds.push_back({evil, {}, false, evil, testing::noon});
  made.look.events = {testing::event(EventType::failed, evil, 4)};
  made.look.events.back().accuser = evil;
  made.look.node_name = made.look.cluster_label = evil;
  made.look.facts.settings = {{evil, evil}};
  made.look.facts.keys = {{evil, evil}};
  made.look.facts.version = evil;
  const std::string page = status_html(made.make(), true);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("onerror=alert(1)>"), std::string::npos);
  EXPECT_NE(page.find("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"), std::string::npos);
}

TEST(StatusHtml, ShowsSeedsKeysEventsAndSettings) {
  LookMade made;
  made.view.seeds.front().problem = not_authenticated;
  made.look.events = {testing::event(EventType::failed, "web-3", 4)};
  const std::string page = status_html(made.make(), false);
  for (const char* part : {not_authenticated, "1f2e3d4c5b6a", "PROBE_REFUSED", "log.level",
                           "role=worker", "dns+gossip.prod:7946", "1.2.3 abc123"}) {
    EXPECT_TRUE(says(page, part)) << part;
  }
}

TEST(StatusHtml, ShowsTheAppsOfAMember) {
  LookMade made;
  made.snapshot.members[1] =
      testing::with_apps(made.snapshot.members[1], {{"api", false, 0}, {"web", true, 1}});
  EXPECT_TRUE(says(status_html(made.make(), false), "api web (LOST)"));
  const auto json = nlohmann::json::parse(status_json(made.make()));
  EXPECT_EQ(
      json["members"][1]["apps"],
      nlohmann::json::parse(R"([{"name": "api", "lost": false}, {"name": "web", "lost": true}])"));
}

TEST(StatusHtml, NeedsNoScriptAndNothingFromElsewhere) {
  const std::string page = status_html(LookMade().make(), false);
  for (const char* part : {"<script", "<link", "src=", "@import", "url(", "http://", "https://"}) {
    EXPECT_FALSE(says(page, part)) << part;
  }
  EXPECT_FALSE(says(page, "http-equiv=\"refresh\""));
  EXPECT_TRUE(says(status_html(LookMade().make(), true), "http-equiv=\"refresh\""));
}

TEST(StatusHtml, PutsTheMembersThatNeedCareFirst) {
  LookMade made;
  made.snapshot.members.push_back(testing::member("zebra", MemberStatus::failed));
  const std::string page = status_html(made.make(), false);
  const std::size_t table = page.find("<h2>Members");
  EXPECT_LT(page.find("zebra", table), page.find("web-0", table));
}

TEST(StatusHtml, ABigClusterStillMakesASmallPage) {
  LookMade made;
  for (int i = 0; i < 5000; ++i) {
    made.snapshot.members.push_back(
        testing::member("node-" + std::to_string(i), MemberStatus::alive));
  }
  const std::string page = status_html(made.make(), false);
  EXPECT_TRUE(says(page, "4003 more are in"));
  EXPECT_LT(page.size(), 400'000U);
}

}  // namespace
}  // namespace swim::server
