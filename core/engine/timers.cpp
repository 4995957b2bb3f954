#include "core/engine/timers.hpp"

namespace swim::engine {

void Timers::set(TimerId& id, TimerKind kind, std::uint64_t argument, TimePoint when) {
  if (id == no_timer) {
    if (free_.empty()) {
      id = static_cast<TimerId>(due_.size());
      due_.emplace_back();
    } else {
      id = free_.back();
      free_.pop_back();
    }
    ++armed_;
  }
  due_[id] = {kind, argument};
  heap_.set(id, when);
}

void Timers::bring_forward(TimerId& id, TimerKind kind, std::uint64_t argument, TimePoint at) {
  const auto armed = when(id);
  if (!armed || at < *armed) {
    set(id, kind, argument, at);
  }
}

void Timers::cancel(TimerId& id) {
  if (id == no_timer) {
    return;
  }
  heap_.clear(id);
  free_.push_back(id);
  --armed_;
  id = no_timer;
}

std::optional<TimePoint> Timers::next() const {
  const auto earliest = heap_.earliest();
  return earliest ? std::optional(earliest->first) : std::nullopt;
}

std::optional<TimePoint> Timers::when(TimerId id) const {
  return id == no_timer ? std::nullopt : heap_.deadline_of(id);
}

std::optional<Due> Timers::take_due(TimePoint now) {
  const auto earliest = heap_.earliest();
  if (!earliest || earliest->first > now) {
    return std::nullopt;
  }
  TimerId id = static_cast<TimerId>(earliest->second);
  const Due due = due_[id];
  cancel(id);
  return due;
}

}  // namespace swim::engine
