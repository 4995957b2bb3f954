// Names of things in a simulated world. Plain values.
#pragma once

#include <compare>
#include <cstdint>

namespace swim::sim {

// One machine with at most one process on it. Numbered from 0 in the order of add_node.
enum class NodeId : std::uint32_t {};

constexpr std::uint32_t index_of(NodeId node) {
  return static_cast<std::uint32_t>(node);
}

// One run of a node's process, numbered from 1; 0 = it never ran.
struct RunId {
  NodeId node{};
  std::uint32_t run{};
  friend auto operator<=>(const RunId&, const RunId&) = default;
};

constexpr std::uint64_t packed(RunId id) {
  return (std::uint64_t{index_of(id.node)} << 32U) | id.run;
}

// Probabilities are integers, so that a run is the same on every machine and compiler.
inline constexpr std::uint32_t ppm_max = 1'000'000;
constexpr std::uint32_t percent(std::uint32_t value) {
  return value * (ppm_max / 100);
}

}  // namespace swim::sim
