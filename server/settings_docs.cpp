#include "server/settings_docs.hpp"

#include <string_view>

#include "server/settings_table.hpp"

namespace swim::server {
namespace {

std::string default_of(const Setting& setting, std::string_view preset) {
  Options options;
  options.engine = Config::preset(preset).value_or(Config{});
  return value_text(setting, options);
}

std::string default_text(const Setting& setting) {
  if (!setting.default_note.empty()) {
    return std::string(setting.default_note);
  }
  std::string fixed = default_of(setting, "lan");
  if (setting.by_preset) {
    const auto local = default_of(setting, "local");
    const auto wan = default_of(setting, "wan");
    if (local != fixed || wan != fixed) {
      return fixed + " (local " + local + ", wan " + wan + ")";
    }
  }
  return fixed.empty() ? "none" : fixed;
}

std::string flag_text(const Setting& setting) {
  return "--" + std::string(setting.name) + "=" + std::string(type_name(setting));
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '<') {
      result += '\\';
    }
    result += c;
  }
  return result;
}

}  // namespace

std::string settings_help() {
  std::string text =
      "swimd: SWIM cluster membership as a service\n\n"
      "  swimd [--section.name=value ...]     without any: a standalone node on loopback\n"
      "  swimd --help | --version | --print-settings-docs\n\n"
      "A cluster: the same label and key everywhere, and the address of one member to begin with:\n"
      "  mkdir -p keys && swimctl keys generate --out keys/primary\n"
      "  swimd --cluster.label=prod/shop --encryption.keyring-dir=keys\n"
      "  swimd --cluster.label=prod/shop --encryption.keyring-dir=keys \\\n"
      "        --discovery.seeds=dns+swim.example.com:7946\n"
      "Then: swimctl members\n\n"
      "Each setting is also the environment variable SWIM_SECTION_NAME and the key of a YAML file\n"
      "(--config.file): flag > environment > file > default. R: taken over on reload (SIGHUP).\n";
  for (const Section& section : settings_sections()) {
    text += "\n" + std::string(section.title) + "\n";
    for (const Setting& setting : settings_table()) {
      if (section_of(setting) == section.name) {
        text += "  " + flag_text(setting) + "\n      " + std::string(setting.help) + "\n      " +
                (setting.reloadable ? "R  " : "") + "default: " + default_text(setting) + "\n";
      }
    }
  }
  text +=
      "\nDURATION: a number and a unit: 100ms, 2s, 1m30s, 24h. LIST: a,b,c, or the flag several "
      "times.\n"
      "Exit: 0 after a clean stop, 1 for a failure while running, 2 for settings that can't be "
      "used.\n";
  return text;
}

std::string settings_markdown() {
  std::string text =
      "# Settings of swimd\n\n"
      "Made from the table in `settings_table.cpp` by `swimd --print-settings-docs`; a test "
      "compares them.\n\n"
      "`--section.some-name` is also the variable `SWIM_SECTION_SOME_NAME` and the YAML key "
      "`section: {some-name: …}` of\n"
      "`--config.file`. Flag > environment > file > default. An unknown name is an error that "
      "names the nearest known one;\n"
      "in the environment the names that Kubernetes makes for Services (`SWIM_SERVICE_HOST`, "
      "`SWIM_PORT_7946_TCP` …) are left alone.\n\n"
      "Durations are a number and a unit (`100ms`, `2s`, `1m30s`, `24h`). Lists are `a,b,c`, the "
      "flag several times, or a YAML\n"
      "sequence; labels are `key=value,…` or a YAML map. Reload (R): on SIGHUP and by `swimctl "
      "reload`.\n";
  for (const Section& section : settings_sections()) {
    text += "\n## " + std::string(section.title) +
            "\n\n| setting | | default | R |\n|---|---|---|---|\n";
    for (const Setting& setting : settings_table()) {
      if (section_of(setting) == section.name) {
        text += "| `--" + std::string(setting.name) + "` " + std::string(type_name(setting)) +
                " | " + escaped(setting.help) + " | " + escaped(default_text(setting)) + " | " +
                (setting.reloadable ? "R" : "") + " |\n";
      }
    }
  }
  return text;
}

}  // namespace swim::server
