#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <utility>
#include <variant>
#include <vector>

#include "core/wire/native/tags.hpp"
#include "server/metrics_collector.hpp"
#include "tests/unit/server/metrics_look.hpp"

namespace swim::server {
namespace {

using testing::full_look;
using testing::LookMade;

// "name{labels}" → value, as in the exposition.
std::map<std::string, std::string> samples(const std::string& text) {
  std::map<std::string, std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != '#') {
      const std::size_t space = line.rfind(' ');
      EXPECT_TRUE(found.emplace(line.substr(0, space), line.substr(space + 1)).second)
          << "twice: " << line;
    }
  }
  return found;
}

void expect_sample(const std::map<std::string, std::string>& all, const std::string& series,
                   const std::string& value) {
  const auto found = all.find(series);
  ASSERT_NE(found, all.end()) << series;
  EXPECT_EQ(found->second, value) << series;
}

TEST(Metrics, CountsMembersByStatus) {
  LookMade made;
  made.snapshot.members.push_back(testing::member("web-3", MemberStatus::failed));
  const auto all = samples(metrics_text(made.make()));
  expect_sample(all, R"(swim_members{status="alive",swim_cluster="prod/app"})", "3");
  expect_sample(all, R"(swim_members{status="failed",swim_cluster="prod/app"})", "1");
  expect_sample(all, R"(swim_members{status="left",swim_cluster="prod/app"})", "0");
}

TEST(Metrics, NamesEachReasonOfADrop) {
  const auto all = samples(metrics_text(full_look()));
  expect_sample(all, R"(swim_packets_dropped_total{reason="auth"})", "26");  // 11 and 15
  expect_sample(all, R"(swim_packets_dropped_total{reason="malformed"})", "12");
  expect_sample(all, R"(swim_packets_dropped_total{reason="replay"})", "14");
  expect_sample(all, R"(swim_packets_dropped_total{reason="stranger"})", "18");
  expect_sample(all, R"(swim_packets_dropped_total{reason="truncated"})", "82");
  expect_sample(all, "swim_unknown_key_drops_total", "15");
  EXPECT_FALSE(all.contains(R"(swim_packets_dropped_total{reason="unknown_key"})"));
  expect_sample(all, "swim_socket_receive_drops_total", "81");
}

TEST(Metrics, TellsStateAndIdentity) {
  const auto all = samples(metrics_text(full_look()));
  expect_sample(all, R"(swim_node_state{state="running"})", "1");
  expect_sample(all, R"(swim_node_state{state="joining"})", "0");
  expect_sample(all, R"(swim_build_info{version="1.2.3",revision="abc123"})", "1");
  expect_sample(all, R"(swim_node_info{member="web-0",swim_cluster="prod/app"})", "1");
  expect_sample(all, R"(swim_keyring_info{fingerprint="1f2e3d4c5b6a",role="primary"})", "1");
  expect_sample(all, "swim_keyring_keys", "2");
  expect_sample(all, "swim_node_displaced", "0");
}

TEST(Metrics, TakesTheProtocolsCounters) {
  const auto all = samples(metrics_text(full_look()));
  expect_sample(all, R"(swim_probes_total{kind="direct",result="acked"})", "31");
  expect_sample(all, R"(swim_probes_total{kind="indirect",result="acked"})", "32");
  expect_sample(all, R"(swim_probes_total{kind="stream",result="acked"})", "33");
  expect_sample(all, R"(swim_probes_total{kind="all",result="failed"})", "34");
  expect_sample(all, "swim_pings_repeated_total", "35");
  expect_sample(all, "swim_missed_answers_ratio", "0.36");
  expect_sample(all, "swim_probe_rtt_seconds_sum", "2.5");
  expect_sample(all, "swim_probe_rtt_seconds_count", "5");
  expect_sample(all, R"(swim_member_events_total{type="replaced"})", "41");
  expect_sample(all, R"(swim_suspicions_total{outcome="refuted"})", "51");
  expect_sample(all, R"(swim_suspicions_total{outcome="confirmed"})", "52");
  expect_sample(all, R"(swim_broadcast_queue_messages{queue="member"})", "61");
  expect_sample(all, R"(swim_broadcast_queue_messages{queue="user"})", "62");
  expect_sample(all, R"(swim_messages_received_total{type="ping"})", "21");
  expect_sample(all, R"(swim_messages_received_total{type="send_reply"})", "22");
  expect_sample(all, R"(swim_sent_bytes_total{transport="udp"})", "1002");
  expect_sample(all, R"(swim_sent_bytes_total{transport="tcp"})", "1003");
  expect_sample(all, R"(swim_decryptions_total{key="secondary"})", "71");
}

template <std::size_t... I>
std::vector<wire::Tag> tags_of_all_messages(std::index_sequence<I...>) {
  return {wire::tag_of<std::variant_alternative_t<I, wire::Message>>...};
}

