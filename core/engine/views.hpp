// Members as the outside sees them, made from records when somebody looks: a record holds only what
// that takes, and a cluster that nobody looks at costs nothing.
#pragma once

#include <vector>

#include "core/engine/member.hpp"
#include "core/engine/member_table.hpp"

namespace swim::engine {

class Views {
 public:
  explicit Views(const MemberTable& table) : table_(table) {}

  // For this call alone. The slot's member must be listed.
  MemberPtr make(Slot slot) const {
    return view_of(table_.at(slot).shown, slot == MemberTable::self);
  }
  // The same while nothing public changes. The slot's member must be listed.
  const MemberPtr& of(Slot slot);
  // Those of all listed members, by slot; the others' are let go.
  void collect(std::vector<MemberPtr>& out);

 private:
  const MemberTable& table_;
  std::vector<MemberPtr> made_;  // by slot; as long as the table once somebody has looked
};

}  // namespace swim::engine
