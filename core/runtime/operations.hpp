// Answers to commands: those that the engine gives later, and all of them held back until what they
// changed is published, so that a caller that reads after its answer reads its own write. Engine
// thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/engine/event.hpp"

namespace swim::runtime {

class Operations {
 public:
  using Finish = std::function<void(const OperationCompleted&)>;

  // `finish` runs when the engine reports the operation, or with Errc::cancelled at the end.
  // `changes_state`: its end may change the node's state, which is published before the answer.
  void expect(OperationId id, bool changes_state, Finish finish) {
    pending_.emplace(static_cast<std::uint64_t>(id), Pending{std::move(finish), changes_state});
  }

  // Whether the state may have changed.
  bool completed(OperationCompleted done) {
    const auto found = pending_.find(static_cast<std::uint64_t>(done.id));
    if (found == pending_.end()) {
      return false;
    }
    const bool changes_state = found->second.changes_state;
    answer([finish = std::move(found->second.finish), done = std::move(done)] { finish(done); });
    pending_.erase(found);
    return changes_state;
  }

  // Runs with the others at the end of the turn.
  void answer(std::function<void()> call) { answers_.push_back(std::move(call)); }
  bool has_answers() const { return !answers_.empty(); }

  void run_answers() {
    while (!answers_.empty()) {
      std::vector<std::function<void()>> batch;
      batch.swap(answers_);
      for (const auto& call : batch) {
        call();
      }
    }
  }

  void cancel_all() {
    for (auto& [id, pending] : pending_) {
      OperationCompleted done;
      done.id = static_cast<OperationId>(id);
      done.error = Error{Errc::cancelled, "the node stops"};
      answer([finish = std::move(pending.finish), done = std::move(done)] { finish(done); });
    }
    pending_.clear();
  }

 private:
  struct Pending {
    Finish finish;
    bool changes_state{};
  };

  std::unordered_map<std::uint64_t, Pending> pending_;
  std::vector<std::function<void()>> answers_;
};

}  // namespace swim::runtime
