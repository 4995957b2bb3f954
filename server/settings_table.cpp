#include "server/settings_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace swim::server {
namespace {

// One line shorter than a lambda with its return type, thirty times.
#define SWIM_FIELD(member) (+[](Options& o) -> decltype((o.member)) { return o.member; })

constexpr std::array sections{
    Section{"config", "Configuration file"},
    Section{"node", "This member"},
    Section{"cluster", "The cluster"},
    Section{"encryption", "Keys"},
    Section{"discovery", "Finding the others"},
    Section{"snapshot", "Remembering the others"},
    Section{"join", "Joining"},
    Section{"gossip", "The protocol"},
    Section{"broadcast", "Broadcasts"},
    Section{"apps", "Applications that attach"},
    Section{"api", "API for applications (gRPC)"},
    Section{"admin", "API and HTTP for operators"},
    Section{"lifecycle", "Stopping"},
    Section{"log", "Log"},
};

std::array table{
    Setting{"config.file", "YAML file with any of these settings", SWIM_FIELD(config.file)},

    Setting{"node.name", "Name of this member, unique in the cluster and the same after a restart",
            SWIM_FIELD(node.name), "$POD_NAME.$POD_NAMESPACE where set, else the host name"},
    Setting{"node.labels", "Labels that the other members see, 512 bytes encoded at most",
            SWIM_FIELD(node.labels), "", true},
    Setting{"node.zone", "Failure zone of this member, 64 bytes at most", SWIM_FIELD(node.zone)},

    Setting{"cluster.label",
            "Name of the cluster; members with another label can't read each other's packets",
            SWIM_FIELD(cluster.label),
            "needed with a keyring; a node without keyring and seeds is \"standalone\""},

    Setting{
        "encryption.keyring-dir",
        "Folder with the keys: `primary` seals, `secondary-*` only open; base64 of 32 bytes each",
        SWIM_FIELD(encryption.keyring_dir), "a generated key, for a node that nobody can join"},

    Setting{"discovery.seeds", "Members to join through: host:port, [v6]:port or dns+name:port",
            SWIM_FIELD(discovery.seeds), "", true},
    Setting{"discovery.refresh-interval",
            "How often the seeds are resolved and those that are no members contacted (± 20 %)",
            SWIM_FIELD(discovery.refresh_interval)},

    Setting{"snapshot.path",
            "File in which the addresses of the other members are kept, so that a restarted node "
            "finds them without its seeds",
            SWIM_FIELD(snapshot.path), "nowhere"},

    Setting{"join.timeout",
            "Longest time for one join; a node still alone after it is ready all the same",
            SWIM_FIELD(engine.join_timeout), "", false, true},
    Setting{"join.dial-timeout", "Longest time for a TCP connection to a member to open",
            SWIM_FIELD(engine.dial_timeout), "", false, true},

    Setting{"gossip.preset", "Timing for a kind of network: local, lan or wan",
            SWIM_FIELD(gossip.preset)},
    Setting{"gossip.bind-address", "UDP and TCP address to listen on for other members",
            SWIM_FIELD(gossip.bind_address), "0.0.0.0:7946 with a keyring, else 127.0.0.1:7946"},
    Setting{"gossip.advertise-address",
            "Address that the others are told to reach this member at; one of this host",
            SWIM_FIELD(gossip.advertise_address),
            "the bind address, or the only suitable address of this host"},
    Setting{"gossip.probe-interval", "Time between two probes of this member",
            SWIM_FIELD(engine.probe_interval), "", false, true},
    Setting{"gossip.probe-timeout", "Time for a direct answer, before others are asked to probe",
            SWIM_FIELD(engine.probe_timeout), "", false, true},
    Setting{"gossip.probe-timeout-min",
            "Shortest time for a direct answer, however short the measured round trip",
            SWIM_FIELD(engine.probe_timeout_min), "", false, true},
    Setting{"gossip.probe-deadline", "Time for a whole probe, indirect and TCP attempts included",
            SWIM_FIELD(engine.probe_deadline), "", false, true},
    Setting{"gossip.indirect-probes", "Members that are asked to probe one that doesn't answer",
            SWIM_FIELD(engine.indirect_probes), "", false, true},
    Setting{"gossip.stream-probes", "Probe by TCP too, beside the indirect probes",
            SWIM_FIELD(engine.stream_probes), "", false, true},
    Setting{"gossip.hello-timeout", "Time for the first bytes of a member on a TCP connection",
            SWIM_FIELD(engine.hello_timeout), "", false, true},
    Setting{"gossip.suspicion-mult", "Multiplier of the suspicion timeout",
            SWIM_FIELD(engine.suspicion_mult), "", false, true},
    Setting{"gossip.suspicion-max-timeout", "Longest suspicion, when nobody else confirms it",
            SWIM_FIELD(engine.suspicion_max_timeout), "", false, true},
    Setting{"gossip.suspicion-confirmations",
            "Confirmations by others that bring suspicion down to its shortest",
            SWIM_FIELD(engine.suspicion_confirmations), "", false, true},
    Setting{"gossip.stall-evidence",
            "A process that completes handshakes but says nothing is given gossip.stall-allowance; "
            "off behind a mesh whose proxies answer for it",
            SWIM_FIELD(engine.detection.stall_evidence), "", false, true},
    Setting{"gossip.stall-allowance", "How long a process may stand still and not be called failed",
            SWIM_FIELD(engine.stall_allowance), "", false, true},
    Setting{"gossip.local-health-max",
            "How far a member that is slow itself stretches its timeouts",
            SWIM_FIELD(engine.local_health_max), "", false, true},
    Setting{"gossip.interval", "Pace of gossip while there is something to tell",
            SWIM_FIELD(engine.gossip_interval), "", false, true},
    Setting{"gossip.fanout", "Members told at each of these steps",
            SWIM_FIELD(engine.gossip_fanout), "", false, true},
    Setting{"gossip.retransmit-mult", "Multiplier of how often an update is passed on",
            SWIM_FIELD(engine.retransmit_mult), "", false, true},
    Setting{"gossip.datagram-bytes", "Largest UDP payload", SWIM_FIELD(engine.datagram_bytes), "",
            false, true},
    Setting{"gossip.sync-interval", "Time between two full comparisons with a random member",
            SWIM_FIELD(engine.sync_interval), "", false, true},
    Setting{"gossip.left-retention", "How long a member that left stays listed",
            SWIM_FIELD(engine.left_retention), "", false, true},
    Setting{"gossip.failed-retention", "How long a failed member stays listed",
            SWIM_FIELD(engine.failed_retention), "", false, true},

    Setting{"broadcast.queue-limit", "Broadcasts that wait to be passed on; more are refused",
            SWIM_FIELD(engine.broadcast_lane_messages), "", false, true},
    Setting{"broadcast.queue-bytes", "The same limit in bytes",
            SWIM_FIELD(engine.broadcast_lane_bytes), "", false, true},
    Setting{"broadcast.bytes-per-second",
            "Pace at which this node sends broadcasts, copies counted; payloads that are pulled "
            "have as much again",
            SWIM_FIELD(engine.broadcast_bytes_per_second), "", false, true},
    Setting{"broadcast.direct-fanout",
            "Up to so many other members a node tells each itself; beyond, each tells some",
            SWIM_FIELD(engine.broadcast_direct_fanout), "", false, true},
    Setting{"broadcast.relay-fanout", "Members that each tells then, while there is much to say",
            SWIM_FIELD(engine.broadcast_relay_fanout), "", false, true},
    Setting{"broadcast.repair-delay",
            "How long a missing broadcast is waited for before it is asked for",
            SWIM_FIELD(engine.broadcast_repair_delay), "", false, true},
    Setting{"broadcast.repair-timeout", "How long it is asked for before its loss is announced",
            SWIM_FIELD(engine.broadcast_repair_timeout), "", false, true},
    Setting{"broadcast.retain-messages", "Broadcasts kept for members that missed them",
            SWIM_FIELD(engine.broadcast_retain_messages), "", false, true},
    Setting{"broadcast.retain-bytes", "The same limit in bytes",
            SWIM_FIELD(engine.broadcast_retain_bytes), "", false, true},
    Setting{"broadcast.retain-age", "How long one is kept at most",
            SWIM_FIELD(engine.broadcast_retain_age), "", false, true},
    Setting{
        "broadcast.reorder-limit",
        "Broadcasts that wait for missing ones before them; beyond, the oldest loss is announced",
        SWIM_FIELD(engine.broadcast_reorder_messages), "", false, true},
    Setting{"broadcast.reorder-bytes", "The same limit in bytes",
            SWIM_FIELD(engine.broadcast_reorder_bytes), "", false, true},

    Setting{"apps.debounce",
            "How long an app that was lost must be attached again before it is told to be back",
            SWIM_FIELD(engine.app_debounce), "", false, true},

    Setting{
        "api.socket", "Unix socket for applications", SWIM_FIELD(api.socket),
        "/run/swim/swim.sock, or $XDG_RUNTIME_DIR/swim/swim.sock, or /tmp/swim-<uid>/swim.sock"},
    Setting{"api.socket-mode", "File mode of that socket", SWIM_FIELD(api.socket_mode)},
    Setting{"api.max-streams",
            "Streams of applications at a time, those of Attach apart; more are refused",
            SWIM_FIELD(api.max_streams)},

    Setting{"api.remember-requests",
            "How long a request_id is remembered: a repeat of Broadcast or Send is taken once",
            SWIM_FIELD(engine.requests_remembered_for), "", false, true},
    Setting{"api.remember-requests-limit",
            "How many are, of this node's Broadcasts and of the others' Sends each",
            SWIM_FIELD(engine.requests_remembered), "", false, true},

    Setting{"admin.socket", "Unix socket for operators, mode 0600", SWIM_FIELD(admin.socket),
            "/run/swim-admin/admin.sock, or admin.sock beside the fallbacks of api.socket"},
    Setting{
        "admin.http-address",
        "Address for /metrics, /healthz, /readyz and /status, or off; to read only, but whoever "
        "reaches it sees members, labels and fingerprints of keys",
        SWIM_FIELD(admin.http_address),
        "port 7948 of the host of gossip.bind-address; with a keyring that is all interfaces"},

    Setting{"lifecycle.leave-timeout", "Longest time for the goodbye to other members",
            SWIM_FIELD(engine.leave_timeout), "", false, true},
    Setting{
        "lifecycle.drain-timeout",
        "How long a drain without a time of its own may last before silence is a failure; at most "
        "24h",
        SWIM_FIELD(engine.drain_timeout), "", false, true},

    Setting{"log.level", "debug, info, warn or error", SWIM_FIELD(log.level), "", true},
    Setting{"log.format", "logfmt or json", SWIM_FIELD(log.format)},
};

#undef SWIM_FIELD

template <class T>
Parsed<void> take(Parsed<T> parsed, T& into) {
  if (!parsed) {
    return tl::unexpected(parsed.error());
  }
  into = std::move(*parsed);
  return {};
}

template <class T>
Parsed<void> take_number(const std::string& text, T& into) {
  const auto number = parse_number(text, std::numeric_limits<T>::max());
  if (!number) {
    return tl::unexpected(number.error());
  }
  into = static_cast<T>(*number);
  return {};
}

using Items = std::vector<std::string>;

Parsed<void> parse_into(const Items& items, std::string& into) {
  into = items.front();
  return {};
}
Parsed<void> parse_into(const Items& items, bool& into) {
  return take(parse_bool(items.front()), into);
}
Parsed<void> parse_into(const Items& items, std::uint32_t& into) {
  return take_number(items.front(), into);
}
Parsed<void> parse_into(const Items& items, std::size_t& into) {
  return take_number(items.front(), into);
}
Parsed<void> parse_into(const Items& items, double& into) {
  const std::string& text = items.front();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return tl::unexpected("\"" + text + "\" is not a number, such as 4 or 2.5");
  }
  into = value;
  return {};
}
Parsed<void> parse_into(const Items& items, Duration& into) {
  return take(parse_duration(items.front()), into);
}
Parsed<void> parse_into(const Items& items, FileMode& into) {
  return take(parse_file_mode(items.front()), into);
}
Parsed<void> parse_into(const Items& items, LogLevel& into) {
  return take(parse_log_level(items.front()), into);
}
Parsed<void> parse_into(const Items& items, LogFormat& into) {
  return take(parse_log_format(items.front()), into);
}
Parsed<void> parse_into(const Items& items, std::optional<Endpoint>& into) {
  Endpoint endpoint;
  auto taken = take(parse_listen(items.front()), endpoint);
  if (taken) {
    into = endpoint;
  }
  return taken;
}
Parsed<void> parse_into(const Items& items, OptionalListen& into) {
  return take(parse_optional_listen(items.front()), into);
}
Parsed<void> parse_into(const Items& items, std::vector<SeedSpec>& into) {
  return take(parse_seeds(items), into);
}
Parsed<void> parse_into(const Items& items, wire::Labels& into) {
  return take(parse_labels(items), into);
}