TEST(Metrics, CountsMessagesOfEveryType) {
  LookMade made;
  std::multiset<std::string> counted;
  for (const wire::Tag tag :
       tags_of_all_messages(std::make_index_sequence<std::variant_size_v<wire::Message>>{})) {
    const auto index = static_cast<std::size_t>(tag);
    made.view.stats.messages_received.at(index) = 1000 + index;
    counted.insert(std::to_string(1000 + index));
  }
  std::multiset<std::string> told;
  for (const auto& [series, value] : samples(metrics_text(made.make()))) {
    if (series.starts_with("swim_messages_received_total{")) {
      told.insert(value);
    }
  }
  EXPECT_EQ(told, counted);
}

TEST(Metrics, TakesTheServersFacts) {
  const auto all = samples(metrics_text(full_look()));
  const std::string rpc =
      R"(grpc_type="unary",grpc_service="swim.v1.MembershipService",grpc_method="GetMember")";
  expect_sample(all, "grpc_server_started_total{" + rpc + "}", "9");
  expect_sample(all, "grpc_server_handled_total{" + rpc + R"(,grpc_code="NotFound"})", "2");
  expect_sample(all, R"(swim_watchers{rpc="WatchMembers"})", "4");
  expect_sample(all, R"(swim_watchers{rpc="Subscribe"})", "5");
  expect_sample(all, "swim_api_connections_refused_total", "7");
  expect_sample(all, R"(swim_watch_resyncs_total{reason="overflow"})", "6");
  expect_sample(all, R"(swim_log_messages_total{level="error"})", "4");
  expect_sample(all, "swim_config_last_reload_successful", "1");
  expect_sample(all, "swim_event_loop_lag_max_seconds", "0.25");
  expect_sample(all, "swim_buffer_pool_gets_total", "93");
  expect_sample(all, "process_open_fds", "12");
  expect_sample(all, "process_start_time_seconds", "1764000000.25");
  expect_sample(all, "swim_cgroup_cpu_throttled_seconds_total", "2.5");
  expect_sample(all, "swim_cgroup_cpu_throttled_periods_total", "7");
}

TEST(Metrics, CountsAppsByStateAndTheirLosses) {
  LookMade made;
  made.view.stats.apps_attached = 2;
  made.view.stats.apps_lost = 1;
  made.view.stats.app_losses = 7;
  made.view.stats.events.at(static_cast<std::size_t>(EventType::app_lost)) = 5;
  const auto all = samples(metrics_text(made.make()));
  expect_sample(all, R"(swim_apps{state="attached"})", "2");
  expect_sample(all, R"(swim_apps{state="lost"})", "1");
  expect_sample(all, "swim_app_losses_total", "7");
  expect_sample(all, R"(swim_member_events_total{type="app_lost"})", "5");
}

TEST(Metrics, LeavesOutWhatTheMachineDoesNotTell) {
  LookMade made;
  made.view.joined.reset();
  const std::string text = metrics_text(made.make());
  EXPECT_EQ(text.find("swim_cgroup_"), std::string::npos);
  EXPECT_EQ(text.find("process_"), std::string::npos);
  EXPECT_EQ(text.find("swim_last_join_success"), std::string::npos);
}

TEST(Metrics, NoLabelHoldsAMembersNameButTheInfoOfThisNode) {
  Look look = full_look();
  look.events = {testing::event(EventType::failed, "web-1", 4)};
  std::set<std::string> with_names;
  for (const auto& family : MetricsCollector(look).Collect()) {
    for (const auto& metric : family.metric) {
      for (const auto& label : metric.label) {
        if (label.value.find("web-") != std::string::npos) {
          with_names.insert(family.name);
        }
      }
    }
  }
  EXPECT_EQ(with_names, std::set<std::string>{"swim_node_info"});
}

TEST(Metrics, TheNumberOfSeriesDoesNotGrowWithTheCluster) {
  LookMade made;
  const std::size_t few = samples(metrics_text(made.make())).size();
  for (int i = 3; i < 300; ++i) {
    made.snapshot.members.push_back(
        testing::member("web-" + std::to_string(i), MemberStatus::alive));
  }
  EXPECT_EQ(samples(metrics_text(made.make())).size(), few);
}

TEST(Metrics, AHostileClusterLabelStaysInsideItsQuotes) {
  LookMade made;
  made.look.cluster_label = "a\"} 1\nevil 1\n\\\xFF";
  const std::string text = metrics_text(made.make());
  EXPECT_EQ(text.find("\nevil"), std::string::npos);
  EXPECT_NE(text.find("swim_cluster=\"a\\\"} 1\\nevil 1\\n\\\\\xEF\xBF\xBD\""), std::string::npos)
      << text.substr(0, 600);
}

TEST(Metrics, EveryFamilyHasAHelpAndItsOwnName) {
  std::set<std::string> names;
  const Look look = full_look();
  for (const auto& family : MetricsCollector(look).Collect()) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
    EXPECT_GT(family.help.size(), 8U) << family.name;
    EXPECT_EQ(family.help.back(), '.') << family.name;
  }
}

TEST(Metrics, TheSettingsHashFollowsTheSettings) {
  LookMade made;
  const auto hash = [&] { return samples(metrics_text(made.make())).at("swim_config_hash"); };
  const std::string before = hash();
  EXPECT_EQ(hash(), before);
  made.look.facts.settings.back().second = "debug";
  EXPECT_NE(hash(), before);
}

}  // namespace
}  // namespace swim::server
