#include "server/options_make.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace swim::server {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

const HostFacts host{"box", "", ""};

RawSettings settings(const std::vector<std::string>& flags) {
  const auto line = load_flags(flags);
  EXPECT_TRUE(line.source.errors.empty());
  return line.source.settings;
}

SettingErrors errors_of(const std::vector<std::string>& flags) {
  const auto options = make_options(settings(flags), host);
  return options ? SettingErrors{} : options.error();
}

TEST(Options, without_any_setting_a_standalone_node_on_loopback) {
  const auto options = make_options({}, host);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->node.name, "box");
  EXPECT_EQ(options->cluster.label, "standalone");
  EXPECT_EQ(*options->gossip.bind_address, Endpoint::v4(127, 0, 0, 1, 7946));
  EXPECT_EQ(*options->admin.http_address.address, Endpoint::v4(127, 0, 0, 1, 7948));
}

TEST(Options, with_keys_a_node_listens_everywhere) {
  const auto options =
      make_options(settings({"--encryption.keyring-dir=/k", "--cluster.label=c"}), host);
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->gossip.bind_address->is_unspecified());
}

TEST(Options, keys_need_a_cluster_label) {
  EXPECT_THAT(errors_of({"--encryption.keyring-dir=/k"}),
              Contains(HasSubstr("cluster.label is not set")));
}

TEST(Options, seeds_need_a_key) {
  EXPECT_THAT(errors_of({"--discovery.seeds=10.0.0.1:7946"}),
              Contains(AllOf(HasSubstr("no key"), HasSubstr("--encryption.keyring-dir"))));
}

TEST(Options, the_name_comes_from_the_pod_where_there_is_one) {
  EXPECT_EQ(make_options({}, {"box", "web-1", "shop"})->node.name, "web-1.shop");
  EXPECT_EQ(make_options({}, {"box", "web-1", ""})->node.name, "web-1");
  EXPECT_EQ(make_options(settings({"--node.name=mine"}), {"box", "web-1", "shop"})->node.name,
            "mine");
  EXPECT_FALSE(make_options({}, {"", "", ""}));
}

TEST(Options, what_is_set_overrides_the_preset_in_any_order) {
  const auto wan = *Config::preset("wan");
  const auto options = make_options(settings({"--gossip.fanout=9", "--gossip.preset=wan"}), host);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->engine.gossip_fanout, 9U);
  EXPECT_EQ(options->engine.probe_interval, wan.probe_interval);
}

TEST(Options, an_unknown_preset_names_the_known_ones) {
  EXPECT_THAT(errors_of({"--gossip.preset=moon"}), Contains(HasSubstr("local, lan and wan")));
}

TEST(Options, errors_name_their_source) {
  EXPECT_THAT(errors_of({"--log.level=loud"}), Contains(HasSubstr("--log.level")));
}

TEST(Options, all_errors_are_told_at_once) {
  EXPECT_EQ(errors_of({"--log.level=loud", "--api.max-streams=x"}).size(), 2U);
}

TEST(Options, limits_of_names_are_checked) {
  EXPECT_THAT(errors_of({"--node.name=" + std::string(256, 'x')}),
              Contains(HasSubstr("the most is 255")));
  EXPECT_THAT(errors_of({"--node.name=a\nb"}), Contains(HasSubstr("control characters")));
  EXPECT_THAT(errors_of({"--api.max-streams=0"}), Contains(HasSubstr("api.max-streams")));
  EXPECT_THAT(errors_of({"--discovery.refresh-interval=10ms"}), Contains(HasSubstr("1s")));
}

TEST(Options, timings_that_contradict_each_other_are_refused) {
  EXPECT_FALSE(errors_of({"--gossip.probe-timeout=10s"}).empty());
}

TEST(Options, the_file_is_read_and_must_not_name_another) {
  const std::string path = ::testing::TempDir() + "options_make_test.yaml";
  std::ofstream(path) << "node: {name: from-file}\n";
  const auto line = load_flags({"--config.file=" + path});
  const auto options = load_options(line, {});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->node.name, "from-file");
  std::ofstream(path) << "config: {file: other.yaml}\n";
  const auto refused = load_options(line, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), Contains(HasSubstr("config.file")));
}

TEST(Options, an_empty_file_sets_nothing) {
  const auto options = load_options(load_flags({"--config.file=/dev/null"}), {});
  EXPECT_TRUE(options) << options.error().front();
}

TEST(Options, what_can_be_opened_but_not_read_is_an_error) {
  const auto options = load_options(load_flags({"--config.file=/"}), {});
  ASSERT_FALSE(options);
  EXPECT_THAT(options.error(), Contains(HasSubstr("config.file / can't be read")));
}

TEST(Options, a_drain_lasts_a_day_at_most) {
  EXPECT_TRUE(errors_of({"--lifecycle.drain-timeout=24h"}).empty());
  EXPECT_THAT(errors_of({"--lifecycle.drain-timeout=48h"}),
              Contains(HasSubstr("lifecycle.drain-timeout")));
}

TEST(Options, a_file_that_is_not_there_is_an_error) {
  const auto options = load_options(load_flags({"--config.file=/nowhere/swim.yaml"}), {});
  ASSERT_FALSE(options);
  EXPECT_THAT(options.error(), Contains(HasSubstr("/nowhere/swim.yaml can't be read")));
}

}  // namespace
}  // namespace swim::server
