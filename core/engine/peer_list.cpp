#include "core/engine/peer_list.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "core/base/limits.hpp"

namespace swim {

namespace {

void sort_each_once(std::vector<Endpoint>& addresses) {
  std::ranges::sort(addresses);
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
}

// Of all that the view lists, this node itself and who left included.
std::vector<Endpoint> listed_in(const Snapshot& snapshot) {
  std::vector<Endpoint> addresses;
  addresses.reserve(snapshot.members.size());
  for (const MemberPtr& member : snapshot.members) {
    addresses.push_back(member->address);
  }
  sort_each_once(addresses);
  return addresses;
}

}  // namespace

std::vector<Endpoint> peers_of(const Snapshot& snapshot) {
  std::vector<Endpoint> there;
  std::vector<Endpoint> failed;
  for (const MemberPtr& member : snapshot.members) {
    if (!member->local && member->status != MemberStatus::left) {
      (is_over(member->status) ? failed : there).push_back(member->address);
    }
  }
  sort_each_once(there);
  sort_each_once(failed);
  std::vector<Endpoint> peers = there;
  std::ranges::set_difference(failed, there, std::back_inserter(peers));
  peers.resize(std::min(peers.size(), limits::remembered_peers_max));
  return peers;
}

bool is_alone(const Snapshot& snapshot) {
  return std::ranges::none_of(snapshot.members, [](const MemberPtr& member) {
    return !member->local && !is_over(member->status);
  });
}

void PeerList::remember(std::vector<Endpoint> peers) {
  peers_ = std::move(peers);
  unmet_.clear();
  for (const Endpoint& address : peers_) {
    unmet_.push_back({.address = address});
  }
  in_company_since_.reset();
}

bool PeerList::expired(TimePoint now) const {
  return in_company_since_ && now - *in_company_since_ >= unmet_max;
}

bool PeerList::is_current(std::uint64_t revision, TimePoint now) const {
  return revision_ == revision && (unmet_.empty() || !expired(now));
}

void PeerList::on_event(const MemberEvent& event) {
  const bool forgotten = event.reason == EventReason::forgotten;
  const bool failed_and_gone =
      event.reason == EventReason::retention && event.member->status == MemberStatus::failed;
  if (forgotten || failed_and_gone) {
    told_revision_ = event.revision;
  }
  dropped_ = dropped_ || forgotten;
  if (failed_and_gone && expired_.size() < limits::remembered_peers_max) {
    expired_.push_back(event.member->address);
  }
}

void PeerList::keep_expired(bool alone) {
  for (const Endpoint& address : std::exchange(expired_, {})) {
    if (alone && unmet_.size() < limits::remembered_peers_max &&
        std::ranges::find(unmet_, address, &Unmet::address) == unmet_.end()) {
      unmet_.push_back({.address = address});
    }
  }
}

bool PeerList::update(const Snapshot& snapshot, TimePoint now) {
  if (is_current(snapshot.revision, now)) {
    return false;
  }
  revision_ = snapshot.revision;
  const bool alone = is_alone(snapshot);
  if (told_revision_ <= snapshot.revision) {
    if (std::exchange(dropped_, false)) {
      remember(peers_);
    }
    keep_expired(alone);
  }
  const std::vector<Endpoint> listed = listed_in(snapshot);
  const auto is_listed = [&](const Endpoint& address) {
    return std::ranges::binary_search(listed, address);
  };
  std::erase_if(unmet_, [&](const Unmet& unmet) { return is_listed(unmet.address); });
  if (alone) {
    in_company_since_.reset();
  } else if (!in_company_since_) {
    in_company_since_ = now;
  } else if (expired(now)) {
    unmet_.clear();
  }
  std::vector<Endpoint> peers = peers_of(snapshot);
  for (const Unmet& unmet : unmet_) {
    if (peers.size() < limits::remembered_peers_max) {
      peers.push_back(unmet.address);
    }
  }
  if (peers.empty() || peers == peers_) {
    return false;
  }
  peers_ = std::move(peers);
  return true;
}

std::vector<Endpoint> PeerList::untried() const {
  std::vector<Endpoint> addresses;
  for (const Unmet& unmet : unmet_) {
    if (!unmet.tried) {
      addresses.push_back(unmet.address);
    }
  }
  return addresses;
}

void PeerList::called(std::span<const SeedResult> results) {
  for (const SeedResult& result : results) {
    // It was not asked: this node had no stream for it, or no time, or did not want one.
    if (result.error.code == Errc::queue_full || result.error.code == Errc::left) {
      continue;
    }
    const auto unmet = std::ranges::find(unmet_, result.address, &Unmet::address);
    if (unmet != unmet_.end()) {
      unmet->tried = true;
    }
  }
}

}  // namespace swim
