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
  crash,      // the process of `subject` is gone, its host answers; `lasts`: until it starts again
  lose_host,  // the host of `subject` is gone with it
  move,       // crash, and the new run has another address
  pause,      // the process stands still
  sleep,      // the machine sleeps, steady clock included
  cut,        // `subject` and `other` don't reach each other
  cut_one_way,   // from `subject` to `other`
  isolate,       // `subject` from all
  isolate_in,    // nothing reaches `subject`, what it sends arrives
  partition,     // two sides; `amount` is the seed of who is where
  lossy_way,     // `amount` ppm from `subject` to `other`
  loss,          // `amount` ppm everywhere
  duplicates,    // `amount` ppm everywhere
  reordering,    // `amount` ppm everywhere
  corruption,    // `amount` ppm everywhere
  slow_network,  // latency up to `amount` microseconds
  wall_clock,    // of `subject` jumps by `amount` seconds, odd ones backwards
  leave,         // `subject` says goodbye and ends; `lasts`: until it starts again
  drain,         // `subject` drains; `lasts`: until cancelled
  force_leave,   // `subject` declares `other` LEFT
  // Ordinary work, so that the faults meet some.
  broadcast,      // by `subject`, `amount` bytes
  send,           // from `subject` to `other`, acknowledged
  send_datagram,  // from `subject` to `other`
  metadata,       // of `subject` changes to something new
  ping,           // `subject` asks `other`
};
inline constexpr std::size_t fault_kinds = 25;
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
