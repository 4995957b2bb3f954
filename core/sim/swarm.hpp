// Swarm testing: a seed makes a random cluster, a random network and a random schedule of faults;
// every seed leaves some kinds of faults out, since faults can hide each other. After the faults
// comes calm, and then everybody must agree.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/engine/config.hpp"
#include "core/sim/faults.hpp"
#include "core/sim/network.hpp"
#include "core/sim/world.hpp"

namespace swim::sim {

// What a scenario is drawn from. A seed means the same only within the same bounds.
struct SwarmBounds {
  std::uint32_t nodes_min{3};
  std::uint32_t nodes_max{12};
  Duration duration{std::chrono::minutes(2)};  // of the faults
  // Encryption is dear and the same in all: only seeds that this divides have it. 1: all.
  std::uint32_t sealed_every{1};
};

struct Scenario {
  std::uint64_t seed{};
  std::uint32_t nodes{};
  bool sealed{true};   // encrypted; else only checked for damage (WorldOptions::plain)
  std::string preset;  // that `config` was made from
  Config config;
  Conditions network;
  Duration duration{};
  std::uint32_t remembering_ppm{};  // of the nodes, those that keep their peers through restarts
  Schedule schedule;
};

struct SwarmResult {
  std::uint64_t seed{};
  std::uint32_t nodes{};
  bool sealed{};
  bool passed{};
  std::string rule;    // the first that was broken; empty where passed
  std::string report;  // empty where passed
  std::uint64_t trace_hash{};
  Duration virtual_time{};
  Duration convergence{};  // from calm until all agreed
  std::uint64_t events{};
  std::array<std::uint64_t, fault_kinds> faults{};
  Coverage coverage;
  NetworkCounts network;
  StreamCounts streams;
};

Scenario random_scenario(std::uint64_t seed, const SwarmBounds& bounds);
SwarmResult run_scenario(const Scenario& scenario);

// The same failure (by its rule) with fewer faults: leaves out what is not needed, at most `tries`
// runs.
Scenario shrink(Scenario scenario, const std::string& rule, std::size_t tries);

}  // namespace swim::sim
