#include "core/engine/request_memory.hpp"

#include <cstring>

#include "core/base/prng.hpp"

namespace swim::engine {

std::size_t RequestMemory::Hash::operator()(const Request& request) const noexcept {
  std::uint64_t state = request.boot;
  std::uint64_t hash = splitmix64(state);
  for (std::size_t half = 0; half < request.id.size(); half += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, request.id.data() + half, sizeof word);
    state = hash ^ word;
    hash = splitmix64(state);
  }
  return static_cast<std::size_t>(hash);
}

void RequestMemory::forget_old(TimePoint now) {
  while (!order_.empty() && now - order_.front().at >= lifetime_) {
    known_.erase(order_.front().request);
    order_.pop_front();
  }
}

bool RequestMemory::knows(const Request& request, TimePoint now) {
  forget_old(now);
  return known_.contains(request);
}

void RequestMemory::remember(const Request& request, TimePoint now) {
  forget_old(now);
  if (request.id == wire::RequestId{} || !known_.insert(request).second) {
    return;
  }
  order_.push_back({now, request});
  if (order_.size() > entries_max_) {
    known_.erase(order_.front().request);
    order_.pop_front();
  }
}

}  // namespace swim::engine
