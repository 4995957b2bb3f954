#include "server/settings_load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/settings_table.hpp"

namespace swim::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const RawSetting& of(const LoadedSource& source, const std::string& name) {
  static const RawSetting none;
  const auto found = source.settings.find(name);
  return found == source.settings.end() ? none : found->second;
}

TEST(SettingsFromFlags, take_values_with_and_without_an_equals_sign) {
  const auto line = load_flags({"--node.name=a", "--log.level", "debug"});
  EXPECT_THAT(line.source.errors, IsEmpty());
  EXPECT_THAT(of(line.source, "node.name").items, ElementsAre("a"));
  EXPECT_THAT(of(line.source, "log.level").items, ElementsAre("debug"));
  EXPECT_EQ(of(line.source, "log.level").source, "--log.level");
}

TEST(SettingsFromFlags, lists_may_be_given_several_times) {
  const auto line = load_flags({"--discovery.seeds=a:1,b:2", "--discovery.seeds=c:3"});
  EXPECT_THAT(of(line.source, "discovery.seeds").items, ElementsAre("a:1", "b:2", "c:3"));
}

TEST(SettingsFromFlags, the_last_one_wins_where_one_is_wanted) {
  const auto line = load_flags({"--node.name=a", "--node.name=b"});
  EXPECT_THAT(of(line.source, "node.name").items, ElementsAre("b"));
}

TEST(SettingsFromFlags, an_unknown_one_names_the_nearest) {
  const auto line = load_flags({"--node.nmae=a"});
  ASSERT_EQ(line.source.errors.size(), 1U);
  EXPECT_THAT(line.source.errors[0], HasSubstr("unknown flag --node.nmae"));
  EXPECT_THAT(line.source.errors[0], HasSubstr("--node.name"));
}

TEST(SettingsFromFlags, a_stray_word_is_an_error) {
  EXPECT_THAT(load_flags({"start"}).source.errors, ElementsAre(HasSubstr("\"start\"")));
}

TEST(SettingsFromFlags, a_flag_without_its_value_is_an_error) {
  EXPECT_FALSE(load_flags({"--node.name"}).source.errors.empty());
}

TEST(SettingsFromFlags, help_and_version_are_no_settings) {
  EXPECT_TRUE(load_flags({"--help"}).help);
  EXPECT_TRUE(load_flags({"-V"}).version);
  EXPECT_TRUE(load_flags({"--print-settings-docs"}).print_settings_docs);
}

TEST(SettingsFromEnvironment, every_setting_has_its_variable) {
  for (const Setting& setting : settings_table()) {
    const auto source = load_environment({{env_name(setting), "x"}});
    EXPECT_THAT(source.errors, IsEmpty()) << env_name(setting);
    EXPECT_TRUE(source.settings.contains(setting.name)) << env_name(setting);
  }
  EXPECT_EQ(env_name(*find_setting("gossip.bind-address")), "SWIM_GOSSIP_BIND_ADDRESS");
}

TEST(SettingsFromEnvironment, an_unknown_one_of_ours_names_the_nearest) {
  const auto source = load_environment({{"SWIM_LOG_LEVLE", "debug"}, {"PATH", "/bin"}});
  EXPECT_THAT(source.errors, ElementsAre(HasSubstr("SWIM_LOG_LEVEL?")));
}

TEST(SettingsFromEnvironment, names_that_kubernetes_makes_are_left_alone) {
  const auto source = load_environment({{"SWIM_SERVICE_HOST", "10.0.0.1"},
                                        {"SWIM_SERVICE_PORT_GOSSIP", "7946"},
                                        {"SWIM_PORT", "tcp://10.0.0.1:7946"},
                                        {"SWIM_PORT_7946_TCP_ADDR", "10.0.0.1"},
                                        {"SWIM_ENDPOINT", "unix:///run/swim/swim.sock"}});
  EXPECT_THAT(source.errors, IsEmpty());
  EXPECT_TRUE(source.settings.empty());
}

TEST(SettingsFromYaml, sections_hold_scalars_lists_and_maps) {
  const auto source = load_yaml(
      "node:\n  name: a\n  labels: {role: web, v: 1}\ndiscovery:\n  seeds:\n  - a:1\n  - b:2\n",
      "f.yaml");
  EXPECT_THAT(source.errors, IsEmpty());
  EXPECT_THAT(of(source, "node.name").items, ElementsAre("a"));
  EXPECT_THAT(of(source, "node.labels").items, ElementsAre("role=web", "v=1"));
  EXPECT_THAT(of(source, "discovery.seeds").items, ElementsAre("a:1", "b:2"));
  EXPECT_EQ(of(source, "node.name").source, "f.yaml:2: node.name");
}

TEST(SettingsFromYaml, an_unknown_key_names_line_and_nearest) {
  const auto source = load_yaml("log:\n  levl: debug\nnod: {name: a}\n", "f.yaml");
  EXPECT_THAT(source.errors,
              ElementsAre(AllOf(HasSubstr("f.yaml:2:"), HasSubstr("log.levl"),
                                HasSubstr("did you mean log.level?")),
                          AllOf(HasSubstr("f.yaml:3:"), HasSubstr("did you mean node?"))));
}

TEST(SettingsFromYaml, a_dotted_name_is_explained) {
  EXPECT_THAT(load_yaml("log.level: debug\n", "f.yaml").errors,
              ElementsAre(HasSubstr("log: {level: …}")));
}

TEST(SettingsFromYaml, wrong_shapes_are_errors) {
  for (const char* text : {"- a\n", "log: debug\n", "log: {level: [a]}\n", "log: {level: }\n",
                           "log: {level: a}\nlog: {level: b}\n", "a: [\n", "---\n---\n"}) {
    EXPECT_FALSE(load_yaml(text, "f.yaml").errors.empty()) << text;
  }
  EXPECT_THAT(load_yaml("", "f.yaml").errors, IsEmpty());
}

TEST(Settings, flags_beat_environment_beats_file) {
  const auto line = load_flags({"--node.name=flag"});
  const auto env = load_environment({{"SWIM_NODE_NAME", "env"}, {"SWIM_NODE_ZONE", "env"}});
  const auto file = load_yaml("node: {name: file, zone: file}\nlog: {level: warn}\n", "f.yaml");
  const std::array sources{line.source.settings, env.settings, file.settings};
  const RawSettings merged = merge(sources);
  EXPECT_THAT(merged.at("node.name").items, ElementsAre("flag"));
  EXPECT_THAT(merged.at("node.zone").items, ElementsAre("env"));
  EXPECT_THAT(merged.at("log.level").items, ElementsAre("warn"));
}

}  // namespace
}  // namespace swim::server
