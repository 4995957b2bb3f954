#include "core/runtime/batches.hpp"

#include "core/base/limits.hpp"

namespace swim::runtime {
namespace {

// Of one batch, before the next one has its turn: one that is large may not keep others out of a
// lane that is nearly full.
constexpr std::size_t items_at_a_time = 32;

}  // namespace

void Batches::add(BroadcastBatch batch, Operations& operations) {
  if (waiting_.size() >= limits::batches_waiting_max) {
    operations.answer([done = std::move(batch.done)] {
      done(fail(Errc::queue_full, "too many batches wait for room in the lane"));
    });
    return;
  }
  waiting_.push_back({std::move(batch), 0, {}, false});
}

void Batches::offer(Engine& engine, Moment now, Operations& operations) {
  bool room = true;
  for (std::size_t refused = 0; refused < waiting_.size();) {
    Waiting one = std::move(waiting_.front());
    waiting_.pop_front();
    if (offer_some(one, engine, now, room)) {
      finish(std::move(one), operations);
      continue;
    }
    // Without room only those are looked for that nobody waits for any more.
    refused += room ? 0 : 1;
    waiting_.push_back(std::move(one));
  }
  for (Waiting& one : waiting_) {
    held_ += one.held ? 0 : 1;
    one.held = true;
  }
}

bool Batches::offer_some(Waiting& waiting, Engine& engine, Moment now, bool& room) {
  const std::vector<BroadcastItem>& items = waiting.batch.items;
  if (waiting.batch.abandoned && *waiting.batch.abandoned) {
    reject_rest(waiting, Error{Errc::cancelled, "the stream has ended"});
    return true;
  }
  for (std::size_t i = 0; i < items_at_a_time && waiting.next < items.size(); ++i) {
    const BroadcastItem& item = items[waiting.next];
    room = room && engine.welcomes_broadcast(item.payload.size());
    if (!room) {
      return false;
    }
    const auto taken =
        engine.broadcast(item.topic, item.payload, item.supersede_key, now, item.request_id);
    if (!taken && taken.error().code == Errc::queue_full) {
      room = false;
      return false;
    }
    if (!taken) {
      waiting.report.rejected.emplace_back(static_cast<std::uint32_t>(waiting.next), taken.error());
    }
    ++waiting.next;
  }
  return waiting.next == items.size();
}

bool Batches::can_go_on(const Engine& engine) const {
  return !waiting_.empty() &&
         engine.welcomes_broadcast(
             waiting_.front().batch.items[waiting_.front().next].payload.size());
}

void Batches::cancel_all(Operations& operations) {
  while (!waiting_.empty()) {
    reject_rest(waiting_.front(), Error{Errc::not_running, "the node stops"});
    finish(std::move(waiting_.front()), operations);
    waiting_.pop_front();
  }
}

void Batches::reject_rest(Waiting& waiting, const Error& error) {
  for (; waiting.next < waiting.batch.items.size(); ++waiting.next) {
    waiting.report.rejected.emplace_back(static_cast<std::uint32_t>(waiting.next), error);
  }
}

void Batches::finish(Waiting waiting, Operations& operations) {
  operations.answer([done = std::move(waiting.batch.done),
                     report = std::move(waiting.report)]() mutable { done(std::move(report)); });
}

}  // namespace swim::runtime
