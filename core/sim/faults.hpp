// What goes wrong in a world, as data: a schedule can be printed, replayed and made smaller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.hpp"
#include "core/sim/types.hpp"

namespace swim::sim {

// `subject`, `other`: nodes, taken modulo the number of nodes. `lasts`: undone after it, zero =
// never. A fault that makes no sense when its time comes (a crash of a node that is down) does
// nothing and is not counted.
enum class FaultKind : std::uint8_t {
  // Processes and machines.
  crash,      // the process of `subject` is gone, its host answers; `lasts`: until it starts again
  lose_host,  // the host of `subject` is gone with it
  move,       // crash, and the new run has another address
  mass_restart,  // all crash and start again within `lasts`; `amount` is the seed of when
  twin,          // another process with the name of `subject`, elsewhere
  pause,         // the process stands still
  stall_storm,   // `amount` processes in a row from `subject`, together
  starve,        // it reads up to `amount` milliseconds late, and its timers are punctual
  block,         // its sends and reads wait, its timers run
  sleep,         // the machine sleeps, steady clock included
  wall_clock,    // of `subject` jumps by `amount` seconds, odd ones backwards
  drift,         // the wall clock of `subject` goes `amount` ppm fast, odd ones slow
  leave,         // `subject` says goodbye and ends; `lasts`: until it starts again
  drain,         // `subject` drains; `lasts`: until cancelled
  force_leave,   // `subject` declares `other` LEFT
  // The network.
  cut,                 // `subject` and `other` don't reach each other
  cut_one_way,         // from `subject` to `other`
  flapping_link,       // `cut`, taken back and done again every `amount` milliseconds
  isolate,             // `subject` from all
  isolate_in,          // nothing reaches `subject`, what it sends arrives
  partition,           // two sides; `amount` is the seed of who is where
  flapping_partition,  // `partition`, taken back and done again every few hundred milliseconds
  clog,                // from `subject` to `other` all is held for a while, and then arrives
  lossy_way,           // `amount` ppm from `subject` to `other`
  lossy_out,           // `amount` ppm of all that `subject` sends
  lossy_in,            // `amount` ppm of all that is sent to `subject`
  lossy_zone,          // `amount` ppm between the zones of `subject` and `other`
  loss,                // `amount` ppm everywhere
  duplicates,          // `amount` ppm everywhere
  reordering,          // `amount` ppm everywhere
  corruption,          // `amount` ppm everywhere
  slow_network,        // latency up to `amount` microseconds
  long_tail,           // `amount` ppm everywhere take much longer than the others
  far_zones,           // `amount` microseconds more between the zones of `subject` and `other`
  names_fail,          // no seed's name leads anywhere
  // Ordinary work, so that the faults meet some.
  broadcast,      // by `subject`, `amount` bytes
  send,           // from `subject` to `other`, acknowledged
  send_datagram,  // from `subject` to `other`
  metadata,       // of `subject` changes to something new
  ping,           // `subject` asks `other`
  app,            // one of a few at `subject` attaches, says goodbye or is lost, by `amount`
};
inline constexpr std::size_t fault_kinds = static_cast<std::size_t>(FaultKind::app) + 1;
inline constexpr FaultKind first_of_network = FaultKind::cut;
inline constexpr FaultKind first_of_work = FaultKind::broadcast;
std::string_view to_string(FaultKind kind);

struct Fault {
  Duration at{};  // since the schedule was handed over
  FaultKind kind{};
  std::uint32_t subject{};
  std::uint32_t other{};
  Duration lasts{};
  std::uint32_t amount{};
};
using Schedule = std::vector<Fault>;

std::string to_string(const Fault& fault);

}  // namespace swim::sim
