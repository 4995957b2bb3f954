// Whose record is newer, told from a few numbers: what a digest sync sends and asks for (DESIGN
// §4.4). Pure, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/engine/transitions.hpp"
#include "core/wire/message.hpp"

namespace swim {

// Both may hold: the claim of one side and the descriptor of the other, or accusers of one
// suspicion that the other side may not have.
struct Difference {
  bool ours_is_news{};
  bool theirs_is_news{};
};
Difference difference(const MemberState& ours, const wire::SyncItem& theirs);

// What one side of a sync holds, as it said; looked up by name hash.
class Inventory {
 public:
  // False: more than any table holds.
  bool add(const wire::SyncItem& item);
  // The item of that name, which counts as met from now on; nullptr: they know nothing of it.
  const wire::SyncItem* meet(std::uint64_t name_hash);
  // Name hashes of the items that were not met. After the last meet().
  std::vector<std::uint64_t> unmet() const;
  std::size_t size() const { return items_.size(); }

 private:
  void sort();

  struct Entry {
    wire::SyncItem item;
    bool met{};
  };
  std::vector<Entry> items_;
  bool sorted_{true};
};

}  // namespace swim
