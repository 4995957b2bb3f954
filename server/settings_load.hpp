// Settings as people wrote them: from flags, the environment and a YAML file, merged by precedence
// (flag > environment > file > default). Nothing is interpreted here but the names: an unknown one
// is an error that names the nearest known one.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/settings_types.hpp"

namespace swim::server {

struct RawSetting {
  std::vector<std::string> items;
  std::string source;  // for messages: "--log.level", "SWIM_LOG_LEVEL", "swim.yaml:3: log.level"
};
using RawSettings = std::map<std::string, RawSetting, std::less<>>;  // by setting name

// What one source held. A source with errors still yields what was good in it.
struct LoadedSource {
  RawSettings settings;
  std::vector<std::string> errors;  // one line each, with what to do
};

struct CommandLine {
  LoadedSource source;
  bool help{};
  bool version{};
  bool print_settings_docs{};
};

// argv without the program's name.
CommandLine load_flags(const std::vector<std::string>& arguments);

using Environment = std::vector<std::pair<std::string, std::string>>;
Environment process_environment();
// Only names that start with SWIM_ are ours; those of swimctl, and the ones that Kubernetes makes
// for a Service called "swim…" (SWIM_SERVICE_HOST, SWIM_PORT_7946_TCP …) are left alone.
LoadedSource load_environment(const Environment& environment);

// `name` is for messages.
LoadedSource load_yaml(const std::string& text, const std::string& name);

// The strongest first.
RawSettings merge(std::span<const RawSettings> sources);

}  // namespace swim::server