std::string print(const std::string& value) {
  return value;
}
std::string print(bool value) {
  return value ? "true" : "false";
}
std::string print(std::uint32_t value) {
  return std::to_string(value);
}
std::string print(std::size_t value) {
  return std::to_string(value);
}
std::string print(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}
std::string print(Duration value) {
  return to_text(value);
}
std::string print(FileMode value) {
  return to_text(value);
}
std::string print(LogLevel value) {
  return std::string(to_text(value));
}
std::string print(LogFormat value) {
  return std::string(to_text(value));
}
std::string print(const std::optional<Endpoint>& value) {
  return value ? swim::to_string(*value) : "";
}
std::string print(const OptionalListen& value) {
  return value.off ? "off" : print(value.address);
}
std::string print(const std::vector<SeedSpec>& value) {
  std::string text;
  for (const SeedSpec& seed : value) {
    text += (text.empty() ? "" : ",") + seed.text;
  }
  return text;
}
std::string print(const wire::Labels& value) {
  std::string text;
  for (const auto& [key, label] : value) {
    text += (text.empty() ? "" : ",") + key + "=" + label;
  }
  return text;
}

// In the order of SettingField's alternatives.
constexpr std::array<std::string_view, std::variant_size_v<SettingField>> type_names{
    "TEXT",  "BOOL",   "NUMBER",  "NUMBER",         "NUMBER", "DURATION",     "MODE",
    "LEVEL", "FORMAT", "ADDRESS", "ADDRESS or off", "LIST",   "KEY=VALUE,..."};

}  // namespace

