#include "core/engine/outbox.hpp"

#include <algorithm>
#include <utility>

#include "core/base/limits.hpp"

namespace swim::engine {

namespace {
constexpr std::size_t initial_entries = 64;
}

Outbox::Outbox() : ring_(initial_entries) {}

PendingSend& Outbox::push() {
  if (count_ == ring_.size() && ring_.size() < limits::pending_sends_max) {
    std::vector<PendingSend> larger(ring_.size() * 2);
    for (std::size_t i = 0; i < count_; ++i) {
      larger[i] = std::move(ring_[(head_ + i) % ring_.size()]);
    }
    ring_ = std::move(larger);
    head_ = 0;
  }
  if (count_ == ring_.size()) {
    pop();
    ++dropped_;
  }
  PendingSend& entry = ring_[(head_ + count_) % ring_.size()];
  most_ = std::max(most_, ++count_);
  std::string node = std::move(entry.node);
  node.clear();
  entry = PendingSend{};
  entry.node = std::move(node);
  return entry;
}

void Outbox::pop() {
  ring_[head_].user.reset();
  ring_[head_].spans.reset();
  // From the start again where nothing is left: the same few entries stay in the cache.
  head_ = --count_ == 0 ? 0 : (head_ + 1) % ring_.size();
}

}  // namespace swim::engine
