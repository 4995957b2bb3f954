#include "server/stream_gate.hpp"

#include <numeric>

#include "core/runtime/clock.hpp"

namespace swim::server {
namespace {

constexpr Duration retry_after = std::chrono::milliseconds(10);

}  // namespace

std::optional<StreamGate::Ticket> StreamGate::enter(Channel channel) {
  const std::lock_guard lock(mutex_);
  if (std::accumulate(open_.begin(), open_.end(), 0U) >= max_streams_) {
    return std::nullopt;
  }
  if (++open_[static_cast<std::size_t>(channel)] == 1 && channel == Channel::messages) {
    tell_engine();
  }
  return std::optional<Ticket>(std::in_place, *this, channel);
}

void StreamGate::leave(Channel channel) {
  const std::lock_guard lock(mutex_);
  if (--open_[static_cast<std::size_t>(channel)] == 0 && channel == Channel::messages) {
    tell_engine();
  }
}

std::uint32_t StreamGate::open(Channel channel) const {
  const std::lock_guard lock(mutex_);
  return open_[static_cast<std::size_t>(channel)];
}

bool StreamGate::engine_told() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

// Under the lock, so that the last word to the engine is the true one.
void StreamGate::tell_engine() {
  const auto told = set_accepts_(open_[static_cast<std::size_t>(Channel::messages)] != 0);
  told_ = told || told.error().code != Errc::queue_full;
  if (!told && told.error().code == Errc::queue_full) {
    fan_out_.at(runtime::steady_now() + retry_after, [this] {
      const std::lock_guard lock(mutex_);
      tell_engine();
    });
  }
}

}  // namespace swim::server
