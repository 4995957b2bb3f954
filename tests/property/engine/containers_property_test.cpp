// The engine's containers against naive models. In one thread: the engine has a single writer, so
// the seed's rows about concurrent changes hold when every interleaving of them does.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/engine/level_queue.hpp"
#include "core/engine/member_table.hpp"
#include "core/engine/pending_acks.hpp"
#include "tests/support/described.hpp"

namespace swim::engine {
namespace {

// What LevelQueue promises, as a list of (level, arrival, item) that is sorted at each look.
class NaiveQueue {
 public:
  void set(std::uint32_t item, std::size_t left) {
    std::erase_if(entries_, [&](const Entry& entry) { return entry.item == item; });
    if (left > 0) {
      entries_.push_back({std::min(left, LevelQueue::levels - 1), ++arrivals_, item});
    }
  }
  std::vector<std::uint32_t> order() {
    std::ranges::sort(entries_, [](const Entry& a, const Entry& b) {
      return a.level != b.level ? a.level > b.level : a.arrival < b.arrival;
    });
    std::vector<std::uint32_t> items;
    for (const Entry& entry : entries_) {
      items.push_back(entry.item);
    }
    return items;
  }

 private:
  struct Entry {
    std::size_t level;
    std::uint64_t arrival;
    std::uint32_t item;
  };
  std::vector<Entry> entries_;
  std::uint64_t arrivals_{};
};

RC_GTEST_PROP(LevelQueueProperty, test_broadcast_queue_concurrent, ()) {
  LevelQueue queue;
  NaiveQueue naive;
  const auto steps = *rc::gen::container<std::vector<std::pair<std::uint32_t, std::size_t>>>(
      rc::gen::pair(rc::gen::inRange<std::uint32_t>(0, 12), rc::gen::inRange<std::size_t>(0, 140)));
  for (const auto& [item, left] : steps) {
    queue.set(item, left);
    naive.set(item, left);
    std::vector<std::uint32_t> order;
    for (auto at = queue.first(); at != LevelQueue::none; at = queue.after(at)) {
      order.push_back(at);
    }
    RC_ASSERT(order == naive.order());
    RC_ASSERT(queue.size() == order.size());
    RC_ASSERT(queue.empty() == order.empty());
  }
}

struct Step {
  int what{};
  int member{};
};

rc::Gen<std::vector<Step>> gen_steps() {
  return rc::gen::container<std::vector<Step>>(
      rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 4), rc::gen::inRange(0, 12)),
                   [](const std::pair<int, int>& pair) {
                     return Step{pair.first, pair.second};
                   }));
}

class TableAndModel {
 public:
  TableAndModel() { table_.add("self"); }

  void apply(const Step& step) {
    const std::string name = "m" + std::to_string(step.member);
    const Slot slot = table_.find(name);
    RC_ASSERT((slot == no_slot) == !model_.contains(name));
    if (slot == no_slot) {
      if (step.what == 0) {
        add(name);
      }
    } else if (step.what == 1) {
      table_.remove(slot);
      model_.erase(name);
    } else if (step.what == 2) {
      set_terminal(slot, !table_.at(slot).terminal());
      model_[name] = !table_.at(slot).terminal();
    } else {
      table_.next_to_probe(prng_);
    }
  }

  void check() {
    RC_ASSERT(table_.size() == model_.size() + 1);
    std::set<std::string> alive;
    for (const auto& [name, is_alive] : model_) {
      RC_ASSERT(table_.at(table_.find(name)).name() == name);
      if (is_alive) {
        alive.insert(name);
      }
    }
    RC_ASSERT(table_.reachable() == alive.size() + 1);
    RC_ASSERT(table_.digest() == table_.summed_digest());
    // A round that begins now visits all of them.
    std::set<std::string> probed;
    for (std::size_t i = 0; i < 2 * alive.size(); ++i) {
      probed.emplace(table_.at(table_.next_to_probe(prng_)).name());
    }
    RC_ASSERT(probed == alive);
  }

 private:
  void add(const std::string& name) {
    const Slot slot = table_.add(name);
    Description about = *table_.at(slot).description;
    about.incarnation = run;
    table_.describe(slot, share(std::move(about)));
    set_terminal(slot, false);
    model_[name] = true;
  }
  void set_terminal(Slot slot, bool terminal) {
    table_.set_claim(slot, {run, terminal ? Terminal::dead : Terminal::none});
    table_.refresh(slot, prng_);
  }

  static constexpr Incarnation run{1, 1, 0};
  MemberTable table_;
  Prng prng_{7};
  std::map<std::string, bool> model_;  // name → reachable
};

RC_GTEST_PROP(MemberTableProperty, test_membership_concurrent_add_remove, ()) {
  TableAndModel both;
  for (const Step& step : *gen_steps()) {
    both.apply(step);
  }
  both.check();
}

RC_GTEST_PROP(PendingAcksProperty, whatever_is_added_is_found_until_it_is_taken, ()) {
  PendingAcks<int, 8> table;
  std::map<std::uint32_t, int> model;
  for (const Step& step : *gen_steps()) {
    const auto seq = static_cast<std::uint32_t>(step.member);
    const auto place = table.find(seq);
    RC_ASSERT(place.has_value() == model.contains(seq));
    if (!place && step.what < 2) {
      RC_ASSERT(table.add(seq, step.what).has_value() == (model.size() < 8));
      if (model.size() < 8) {
        model[seq] = step.what;
      }
    } else if (place && step.what >= 2) {
      RC_ASSERT(table.take(*place) == model[seq]);
      model.erase(seq);
    }
    RC_ASSERT(table.size() == model.size());
  }
}

// Who can be probed is exactly who is reachable, whatever comes and goes between turns, and
// everybody has a turn within two rounds.
RC_GTEST_PROP(MemberTableProperty, the_probe_order_holds_exactly_the_reachable, ()) {
  constexpr Slot members = 9;
  Prng prng(*rc::gen::arbitrary<std::uint64_t>());
  MemberTable table;
  table.add("self");
  for (Slot slot = 1; slot <= members; ++slot) {
    table.add("m" + std::to_string(slot));
  }
  std::set<Slot> reachable;
  const auto steps = *rc::gen::container<std::vector<Slot>>(rc::gen::inRange<Slot>(0, 2 * members));
  for (const Slot step : steps) {
    const Slot slot = step % members + 1;
    if (step < members) {
      const bool comes = !reachable.contains(slot);
      const Incarnation run{1, slot, 0};
      test::describe_at(table.at(slot), run);
      table.set_claim(slot, {run, comes ? Terminal::none : Terminal::dead});
      comes ? void(reachable.insert(slot)) : void(reachable.erase(slot));
      table.refresh(slot, prng);
    } else {
      RC_ASSERT(reachable.contains(table.next_to_probe(prng)) || reachable.empty());
    }
    std::vector<Slot> all;
    table.pick(members, no_slot, prng, all);
    RC_ASSERT(std::set<Slot>(all.begin(), all.end()) == reachable);
    for (const Slot listed : all) {
      RC_ASSERT(table.at(listed).order_index < reachable.size());
    }
  }
  std::set<Slot> probed;
  for (std::size_t turn = 0; turn < 2 * reachable.size(); ++turn) {
    probed.insert(table.next_to_probe(prng));
  }
  RC_ASSERT(probed == reachable);
}

}  // namespace
}  // namespace swim::engine
