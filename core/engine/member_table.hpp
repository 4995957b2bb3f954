// All records by name and by slot, and the shuffled order in which they are probed.
//
// Slots are dense and stay the same for a record's life; slot 0 is this node itself. The name index
// is a hash map and is never iterated: every walk is by slot or by probe order, so that runs are
// reproducible. Records never move: a reference holds until its record is removed.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <memory>
#include <string_view>
#include <vector>

#include "core/base/prng.hpp"
#include "core/engine/record.hpp"

namespace swim::engine {

class MemberTable {
 public:
  static constexpr Slot self = 0;

  MemberTable() = default;
  MemberTable(const MemberTable&) = delete;  // the index points back to it
  MemberTable& operator=(const MemberTable&) = delete;

  // The first record added is this node.
  Slot add(std::string_view name);
  void remove(Slot slot);
  Slot find(std::string_view name) const;  // no_slot when unknown
  Record& at(Slot slot) { return (*blocks_[slot / block_records])[slot % block_records]; }
  const Record& at(Slot slot) const {
    return (*blocks_[slot / block_records])[slot % block_records];
  }
  bool used(Slot slot) const { return slot < slots_ && at(slot).description != nullptr; }
  // The one way to change what decides about a member: they keep the digest right.
  void set_claim(Slot slot, const Claim& claim);
  void describe(Slot slot, DescriptionPtr about);
  // Of all that are not terminal (digest.hpp), kept up with each change; and the same, summed anew.
  std::uint64_t digest() const { return digest_; }
  std::uint64_t summed_digest() const;
  // How many states were set: whoever kept the number can tell whether something changed since.
  std::uint64_t changes() const { return changes_; }
  // One above the highest slot: walk from 0 and skip unused ones.
  Slot slots() const { return slots_; }
  std::size_t size() const { return index_.size(); }

  // Who takes part: not terminal and not behind, this node included. Kept by refresh().
  std::size_t reachable() const { return order_.size() + 1; }
  // Nobody is terminal or behind: there is nothing to look for in a walk.
  bool all_reachable() const { return reachable() == size(); }
  // Brings the probe order in line with the record's state: new ones enter at a random place (SWIM
  // §4.3).
  void refresh(Slot slot, Prng& prng);

  // Next in the round-robin; reshuffled at each wrap-around. no_slot when there is nobody.
  Slot next_to_probe(Prng& prng);
  // Up to `count` different reachable members, never this node nor `except`. Appends to `out`.
  void pick(std::size_t count, Slot except, Prng& prng, std::vector<Slot>& out) const;

 private:
  static constexpr std::size_t block_records = 32;
  using Block = std::array<Record, block_records>;

  // The index holds slots alone; a name is looked up where its record has it.
  struct Names {
    using is_transparent = void;
    const MemberTable* table;
    std::string_view name(std::string_view name) const { return name; }
    std::string_view name(Slot slot) const { return table->at(slot).name(); }
  };
  struct Hash : Names {
    std::size_t operator()(auto key) const { return std::hash<std::string_view>{}(name(key)); }
  };
  struct Equal : Names {
    bool operator()(auto a, auto b) const { return name(a) == name(b); }
  };
  void take_out(Slot slot);

  std::vector<std::unique_ptr<Block>> blocks_;
  Slot slots_{};
  std::vector<Slot> free_;
  boost::unordered_flat_set<Slot, Hash, Equal> index_{0, Hash{{this}}, Equal{{this}}};
  std::vector<Slot> order_;
  std::size_t position_{};
  std::uint64_t digest_{};
  std::uint64_t changes_{};
};

}  // namespace swim::engine
