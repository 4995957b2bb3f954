#include "server/settings_load.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>

#include "server/nearest.hpp"
#include "server/settings_table.hpp"

namespace swim::server {
namespace {

std::vector<std::string> all_names(const std::function<std::string(const Setting&)>& name_of) {
  std::vector<std::string> names;
  for (const Setting& setting : settings_table()) {
    names.push_back(name_of(setting));
  }
  return names;
}

std::string flag_name(const Setting& setting) {
  return "--" + std::string(setting.name);
}

std::vector<std::string> items_of(const Setting& setting, const std::vector<std::string>& values) {
  if (!is_list(setting) && !is_map(setting)) {
    return {values.back()};
  }
  std::vector<std::string> items;
  for (const std::string& value : values) {
    for (std::string& item : split_list(value)) {
      items.push_back(std::move(item));
    }
  }
  return items;
}

void report_extras(const std::vector<std::string>& extras, std::vector<std::string>& errors) {
  auto known = all_names(flag_name);
  known.insert(known.end(), {"--help", "--version", "--print-settings-docs"});
  for (const std::string& extra : extras) {
    if (!extra.starts_with("-")) {
      continue;
    }
    const std::string flag = extra.substr(0, extra.find('='));
    errors.push_back("unknown flag " + flag + "; did you mean " + nearest(flag, known) +
                     "? (swimd --help lists all)");
  }
  if (errors.empty() && !extras.empty()) {
    errors.push_back("unexpected argument \"" + extras.front() +
                     "\"; settings are given as --section.name=value (swimd --help lists all)");
  }
}

// Kubernetes describes each Service of a namespace in the environment of its pods; one that is
// called "swim" or "swim-…" must not keep us from starting.
bool is_service_link(std::string_view name) {
  const auto ends_with = [name](std::string_view end) { return name.ends_with(end); };
  if (ends_with("_SERVICE_HOST") || ends_with("_SERVICE_PORT") || ends_with("_PORT")) {
    return true;
  }
  return name.find("_SERVICE_PORT_") != std::string_view::npos || [name] {
    const auto at = name.find("_PORT_");
    return at != std::string_view::npos && at + 6 < name.size() && name[at + 6] >= '0' &&
           name[at + 6] <= '9';
  }();
}

}  // namespace

CommandLine load_flags(const std::vector<std::string>& arguments) {
  CommandLine result;
  CLI::App app("swimd");
  app.set_help_flag();  // ours comes from the table
  app.allow_extras();
  app.add_flag("-h,--help", result.help);
  app.add_flag("-V,--version", result.version);
  app.add_flag("--print-settings-docs", result.print_settings_docs);
  std::map<std::string, std::vector<std::string>, std::less<>> values;
  for (const Setting& setting : settings_table()) {
    app.add_option(flag_name(setting), values[std::string(setting.name)])
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  try {
    // CLI11 wants them backwards.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    result.source.errors.push_back(std::string(error.what()) + " (swimd --help lists all flags)");
    return result;
  }
  report_extras(app.remaining(), result.source.errors);
  for (const Setting& setting : settings_table()) {
    const auto& given = values[std::string(setting.name)];
    if (app.count(flag_name(setting)) > 0 && !given.empty()) {
      result.source.settings[std::string(setting.name)] = {items_of(setting, given),
                                                           flag_name(setting)};
    }
  }
  return result;
}

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (const auto equals = text.find('='); equals != std::string_view::npos) {
      environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return environment;
}

LoadedSource load_environment(const Environment& environment) {
  static constexpr std::array<std::string_view, 2> swimctl{"SWIM_ENDPOINT", "SWIM_ADMIN_ENDPOINT"};
  LoadedSource result;
  const auto known = all_names(env_name);
  for (const auto& [name, value] : environment) {
    if (!name.starts_with("SWIM_") ||
        std::find(swimctl.begin(), swimctl.end(), name) != swimctl.end()) {
      continue;
    }
    const auto found = std::find(known.begin(), known.end(), name);
    if (found != known.end()) {
      const Setting& setting = settings_table()[static_cast<std::size_t>(found - known.begin())];
      result.settings[std::string(setting.name)] = {items_of(setting, {value}), name};
    } else if (!is_service_link(name)) {
      result.errors.push_back("unknown environment variable " + name + "; did you mean " +
                              nearest(name, known) + "? (swimd --help lists all)");
    }
  }
  return result;
}

RawSettings merge(std::span<const RawSettings> sources) {
  RawSettings merged;
  for (const RawSettings& source : sources) {
    merged.insert(source.begin(), source.end());
  }
  return merged;
}

}  // namespace swim::server
