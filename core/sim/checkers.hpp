// What must hold in every world, whatever the network and the machines do. Each rule is a small
// class that is fed with what one run's watchers see, or a function of values; none of them looks
// into an engine, so that a hand-made history can show that it bites (tests/sim/checkers_test.cpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/engine/config.hpp"
#include "core/engine/event.hpp"
#include "core/engine/seams.hpp"
#include "core/engine/snapshot.hpp"
#include "core/engine/stats.hpp"
#include "core/sim/types.hpp"

namespace swim::sim {

struct Violation {
  std::string rule;
  std::string text;
};
using Violations = std::vector<Violation>;

template <class T>
using PerRun = std::unordered_map<std::uint64_t, T>;  // by packed(RunId)

// The order of claims only grows: what is shown of a member never goes back, and a life that was
// shown to be over never comes back (DESIGN §4.1).
class ClaimOrder {
 public:
  void on_event(RunId observer, const MemberEvent& event, Violations& out);
  void forget(RunId observer) { known_.erase(packed(observer)); }

 private:
  struct Known {
    Claim claim;
    std::optional<Incarnation> over;  // the latest life shown FAILED or LEFT
  };
  PerRun<std::unordered_map<std::string, Known>> known_;
};

// A running node that did not leave is never FAILED or LEFT in its own view, and nobody else has
// its name.
class SelfBelief {
 public:
  void on_start(RunId run, std::string name) { names_[packed(run)] = {std::move(name), false}; }
  void on_leave(RunId run) { names_[packed(run)].left = true; }
  void on_rejoin(RunId run) { names_[packed(run)].left = false; }
  void on_event(RunId observer, const MemberEvent& event, Violations& out) const;
  void forget(RunId observer) { names_.erase(packed(observer)); }

 private:
  struct Self {
    std::string name;
    bool left{};
  };
  PerRun<Self> names_;
};

// A run says one thing per incarnation about its address, metadata and zone; others show only what
// it said, and never something older than before.
class OneDescriptor {
 public:
  void on_event(RunId observer, const MemberEvent& event, Violations& out);
  void forget(RunId observer) { shown_.erase(packed(observer)); }

 private:
  struct Said {
    Incarnation incarnation;
    Endpoint address;
    ByteVector metadata;
    std::string zone;
  };
  void on_own(const MemberInfo& member, Violations& out);

  std::unordered_map<std::uint64_t, std::vector<Said>> said_;     // by boot
  PerRun<std::unordered_map<std::uint64_t, std::size_t>> shown_;  // by boot: the place in said_
};

// Events tell a possible story: revisions without holes, `previous` as it was, and for each member
// only the steps of DESIGN §4.1.
class EventStory {
 public:
  void on_event(RunId observer, const MemberEvent& event, Violations& out);
  void forget(RunId observer) { stories_.erase(packed(observer)); }

 private:
  struct Chapter {
    std::optional<MemberStatus> status;  // none: not listed
    Incarnation incarnation;
  };
  struct Story {
    std::uint64_t revision{};
    std::unordered_map<std::string, Chapter> members;
  };
  PerRun<Story> stories_;
};

// What is told of a member's apps: the whole list when a run comes, then one app with each event
// that is about apps and none with any other; and nobody is told of a loss that the member itself
// was not told of.
class AppStory {
 public:
  void on_event(RunId observer, const MemberEvent& event, Violations& out);
  void forget(RunId observer) { known_.erase(packed(observer)); }

 private:
  struct Known {
    std::uint64_t boot{};
    wire::AppStates apps;
    std::map<std::string, std::uint64_t> losses;  // of this run, by app
  };
  PerRun<std::unordered_map<std::string, Known>> known_;  // by member
  std::map<std::pair<std::uint64_t, std::string>, std::uint64_t>
      own_losses_;  // told by the run itself, by boot and app
};

// A snapshot is the fold of the events up to its revision, sorted by name, with this node in it.
class SnapshotFold {
 public:
  void on_event(RunId observer, const MemberEvent& event, Violations& out);
  void check(RunId observer, const Snapshot& snapshot, Violations& out) const;
  void forget(RunId observer) { folds_.erase(packed(observer)); }

 private:
  struct Fold {
    std::uint64_t revision{};
    std::map<std::string, MemberPtr> members;
  };
  PerRun<Fold> folds_;
};

// A broadcast is delivered at most once to one run, and to all with the same words. So is a Send,
// where datagrams that come twice are refused.
class DeliveredOnce {
 public:
  void on_message(RunId receiver, const MessageReceived& message, Violations& out);
  void forget(RunId receiver) {
    delivered_.erase(packed(receiver));
    requests_.erase(packed(receiver));
  }

 private:
  void on_send(RunId receiver, const MessageReceived& message, Violations& out);

