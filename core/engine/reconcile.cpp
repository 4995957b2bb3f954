#include "core/engine/reconcile.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/engine/precedence.hpp"

namespace swim {

Difference difference(const MemberState& ours, const wire::SyncItem& theirs) {
  const auto claims = compare_claims(ours.claim, theirs.claim);
  if (claims == 0 && is_terminal(ours.claim)) {
    return {};  // what they were described as is over, and is not sent
  }
  const auto descriptors = compare_descriptors(ours.descriptor, theirs.descriptor);
  const bool same_suspicion = claims == 0 && ours.claim.suspect;
  return {claims > 0 || (descriptors > 0 && !is_terminal(ours.claim)) || same_suspicion,
          claims < 0 || (descriptors < 0 && !is_terminal(theirs.claim)) || same_suspicion};
}

bool Inventory::add(const wire::SyncItem& item) {
  if (items_.size() >= limits::members_max) {
    return false;
  }
  items_.push_back({item, false});
  sorted_ = false;
  return true;
}

void Inventory::sort() {
  if (!sorted_) {
    std::ranges::sort(items_, {}, [](const Entry& entry) { return entry.item.name_hash; });
    sorted_ = true;
  }
}

const wire::SyncItem* Inventory::meet(std::uint64_t name_hash) {
  sort();
  const auto entry = std::ranges::lower_bound(
      items_, name_hash, {}, [](const Entry& other) { return other.item.name_hash; });
  if (entry == items_.end() || entry->item.name_hash != name_hash) {
    return nullptr;
  }
  entry->met = true;
  return &entry->item;
}

std::vector<std::uint64_t> Inventory::unmet() const {
  std::vector<std::uint64_t> hashes;
  for (const Entry& entry : items_) {
    if (!entry.met) {
      hashes.push_back(entry.item.name_hash);
    }
  }
  return hashes;
}

}  // namespace swim
