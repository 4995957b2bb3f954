// All records by name and by slot, and the shuffled order in which they are probed.
//
// Slots are dense and stay the same for a record's life; slot 0 is this node itself. The name index
// is a hash map and is never iterated: every walk is by slot or by probe order, so that runs are
// reproducible.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/prng.hpp"
#include "core/engine/record.hpp"

namespace swim::engine {

class MemberTable {
 public:
  static constexpr Slot self = 0;

  // The first record added is this node.
  Slot add(std::string_view name);
  void remove(Slot slot);
  Slot find(std::string_view name) const;  // no_slot when unknown
  Record& at(Slot slot) { return *records_[slot]; }
  const Record& at(Slot slot) const { return *records_[slot]; }
  bool used(Slot slot) const { return slot < records_.size() && records_[slot] != nullptr; }
  // One above the highest slot: walk from 0 and skip unused ones.
  Slot slots() const { return static_cast<Slot>(records_.size()); }
  std::size_t size() const { return index_.size(); }

  // Who takes part: not terminal and not behind, this node included. Kept by refresh().
  std::size_t reachable() const { return order_.size() + 1; }
  // Brings the probe order in line with the record's state: new ones enter at a random place (SWIM
  // §4.3).
  void refresh(Slot slot, Prng& prng);

  // Next in the round-robin; reshuffled at each wrap-around. no_slot when there is nobody.
  Slot next_to_probe(Prng& prng);
  // Up to `count` different reachable members, never this node nor `except`. Appends to `out`.
  void pick(std::size_t count, Slot except, Prng& prng, std::vector<Slot>& out) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  void take_out(Slot slot);

  std::vector<std::unique_ptr<Record>> records_;
  std::vector<Slot> free_;
  boost::unordered_flat_map<std::string, Slot, Hash, std::equal_to<>> index_;
  std::vector<Slot> order_;
  std::size_t position_{};
};

}  // namespace swim::engine
