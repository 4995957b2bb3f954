#include "server/settings_docs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "server/settings_table.hpp"

namespace swim::server {
namespace {

using ::testing::HasSubstr;

TEST(SettingsDocs, help_and_page_name_every_setting) {
  const std::string help = settings_help();
  const std::string page = settings_markdown();
  for (const Setting& setting : settings_table()) {
    EXPECT_THAT(help, HasSubstr("--" + std::string(setting.name) + "="));
    EXPECT_THAT(page, HasSubstr("`--" + std::string(setting.name) + "`"));
  }
}

TEST(SettingsDocs, the_committed_page_is_the_present_one) {
  std::ifstream file(SWIM_SOURCE_DIR "/server/SETTINGS.md");
  std::ostringstream content;
  content << file.rdbuf();
  EXPECT_EQ(content.str(), settings_markdown())
      << "write it again: swimd --print-settings-docs > server/SETTINGS.md";
}

TEST(SettingsTable, names_are_unique_and_their_sections_known) {
  std::set<std::string_view> names;
  std::set<std::string_view> sections;
  for (const Section& section : settings_sections()) {
    sections.insert(section.name);
  }
  for (const Setting& setting : settings_table()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_TRUE(sections.contains(section_of(setting))) << setting.name;
  }
}

TEST(SettingsTable, a_value_printed_can_be_assigned_again) {
  Options options;
  options.engine = *Config::preset("lan");
  options.node.name = "n";
  options.node.labels = {{"role", "web"}};
  options.discovery.seeds = *parse_seeds({"10.0.0.1:1", "dns+a:2"});
  options.gossip.bind_address = Endpoint::v4(10, 0, 0, 1, 7946);
  options.admin.http_address.off = true;
  for (const Setting& setting : settings_table()) {
    const std::string text = value_text(setting, options);
    if (text.empty()) {
      continue;
    }
    Options copy;
    const bool many = is_list(setting) || is_map(setting);
    const auto assigned =
        assign(setting, many ? split_list(text) : std::vector<std::string>{text}, copy);
    ASSERT_TRUE(assigned) << setting.name << " " << assigned.error();
    EXPECT_EQ(value_text(setting, copy), text) << setting.name;
  }
}

}  // namespace
}  // namespace swim::server
