// THE table of settings: flags, environment variables, YAML keys, help and documentation all come
// from it, so that none of them can drift (DESIGN §2).
//
// A setting "section.some-name" is the flag --section.some-name, the variable
// SWIM_SECTION_SOME_NAME and the YAML key `section: {some-name: …}`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/options.hpp"

namespace swim::server {

// Where a setting lives in Options; the alternative is its type.
using SettingField =
    std::variant<std::string& (*)(Options&), bool& (*)(Options&), std::uint32_t& (*)(Options&),
                 std::size_t& (*)(Options&), double& (*)(Options&), Duration& (*)(Options&),
                 FileMode& (*)(Options&), LogLevel& (*)(Options&), LogFormat& (*)(Options&),
                 std::optional<Endpoint>& (*)(Options&), OptionalListen& (*)(Options&),
                 std::vector<SeedSpec>& (*)(Options&), wire::Labels& (*)(Options&)>;

struct Setting {
  std::string_view name;
  std::string_view help;  // one sentence without the full stop
  SettingField field;
  std::string_view default_note{};  // where the default is no fixed value: how it is found
  bool reloadable{};
  bool by_preset{};  // its default comes with gossip.preset
};

struct Section {
  std::string_view name;
  std::string_view title;
};

std::span<const Setting> settings_table();
std::span<const Section> settings_sections();  // in the order of the table
const Setting* find_setting(std::string_view name);

std::string_view section_of(const Setting& setting);
std::string env_name(const Setting& setting);

bool is_list(const Setting& setting);  // takes several values: a YAML sequence or a,b,c
bool is_map(const Setting& setting);   // key=value pairs: a YAML map or a=1,b=2
std::string_view type_name(const Setting& setting);  // "DURATION", "NUMBER" …

// Takes `items` (one, unless is_list or is_map) into `options`. The error is a half sentence that
// fits behind the setting's name.
Parsed<void> assign(const Setting& setting, const std::vector<std::string>& items,
                    Options& options);
// The present value as text; empty where nothing is set.
std::string value_text(const Setting& setting, const Options& options);

}  // namespace swim::server
