#include "core/engine/member_table.hpp"

#include <algorithm>
#include <utility>

#include "core/engine/digest.hpp"

namespace swim::engine {

Slot MemberTable::add(std::string_view name) {
  Slot slot = slots_;
  if (free_.empty()) {
    if (slot % block_records == 0) {
      blocks_.push_back(std::make_unique<Block>());
    }
    ++slots_;
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Description undescribed;
  undescribed.name = name;
  at(slot).describe(share(std::move(undescribed)));
  index_.insert(slot);
  return slot;
}

void MemberTable::remove(Slot slot) {
  take_out(slot);
  set_claim(slot, {});
  index_.erase(slot);
  at(slot) = {};
  free_.push_back(slot);
}

void MemberTable::set_claim(Slot slot, const Claim& claim) {
  Record& record = at(slot);
  digest_ -= record_digest(record.name(), record.state());
  record.set_claim(claim);
  digest_ += record_digest(record.name(), record.state());
  ++changes_;
}

void MemberTable::describe(Slot slot, DescriptionPtr about) {
  Record& record = at(slot);
  digest_ -= record_digest(record.name(), record.state());
  record.describe(std::move(about));
  digest_ += record_digest(record.name(), record.state());
  ++changes_;
}

std::uint64_t MemberTable::summed_digest() const {
  std::uint64_t sum = 0;
  for (Slot slot = 0; slot < slots(); ++slot) {
    if (used(slot)) {
      sum += record_digest(at(slot).name(), at(slot).state());
    }
  }
  return sum;
}

Slot MemberTable::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? no_slot : *found;
}

void MemberTable::refresh(Slot slot, Prng& prng) {
  if (slot == self) {
    return;
  }
  Record& record = at(slot);
  const bool listed = record.order_index != UINT32_MAX;
  if (record.reachable() == listed) {
    return;
  }
  if (listed) {
    take_out(slot);
    return;
  }
  order_.push_back(slot);
  const std::size_t last = order_.size() - 1;
  const std::size_t place = prng.below(order_.size());
  std::swap(order_[place], order_[last]);
  at(order_[last]).order_index = static_cast<std::uint32_t>(last);
  at(order_[place]).order_index = static_cast<std::uint32_t>(place);
}

void MemberTable::take_out(Slot slot) {
  Record& record = at(slot);
  if (record.order_index == UINT32_MAX) {
    return;
  }
  // The gap is filled from the same side of the position, so that nobody who still waits for its
  // turn is moved among those who had it.
  std::size_t gap = record.order_index;
  const auto move_into_gap = [&](std::size_t from) {
    if (from == gap) {
      return;  // and what stands there may be a leftover of the move before
    }
    order_[gap] = order_[from];
    at(order_[gap]).order_index = static_cast<std::uint32_t>(gap);
    gap = from;
  };
  if (gap < position_) {
    move_into_gap(--position_);
  }
  move_into_gap(order_.size() - 1);
  order_.pop_back();
  record.order_index = UINT32_MAX;
}

Slot MemberTable::next_to_probe(Prng& prng) {
  if (order_.empty()) {
    return no_slot;
  }
  if (position_ >= order_.size()) {
    prng.shuffle(std::span(order_));
    for (std::size_t i = 0; i < order_.size(); ++i) {
      at(order_[i]).order_index = static_cast<std::uint32_t>(i);
    }
    position_ = 0;
  }
  return order_[position_++];
}

void MemberTable::pick(std::size_t count, Slot except, Prng& prng, std::vector<Slot>& out) const {
  const std::size_t n = order_.size();
  const std::size_t begin = out.size();
  const std::size_t wanted = std::min(count, n);
  // Rejection is quick while few are wanted of many; when few are there, a walk from a random place
  // is.
  for (std::size_t tries = 0; tries < 3 * wanted && n > 2 * wanted; ++tries) {
    const Slot slot = order_[prng.below(n)];
    const auto chosen = std::span(out).subspan(begin);
    if (slot != except && std::find(chosen.begin(), chosen.end(), slot) == chosen.end()) {
      out.push_back(slot);
    }
    if (out.size() - begin == wanted) {
      return;
    }
  }
  const std::size_t start = n == 0 ? 0 : prng.below(n);
  for (std::size_t step = 0; step < n && out.size() - begin < wanted; ++step) {
    const Slot slot = order_[(start + step) % n];
    const auto chosen = std::span(out).subspan(begin);
    if (slot != except && std::find(chosen.begin(), chosen.end(), slot) == chosen.end()) {
      out.push_back(slot);
    }
  }
}

}  // namespace swim::engine