  PerRun<std::unordered_map<std::uint64_t, std::unordered_set<std::uint64_t>>> delivered_;
  PerRun<std::set<std::array<std::uint8_t, 16>>> requests_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t>
      words_;  // hash by boot, sequence
};

// For each pair of origin run and receiver run: from a baseline that is not later than what the
// origin had sent when the receiver first showed it, every broadcast is delivered once, in order,
// or announced as lost; up to the highest that anybody who still runs has seen. Where an origin is
// compared with what it really sent, the rule is called "true to its origin": whoever listens to
// invented words can't keep that one.
class OrderedDelivery {
 public:
  void on_event(RunId observer, const MemberEvent& event);
  void on_message(RunId receiver, const MessageReceived& message, Violations& out);
  void on_lost(RunId receiver, const MessagesLost& lost, Violations& out);
  // All of one cluster that run and are up to date. Looks no further once it has `wanted` findings.
  void check_complete(std::span<const RunId> survivors, Violations& out,
                      std::size_t wanted = SIZE_MAX) const;
  void forget(RunId run) { heard_.erase(packed(run)); }

 private:
  struct Progress {
    std::string name;        // of the origin
    std::uint64_t last{};    // delivered or announced; 0: nothing yet
    bool shown{};            // the receiver knows its record …
    std::uint64_t number{};  // … as the so manieth
    std::uint64_t sent{};    // … when the origin had sent so many
  };
  struct Heard {
    std::unordered_map<std::uint64_t, Progress> runs;  // by boot
    std::uint64_t shown{};
  };
  void advance(RunId receiver, std::uint64_t boot, const std::string& name, std::uint64_t first,
               std::uint64_t last, Violations& out);
  static bool remembered(const Heard& heard, const Progress& progress);
  std::map<std::uint64_t, std::uint64_t> highest(std::span<const RunId> survivors) const;
  static std::optional<std::uint64_t> behind(const Heard& heard, std::uint64_t boot,
                                             std::uint64_t top);

  PerRun<Heard> heard_;
  std::unordered_map<std::uint64_t, std::uint64_t> sent_;  // by boot
};

// A probe is answered by the run that was asked, and by nobody in its place: not if it had ended
// before it was asked.
class OnlyWhoRunsAnswers {
 public:
  void on_end(std::uint64_t boot, TimePoint now) { ended_.emplace(boot, now); }
  void on_trace(RunId observer, const TraceRecord& record, TimePoint now, Violations& out);
  void forget(RunId observer) { asked_.erase(packed(observer)); }

 private:
  std::unordered_map<std::uint64_t, TimePoint> ended_;          // by boot
  PerRun<std::unordered_map<std::uint64_t, TimePoint>> asked_;  // by boot: the oldest open probe
};

// In calm weather nobody who runs is called FAILED: a watch is kept from `begin` on.
class Peace {
 public:
  void begin() { kept_ = true; }
  void on_failed(const MemberEvent& event, bool runs, Violations& out) const;

 private:
  bool kept_{};
};

// Every queue is within its bound (core/base/limits.hpp, Config).
void check_bounds(const Stats& stats, const Config& config, Violations& out);
// The most that was written to one stream and had not arrived, in bytes: a driver would reset it.
void check_stream_bound(std::uint64_t queued, Violations& out);

// Nothing is under way, and nothing waits to be told.
bool is_quiet(const Stats& stats);

// Everybody who runs lists all who run as ALIVE, the same runs with the same descriptors, and
// nobody else as there; and is a member by its own account.
struct Party {
  std::string name;
  Snapshot view;
};
// Looks no further once it has `wanted` findings.
void check_converged(std::span<const Party> parties, Violations& out,
                     std::size_t wanted = SIZE_MAX);

// All rules that follow single runs, together.
class Checkers {
 public:
  void on_start(RunId run, const std::string& name) { self_.on_start(run, name); }
  void on_leave(RunId run) { self_.on_leave(run); }
  void on_rejoin(RunId run) { self_.on_rejoin(run); }
  void on_event(RunId observer, const MemberEvent& event);
  void on_message(RunId receiver, const MessageReceived& message);
  void check_run(RunId run, const Snapshot& snapshot, const Stats& stats, const Config& config) {
    check_snapshot(run, snapshot);
    check_stats(stats, config);
  }
  // Its two halves: O(members), and O(1).
  void check_snapshot(RunId run, const Snapshot& snapshot) {
    fold_.check(run, snapshot, violations_);
  }
  void check_stats(const Stats& stats, const Config& config) {
    check_bounds(stats, config, violations_);
  }
  void check_streams(std::uint64_t queued) { check_stream_bound(queued, violations_); }
  void on_trace(RunId observer, const TraceRecord& record, TimePoint now) {
    answers_.on_trace(observer, record, now, violations_);
  }
  void keep_peace() { peace_.begin(); }
  void on_failed(const MemberEvent& event, bool runs) {
    peace_.on_failed(event, runs, violations_);
  }
  void on_end(RunId run, std::uint64_t boot, TimePoint now);
  void on_lost(RunId receiver, const MessagesLost& lost) {
    ordered_.on_lost(receiver, lost, violations_);
  }
  const OrderedDelivery& delivery() const { return ordered_; }
  void check_all(std::span<const Party> parties) { check_converged(parties, violations_); }

  Violations& violations() { return violations_; }
  const Violations& violations() const { return violations_; }

 private:
  ClaimOrder order_;
  SelfBelief self_;
  OneDescriptor descriptors_;
  EventStory story_;
  AppStory apps_;
  SnapshotFold fold_;
  DeliveredOnce once_;
  OrderedDelivery ordered_;
  OnlyWhoRunsAnswers answers_;
  Peace peace_;
  Violations violations_;
};

std::string describe(const MemberInfo& member);

}  // namespace swim::sim
