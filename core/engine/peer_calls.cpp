#include "core/engine/peer_calls.hpp"

#include <algorithm>

namespace swim {

namespace {

constexpr Duration pause_min = std::chrono::seconds(1);
constexpr Duration pause_max = std::chrono::seconds(30);

}  // namespace

std::vector<Endpoint> PeerCalls::next(const Snapshot& snapshot, const PeerList& list,
                                      TimePoint now) {
  const bool alone = is_alone(snapshot);
  if (alone && !alone_) {
    pause_ = {};
  }
  alone_ = alone;
  std::vector<Endpoint> called;
  if (calling_ || now < due_ || snapshot.state == NodeState::left || snapshot.conflict) {
    return called;
  }
  const std::vector<Endpoint> peers = alone ? list.all() : list.untried();
  for (std::size_t i = 0; i < std::min(peers.size(), at_once); ++i) {
    called.push_back(peers[turn_++ % peers.size()]);
  }
  if (!called.empty()) {
    calling_ = true;
    pause_ = std::clamp(2 * pause_, pause_min, pause_max);
  }
  return called;
}

void PeerCalls::answered(TimePoint now) {
  calling_ = false;
  due_ = now + pause_;
}

}  // namespace swim
