// From the engine to the published values: every member event into the log first, then the snapshot
// that holds it, so that a reader of snapshot r can always go on at r + 1. Engine thread only.
#pragma once

#include <functional>
#include <optional>

#include "core/base/time.hpp"
#include "core/engine/engine.hpp"
#include "core/runtime/shared.hpp"

namespace swim::runtime {

class Publisher {
 public:
  Publisher(Shared& shared, Engine& engine) : shared_(shared), engine_(engine) {}

  void member_event(MemberEvent event);
  void message(MessageEvent message) { shared_.messages.append(std::move(message)); }

  // Something that is in the snapshot but moves no revision may have changed.
  void state_may_have_changed() { look_ = true; }
  // Stores a snapshot if there is something new. A storm of changes is put together, `at_once`
  // excepted.
  void publish_snapshot(TimePoint now, bool at_once);

  // The fields of the view that only the driver knows are filled by `fill`.
  void publish_view(TimePoint now, const std::function<void(NodeView&)>& fill);

  // When publish_snapshot or publish_view should be called next at the latest.
  TimePoint snapshot_due() const {
    return held_back_ ? snapshot_at_ + snapshot_interval : TimePoint::max();
  }
  TimePoint view_due() const { return view_at_ + view_interval; }

 private:
  static constexpr Duration snapshot_interval = std::chrono::milliseconds(5);
  static constexpr Duration view_interval = std::chrono::seconds(1);

  Shared& shared_;
  Engine& engine_;
  TimePoint snapshot_at_{};
  TimePoint view_at_{};
  std::uint64_t health_seen_{};
  std::uint64_t lives_seen_{};
  bool look_{true};
  bool held_back_{};
};

}  // namespace swim::runtime
