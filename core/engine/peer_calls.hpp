// Whom a node calls of the peers that it remembers (peer_list.hpp): while nobody else is there all
// of them in turn, and while somebody is, each of those that it did not meet yet once, because
// there may be a cluster of theirs beside this one. A few at a time and ever more seldom (DESIGN
// §4.4). One rule for production (core/runtime) and for simulated worlds (core/sim); they make the
// joins.
//
// Values: no clock, no locks, one thread at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/endpoint.hpp"
#include "core/base/time.hpp"
#include "core/engine/peer_list.hpp"
#include "core/engine/snapshot.hpp"

namespace swim {

class PeerCalls {
 public:
  // How often a node looks whom to call.
  static constexpr Duration look_interval = std::chrono::seconds(1);
  static constexpr std::size_t at_once = 8;

  // Whom to join now, one after the other around those in question; empty: nobody. Whom it names
  // is being called until `answered`, and nobody else meanwhile. Whoever is alone again pauses as
  // briefly as at first.
  std::vector<Endpoint> next(const Snapshot& snapshot, const PeerList& peers, TimePoint now);
  void answered(TimePoint now);

 private:
  std::size_t turn_{};  // of those in question, the next to call
  bool alone_{true};    // when last looked
  bool calling_{};
  TimePoint due_{};
  Duration pause_{};
};

}  // namespace swim
