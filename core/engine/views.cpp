#include "core/engine/views.hpp"

namespace swim::engine {

const MemberPtr& Views::of(Slot slot) {
  if (made_.size() < table_.slots()) {
    made_.resize(table_.slots());
  }
  MemberPtr& made = made_[slot];
  // No two events of this node have the same revision, whoever they are about.
  if (!made || made->revision != table_.at(slot).shown.revision) {
    made = make(slot);
  }
  return made;
}

void Views::collect(std::vector<MemberPtr>& out) {
  for (Slot slot = 0; slot < table_.slots(); ++slot) {
    if (table_.used(slot) && table_.at(slot).listed()) {
      out.push_back(of(slot));
    } else if (slot < made_.size()) {
      made_[slot].reset();
    }
  }
}

}  // namespace swim::engine
