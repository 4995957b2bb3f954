// Who said "failed" of whom, and whether that was right. Fed with values, so that a made-up history
// can show that it counts as the experiments' definitions say.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "bench/protocol/measured.hpp"
#include "core/base/time.hpp"
#include "core/engine/event.hpp"

namespace swim::bench {

class Verdicts {
 public:
  explicit Verdicts(std::size_t nodes) : faulty_until_(nodes, TimePoint::min()) {}

  // A fault of the node begins, and ends; it is healthy again when `grace` has passed after that.
  void fault_begins(std::uint32_t node) { faulty_until_[node] = TimePoint::max(); }
  void fault_ends(std::uint32_t node, TimePoint at, Duration grace) {
    faulty_until_[node] = at + grace;
  }
  bool healthy(std::uint32_t node, TimePoint at) const { return at >= faulty_until_[node]; }

  // A member event; `exists`: the run that it is about ran, or was stopped, at that time. What is
  // said of a run that is over is never false.
  struct Said {
    TimePoint at;
    std::uint32_t observer{};
    std::uint32_t subject{};
    EventType type{};
    Incarnation incarnation;
    bool exists{};
  };
  void on_event(const Said& said);

  // The subject has a fault that all should find; observers: those that should.
  void expect(std::uint32_t subject, TimePoint since, const std::vector<std::uint32_t>& observers);
  // Everybody has said so of all that are expected.
  bool all_found() const { return open_ == 0; }
  // Writes what was expected into `out`, and expects nothing any more.
  void conclude(Measured& out);

  // From now on only counts what follows (false positives, suspicions, deaths).
  void forget_counts();
  // Adds the counts to `out` as one run.
  void count(Measured& out) const;

 private:
  struct Watch {
    TimePoint since;
    std::map<std::uint32_t, std::optional<TimePoint>> found;  // by observer
  };
  // Subject, life, boot, count: told apart, never ordered by precedence.
  using Incarnations =
      std::set<std::tuple<std::uint32_t, std::uint64_t, std::uint64_t, std::uint32_t>>;

  std::vector<TimePoint> faulty_until_;
  std::map<std::uint32_t, Watch> watches_;  // by subject
  std::size_t open_{};
  FalsePositives false_;
  std::set<std::uint32_t> false_members_;
  Incarnations dead_;
  Incarnations suspected_;
};

}  // namespace swim::bench