std::span<const Setting> settings_table() {
  return table;
}

std::span<const Section> settings_sections() {
  return sections;
}

const Setting* find_setting(std::string_view name) {
  const auto* const found = std::find_if(
      table.begin(), table.end(), [name](const Setting& setting) { return setting.name == name; });
  return found == table.end() ? nullptr : found;
}

std::string_view section_of(const Setting& setting) {
  return setting.name.substr(0, setting.name.find('.'));
}

std::string env_name(const Setting& setting) {
  std::string name = "SWIM_";
  for (const char c : setting.name) {
    name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : '_';
  }
  return name;
}

bool is_list(const Setting& setting) {
  return std::holds_alternative<std::vector<SeedSpec>& (*)(Options&)>(setting.field);
}

bool is_map(const Setting& setting) {
  return std::holds_alternative<wire::Labels& (*)(Options&)>(setting.field);
}

std::string_view type_name(const Setting& setting) {
  return type_names[setting.field.index()];
}

Parsed<void> assign(const Setting& setting, const std::vector<std::string>& items,
                    Options& options) {
  if (items.empty() && !is_list(setting) && !is_map(setting)) {
    return tl::unexpected(std::string("has no value"));
  }
  return std::visit([&](auto field) { return parse_into(items, field(options)); }, setting.field);
}

std::string value_text(const Setting& setting, const Options& options) {
  Options copy = options;  // the fields are reached through mutable references
  return std::visit([&](auto field) { return print(field(copy)); }, setting.field);
}

}  // namespace swim::server
