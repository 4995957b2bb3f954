// Whom a node calls while nobody else is there: the peers that it remembers, a few at a time and
// ever more seldom (DESIGN §4.4). One rule for production (core/runtime) and for simulated worlds
// (core/sim); they keep the addresses and make the joins.
//
// Values: no clock, no locks, one thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/endpoint.hpp"
#include "core/base/time.hpp"
#include "core/engine/snapshot.hpp"

namespace swim {

// At most limits::remembered_peers_max addresses of others: those who are there first, then those
// held failed; never those who left. In order, each once.
std::vector<Endpoint> peers_of(const Snapshot& snapshot);
// Nobody else is there.
bool is_alone(const Snapshot& snapshot);

class PeerCalls {
 public:
  // How often a node looks whether it is alone.
  static constexpr Duration look_interval = std::chrono::seconds(1);
  static constexpr std::size_t at_once = 8;

  // Somebody is there: whoever is alone again pauses as briefly as at first.
  void not_alone() { pause_ = {}; }
  // For a node that is alone: whom to join now, one after the other around `peers`; empty: nobody.
  // Whom it names is being called until `answered`, and nobody else meanwhile.
  std::vector<Endpoint> next(const Snapshot& snapshot, std::span<const Endpoint> peers,
                             TimePoint now);
  void answered(TimePoint now);

 private:
  std::size_t turn_{};  // of the peers, the next to call
  bool calling_{};
  TimePoint due_{};
  Duration pause_{};
};

}  // namespace swim
