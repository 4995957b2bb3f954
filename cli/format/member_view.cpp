#include "cli/format/member_view.hpp"

#include <utility>

namespace swim::cli {

std::optional<MemberView::Snapshot> MemberView::apply(const v1::WatchMembersResponse& response) {
  if (response.has_snapshot()) {
    return apply(response.snapshot());
  }
  for (const auto& event : response.events().events()) {
    if (event.type() == v1::MemberEvent::TYPE_EXPIRED || event.no_longer_matches()) {
      members_.erase(event.member().name());
    } else {
      members_[event.member().name()] = event.member();
    }
  }
  return std::nullopt;
}

std::optional<MemberView::Snapshot> MemberView::apply(const v1::MemberSnapshot& part) {
  if (part.begin()) {
    if (whole_) {  // else a snapshot broke off: what was known before it still counts
      before_ = std::move(members_);
    }
    members_.clear();
    whole_ = false;
  }
  for (const auto& member : part.members()) {
    members_[member.name()] = member;
  }
  if (!part.end()) {
    return std::nullopt;
  }
  whole_ = true;
  return Snapshot{part.reason(), std::exchange(before_, {})};
}

}  // namespace swim::cli
