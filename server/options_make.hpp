// From settings as written to typed, checked options.
#pragma once

#include <string>
#include <vector>

#include "server/options.hpp"
#include "server/settings_load.hpp"

namespace swim::server {

// One line each, with what to do. Never empty.
using SettingErrors = std::vector<std::string>;

// What a node knows about its host, for defaults.
struct HostFacts {
  std::string host_name;
  std::string pod_name;       // $POD_NAME
  std::string pod_namespace;  // $POD_NAMESPACE
};
HostFacts host_facts();

// Defaults, then the preset, then what was set; derived defaults; checks of single values and of
// combinations. Reads no file and no socket.
tl::expected<Options, SettingErrors> make_options(const RawSettings& settings,
                                                  const HostFacts& host);

// All sources together, the file that they name included: what main() and a reload call.
tl::expected<Options, SettingErrors> load_options(const CommandLine& command_line,
                                                  const Environment& environment);

}  // namespace swim::server
