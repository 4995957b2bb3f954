#include "tests/sim/world_speed.hpp"

#include <sys/resource.h>

#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "core/sim/world.hpp"
#include "tests/support/alloc_counter.hpp"

namespace swim::sim {

namespace {

// Beyond that, joining or agreeing has failed.
constexpr Duration patience = std::chrono::minutes(5);

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// What one phase cost, from its construction on.
class Phase {
 public:
  Phase(const World& world, const char* name) : world_(world), name_(name) {}

  void print() const {
    const std::uint64_t allocations = allocations_.count();
    const double cpu = cpu_seconds() - cpu_;
    const double virtual_time = seconds(world_.age() - age_);
    const auto datagrams = static_cast<double>(world_.network_counts().sent - sent_);
    std::printf(
        "%-7s %8.1f virtual s %8.2f CPU s %8.0f x real time %9.0f datagrams/CPU s "
        "%10.0f datagrams %6.2f allocations each %8.0f MiB\n",
        name_, virtual_time, cpu, virtual_time / cpu, datagrams / cpu, datagrams,
        static_cast<double>(allocations) / datagrams, peak_mebibytes());
    std::fflush(stdout);
  }

 private:
  const World& world_;
  const char* name_;
  Duration age_{world_.age()};
  std::uint64_t sent_{world_.network_counts().sent};
  double cpu_{cpu_seconds()};
  test::AllocationCount allocations_;
};

bool crash_some(World& world, std::uint32_t crashes) {
  const std::vector<NodeId> all = world.nodes();
  for (std::uint32_t i = 0; i < crashes; ++i) {
    world.crash(all[all.size() - 1 - i]);
  }
  std::size_t waiting = 0;  // the first node that may not know it yet
  return world.run_until(
      [&] {
        while (waiting < all.size() &&
               (!world.at(all[waiting]).running() ||
                world.count(all[waiting], MemberStatus::failed) == crashes)) {
          ++waiting;
        }
        return waiting == all.size();
      },
      patience);
}

}  // namespace

bool measure_speed(const SpeedOptions& options) {
  World world({.seed = options.seed,
               .network = {.loss_ppm = options.loss_ppm},
               .checks = options.checks,
               .history = false,
               .plain = options.plain});
  const Phase join(world, "join");
  world.add_nodes(options.nodes);
  options.acquainted ? world.start_acquainted() : world.start_all();
  const bool joined = world.run_until([&] { return world.all_see(options.nodes); }, patience);
  join.print();
  const Phase steady(world, "steady");
  world.run_for(options.duration);
  steady.print();
  bool crashed = true;
  if (options.crashes > 0) {
    const Phase crash(world, "crash");
    crashed = crash_some(world, options.crashes);
    crash.print();
  }
  if (!joined || !crashed) {
    std::printf("the nodes did not come to agree\n%s", world.report().c_str());
  }
  return joined && crashed && !world.broken();
}

}  // namespace swim::sim
