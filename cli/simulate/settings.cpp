#include "cli/simulate/settings.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <variant>

#include "cli/text/display.hpp"
#include "cli/text/duration.hpp"
#include "cli/text/nearest.hpp"

namespace swim::cli {
namespace {

using Field = std::variant<Duration Config::*, std::uint32_t Config::*, std::size_t Config::*,
                           double Config::*, bool Config::*, bool Detection::*>;

struct Known {
  const char* name;
  Field field;
};

const std::array known{
    Known{"gossip.probe-interval", &Config::probe_interval},
    Known{"gossip.probe-timeout", &Config::probe_timeout},
    Known{"gossip.probe-timeout-min", &Config::probe_timeout_min},
    Known{"gossip.probe-deadline", &Config::probe_deadline},
    Known{"gossip.indirect-probes", &Config::indirect_probes},
    Known{"gossip.stream-probes", &Config::stream_probes},
    Known{"gossip.hello-timeout", &Config::hello_timeout},
    Known{"gossip.suspicion-mult", &Config::suspicion_mult},
    Known{"gossip.suspicion-max-timeout", &Config::suspicion_max_timeout},
    Known{"gossip.suspicion-confirmations", &Config::suspicion_confirmations},
    Known{"gossip.stall-evidence", &Detection::stall_evidence},
    Known{"gossip.stall-allowance", &Config::stall_allowance},
    Known{"gossip.local-health-max", &Config::local_health_max},
    Known{"gossip.interval", &Config::gossip_interval},
    Known{"gossip.fanout", &Config::gossip_fanout},
    Known{"gossip.retransmit-mult", &Config::retransmit_mult},
    Known{"gossip.datagram-bytes", &Config::datagram_bytes},
    Known{"gossip.sync-interval", &Config::sync_interval},
    Known{"join.timeout", &Config::join_timeout},
    Known{"join.dial-timeout", &Config::dial_timeout},
    Known{"lifecycle.leave-timeout", &Config::leave_timeout},
};

template <class T>
T& value_of(Config& config, T Config::*field) {
  return config.*field;
}
bool& value_of(Config& config, bool Detection::*field) {
  return config.detection.*field;
}

tl::unexpected<Failure> wrong(std::string_view name, std::string_view value, const char* wanted) {
  return usage_error(std::string(name) + " can't be \"" + printable(value) + "\"",
                     std::string("write ") + wanted);
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

Result<> take(std::string_view name, std::string_view value, Duration& into) {
  const auto parsed = parse_duration(value);
  if (!parsed) {
    return wrong(name, value, "a number and a unit, as in 200ms or 1m30s");
  }
  into = *parsed;
  return {};
}

template <class Integer>
Result<> take(std::string_view name, std::string_view value, Integer& into) {
  const auto parsed = number<Integer>(value);
  if (!parsed) {
    return wrong(name, value, "a whole number, as in 4");
  }
  into = *parsed;
  return {};
}

Result<> take(std::string_view name, std::string_view value, double& into) {
  const auto parsed = number<double>(value);
  if (!parsed || !std::isfinite(*parsed)) {
    return wrong(name, value, "a number, as in 4 or 2.5");
  }
  into = *parsed;
  return {};
}

Result<> take(std::string_view name, std::string_view value, bool& into) {
  if (value != "true" && value != "false") {
    return wrong(name, value, "true or false");
  }
  into = value == "true";
  return {};
}

}  // namespace

std::vector<std::string> simulated_settings() {
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const Known& one : known) {
    names.emplace_back(one.name);
  }
  return names;
}

Result<> apply_setting(std::string_view assignment, Config& config) {
  const std::size_t equals = assignment.find('=');
  const std::string name(assignment.substr(0, equals));
  if (equals == std::string_view::npos) {
    return usage_error("--set " + printable(assignment) + " says no value",
                       "write NAME=VALUE, as in --set gossip.probe-interval=200ms");
  }
  const std::string_view value = assignment.substr(equals + 1);
  for (const Known& one : known) {
    if (name == one.name) {
      return std::visit([&](auto field) { return take(name, value, value_of(config, field)); },
                        one.field);
    }
  }
  const std::string near = meant(name, simulated_settings());
  return usage_error(
      printable(name) + " is no setting that a simulated member has",
      near.empty() ? "swimctl simulate --help lists them" : "did you mean " + near + "?");
}

}  // namespace swim::cli
