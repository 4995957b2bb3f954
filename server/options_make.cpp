#include "server/options_make.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/base/limits.hpp"
#include "server/settings_table.hpp"

namespace swim::server {
namespace {

constexpr std::uint16_t gossip_port = 7946;
constexpr std::uint16_t http_port = 7948;

void assign_one(const std::string& name, const RawSetting& raw, Options& options,
                SettingErrors& errors) {
  const Setting* setting = find_setting(name);
  if (auto assigned = assign(*setting, raw.items, options); !assigned) {
    errors.push_back(raw.source + " " + assigned.error());
  }
}

// The preset first: what is set besides it overrides its values.
void apply_preset(const RawSettings& settings, Options& options, SettingErrors& errors) {
  std::string source = "gossip.preset";
  if (const auto found = settings.find("gossip.preset"); found != settings.end()) {
    assign_one(found->first, found->second, options, errors);
    source = found->second.source;
  }
  if (auto preset = Config::preset(options.gossip.preset)) {
    options.engine = *preset;
  } else {
    errors.push_back(source + " is no preset: \"" + options.gossip.preset +
                     "\"; there are local, lan and wan");
  }
}

void derive_defaults(const HostFacts& host, Options& options) {
  if (options.node.name.empty()) {
    options.node.name = host.pod_name.empty()        ? host.host_name
                        : host.pod_namespace.empty() ? host.pod_name
                                                     : host.pod_name + "." + host.pod_namespace;
  }
  const bool has_keys = !options.encryption.keyring_dir.empty();
  if (options.cluster.label.empty() && !has_keys) {
    options.cluster.label = "standalone";
  }
  if (!options.gossip.bind_address) {
    options.gossip.bind_address =
        has_keys ? Endpoint::v4(0, 0, 0, 0, gossip_port) : Endpoint::v4(127, 0, 0, 1, gossip_port);
  }
  if (!options.admin.http_address.off && !options.admin.http_address.address) {
    Endpoint http = *options.gossip.bind_address;
    http.port = http_port;
    options.admin.http_address.address = http;
  }
}

bool has_control_characters(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

void check_text(const char* name, const std::string& value, std::size_t max,
                SettingErrors& errors) {
  if (value.size() > max) {
    errors.push_back(std::string(name) + " is " + std::to_string(value.size()) +
                     " bytes long; the most is " + std::to_string(max));
  }
  if (has_control_characters(value)) {
    errors.push_back(std::string(name) + " holds control characters; remove them");
  }
}

void check(const Options& options, SettingErrors& errors) {
  check_text("node.name", options.node.name, limits::name_bytes_max, errors);
  check_text("node.zone", options.node.zone, limits::zone_bytes_max, errors);
  check_text("cluster.label", options.cluster.label, limits::label_bytes_max, errors);
  if (options.node.name.empty()) {
    errors.emplace_back("node.name is empty and the host has no name; set --node.name");
  }
  if (options.encryption.keyring_dir.empty() && !options.discovery.seeds.empty()) {
    errors.emplace_back(
        "discovery.seeds is set, but there is no key to talk to them with; set "
        "--encryption.keyring-dir to a folder with the file `primary` (swimctl keys generate "
        "makes a key)");
  } else if (options.cluster.label.empty()) {
    errors.emplace_back(
        "cluster.label is not set; give every member of this cluster the same name, as in "
        "--cluster.label=prod/shop: it keeps clusters apart that meet by mistake");
  }
  if (options.api.max_streams == 0) {
    errors.emplace_back("api.max-streams is 0; allow at least 1");
  }
  if (options.discovery.refresh_interval < std::chrono::seconds(1)) {
    errors.emplace_back("discovery.refresh-interval is " +
                        to_text(options.discovery.refresh_interval) + "; the least is 1s");
  }
  if (const auto valid = validate(options.engine); !valid) {
    errors.emplace_back(valid.error().what.empty() ? to_string(valid.error().code)
                                                   : valid.error().what);
  }
}

Parsed<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (file.is_open() && file.peek() == std::ifstream::traits_type::eof() && !file.bad()) {
    return std::string();  // of which the copy below would say that it failed
  }
  std::ostringstream content;
  if (!file || !(content << file.rdbuf())) {
    return tl::unexpected("config.file " + path +
                          " can't be read; check the path and its permissions");
  }
  return content.str();
}

}  // namespace

HostFacts host_facts() {
  HostFacts facts;
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) == 0) {
    facts.host_name = name.data();
  }
  const auto variable = [](const char* key) -> std::string {
    const char* value = std::getenv(key);
    return value == nullptr ? "" : value;
  };
  facts.pod_name = variable("POD_NAME");
  facts.pod_namespace = variable("POD_NAMESPACE");
  return facts;
}

tl::expected<Options, SettingErrors> make_options(const RawSettings& settings,
                                                  const HostFacts& host) {
  Options options;
  SettingErrors errors;
  apply_preset(settings, options, errors);
  for (const auto& [name, raw] : settings) {
    if (name != "gossip.preset") {
      assign_one(name, raw, options, errors);
    }
  }
  if (errors.empty()) {
    derive_defaults(host, options);
    check(options, errors);
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return options;
}

tl::expected<Options, SettingErrors> load_options(const CommandLine& command_line,
                                                  const Environment& environment) {
  LoadedSource env = load_environment(environment);
  SettingErrors errors = command_line.source.errors;
  errors.insert(errors.end(), env.errors.begin(), env.errors.end());
  std::array sources{command_line.source.settings, std::move(env.settings), RawSettings{}};
  const RawSettings without_file = merge(sources);
  if (const auto found = without_file.find("config.file");
      found != without_file.end() && !found->second.items.front().empty()) {
    const std::string& path = found->second.items.front();
    if (const auto text = read_file(path)) {
      LoadedSource file = load_yaml(*text, path);
      errors.insert(errors.end(), file.errors.begin(), file.errors.end());
      sources[2] = std::move(file.settings);
    } else {
      errors.push_back(text.error());
    }
  }
  if (sources[2].contains("config.file")) {
    errors.push_back(sources[2].find("config.file")->second.source +
                     " can't be set in the file itself; remove it");
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return make_options(merge(sources), host_facts());
}

}  // namespace swim::server
