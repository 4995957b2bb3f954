// What happened in a world: a hash of all of it, and the last lines for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/engine/seams.hpp"
#include "core/sim/trace_hash.hpp"
#include "core/sim/types.hpp"

namespace swim::sim {

struct TraceLine {
  TimePoint at;
  NodeId node{};
  TraceRecord record;
  const char* note{};  // what the world itself did; null: `record` is an engine's
};

class TraceLog {
 public:
  static constexpr std::size_t lines_kept = 64;

  void add(TimePoint at, NodeId node, const TraceRecord& record) {
    append({at, node, record, nullptr});
  }
  // `note` must be static text.
  void add(TimePoint at, NodeId node, const char* note, std::uint64_t a = 0, std::uint64_t b = 0) {
    append({at, node, {TraceKind{}, 0, a, b}, note});
  }
  // Into the hash only: too many to be kept as lines.
  void mix(TimePoint at, std::uint64_t a, std::uint64_t b);

  std::uint64_t hash() const { return hash_.value(); }
  std::uint64_t lines() const { return lines_; }

  struct Names {
    std::function<std::string(NodeId)> node;
    std::function<std::string(std::uint64_t boot)> member;  // empty: nobody's
  };
  // The last lines, oldest first; times count from `start`.
  std::string last_lines(TimePoint start, const Names& names) const;

 private:
  void append(const TraceLine& line);

  TraceHash hash_;
  std::uint64_t lines_{};
  std::vector<TraceLine> ring_;
};

}  // namespace swim::sim
