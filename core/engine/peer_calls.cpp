#include "core/engine/peer_calls.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace swim {

namespace {

constexpr Duration pause_min = std::chrono::seconds(1);
constexpr Duration pause_max = std::chrono::seconds(30);

}  // namespace

std::vector<Endpoint> peers_of(const Snapshot& snapshot) {
  std::vector<Endpoint> peers;
  for (const bool over : {false, true}) {
    for (const MemberPtr& member : snapshot.members) {
      if (!member->local && member->status != MemberStatus::left &&
          is_over(member->status) == over && peers.size() < limits::remembered_peers_max) {
        peers.push_back(member->address);
      }
    }
  }
  std::ranges::sort(peers);
  peers.erase(std::unique(peers.begin(), peers.end()), peers.end());
  return peers;
}

bool is_alone(const Snapshot& snapshot) {
  return std::ranges::none_of(snapshot.members, [](const MemberPtr& member) {
    return !member->local && !is_over(member->status);
  });
}

std::vector<Endpoint> PeerCalls::next(const Snapshot& snapshot, std::span<const Endpoint> peers,
                                      TimePoint now) {
  std::vector<Endpoint> called;
  if (calling_ || now < due_ || snapshot.state == NodeState::left || snapshot.conflict) {
    return called;
  }
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
