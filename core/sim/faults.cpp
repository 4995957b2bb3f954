#include "core/sim/faults.hpp"

#include <array>

namespace swim::sim {

std::string_view to_string(FaultKind kind) {
  static constexpr std::array<std::string_view, fault_kinds> names{
      "crash",       "lose_host",
      "move",        "mass_restart",
      "twin",        "pause",
      "stall_storm", "starve",
      "block",       "sleep",
      "wall_clock",  "drift",
      "leave",       "drain",
      "force_leave", "cut",
      "cut_one_way", "flapping_link",
      "isolate",     "isolate_in",
      "partition",   "flapping_partition",
      "clog",        "lossy_way",
      "lossy_out",   "lossy_in",
      "lossy_zone",  "loss",
      "duplicates",  "reordering",
      "corruption",  "slow_network",
      "long_tail",   "far_zones",
      "names_fail",  "broadcast",
      "send",        "send_datagram",
      "metadata",    "ping",
      "app"};
  return names[static_cast<std::size_t>(kind)];
}

std::string to_string(const Fault& fault) {
  const auto ms = [](Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) +
           " ms";
  };
  std::string text = "at " + ms(fault.at) + ": " + std::string(to_string(fault.kind)) +
                     " subject=" + std::to_string(fault.subject) +
                     " other=" + std::to_string(fault.other);
  if (fault.lasts > Duration::zero()) {
    text += " for " + ms(fault.lasts);
  }
  return text + (fault.amount != 0 ? " amount=" + std::to_string(fault.amount) : "");
}

}  // namespace swim::sim
