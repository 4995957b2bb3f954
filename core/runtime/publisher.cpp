#include "core/runtime/publisher.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

namespace swim::runtime {

void Publisher::member_event(MemberEvent event) {
  const std::uint64_t revision = event.revision;
  const std::uint64_t position = shared_.events.append(std::move(event));
  if (position != revision) {
    // Watchers resume by position: a difference would be a hole that nobody is told of.
    std::fputs("swim: the event log and the engine disagree about the revision\n", stderr);
    std::abort();
  }
}

void Publisher::publish_snapshot(TimePoint now, bool at_once) {
  const std::uint64_t health = engine_.health_score();
  const std::uint64_t lives = engine_.counters().new_lives;  // a new one may end a conflict
  look_ = look_ || std::exchange(health_seen_, health) != health ||
          std::exchange(lives_seen_, lives) != lives;
  const auto current = shared_.snapshot.load();
  const bool moved = engine_.revision() != current->revision;
  if (!moved && !look_) {
    return;
  }
  if (!at_once && now < snapshot_at_ + snapshot_interval) {
    held_back_ = true;
    return;
  }
  held_back_ = false;
  look_ = false;
  auto next = std::make_shared<const Snapshot>(engine_.snapshot());
  if (moved || next->state != current->state || next->local_health != current->local_health ||
      next->conflict != current->conflict || !current->local) {
    shared_.snapshot.store(std::move(next));
    snapshot_at_ = now;
  }
}

void Publisher::publish_view(TimePoint now, const std::function<void(NodeView&)>& fill) {
  view_at_ = now;
  look_ = true;
  auto view = std::make_shared<NodeView>();
  view->stats = engine_.stats();
  fill(*view);
  shared_.view.store(std::move(view));
}

}  // namespace swim::runtime
