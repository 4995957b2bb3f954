// The addresses that a node remembers of others, for when no seed leads it anywhere (DESIGN §4.4):
// those who are there, those held failed, and those remembered from before that it did not meet
// yet. So whoever meets a few first does not forget the rest.
//
// Values: no clock, no locks, one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/endpoint.hpp"
#include "core/base/time.hpp"
#include "core/engine/event.hpp"
#include "core/engine/snapshot.hpp"

namespace swim {

// At most limits::remembered_peers_max addresses of others: those who are there first, then those
// held failed; never those who left. Each once, both parts in order.
std::vector<Endpoint> peers_of(const Snapshot& snapshot);
// Nobody else is there.
bool is_alone(const Snapshot& snapshot);

class PeerList {
 public:
  // Whoever was not met in so long a time is forgotten. Counted while others are there: who is
  // alone forgets nobody.
  static constexpr Duration unmet_max = std::chrono::hours(24);

  // What is remembered from before: nobody of them is met yet, or was called.
  void remember(std::vector<Endpoint> peers);
  // Each event of the view, before the first update with a snapshot that has it. Whoever drops its
  // view after a day alone (DESIGN §4.4) remembers all whom it knew as at a start; and who is alone
  // when one that failed expires has not met that one any more.
  void on_event(const MemberEvent& event);
  // Takes in what is known now. Nobody is forgotten where nobody would be left. Returns whether
  // `all` changed.
  bool update(const Snapshot& snapshot, TimePoint now);
  // An update with a view of this revision would change nothing.
  bool is_current(std::uint64_t revision, TimePoint now) const;

  // Those who are there, those held failed, those not met yet.
  const std::vector<Endpoint>& all() const { return peers_; }
  // Those not met yet whom nobody called since they are remembered.
  std::vector<Endpoint> untried() const;
  // What became of calls, whomever they went to. Who is not in it was not called.
  void called(std::span<const SeedResult> results);

 private:
  struct Unmet {
    Endpoint address;
    bool tried{};
  };
  bool expired(TimePoint now) const;
  void keep_expired(bool alone);

  std::vector<Endpoint> peers_;
  std::vector<Unmet> unmet_;
  // Events since the last update, and the revision from which on a snapshot has them.
  std::uint64_t told_revision_{};
  bool dropped_{};
  std::vector<Endpoint> expired_;  // of those that failed; bounded as `all` is
  std::optional<TimePoint> in_company_since_;
  std::optional<std::uint64_t> revision_;
};

}  // namespace swim
