// Node 0 of a loopback cluster tells all others, as fast as they take it: at most `window` messages
// are under way, as an app does that waits for room.
#pragma once

#include <atomic>
#include <memory>

#include "bench/support/loopback_cluster.hpp"

namespace swim::bench {

struct BroadcastRun {
  std::uint64_t sent{};        // accepted by node 0
  std::uint64_t by_all{};      // received by the node that received least, node 0 included
  std::uint64_t deliveries{};  // at all nodes together
  std::uint64_t refused{};     // queue_full, tried again
  double seconds{};            // from the first submit to the last receipt
};

struct BroadcastLoad {
  std::uint64_t messages{};
  std::size_t payload_bytes{64};
  std::uint64_t window{512};
  std::chrono::milliseconds limit{20'000};  // for the whole run
  std::chrono::milliseconds quiet{1'000};   // nothing new for so long: the rest is lost
};

class Broadcaster {
 public:
  explicit Broadcaster(LoopbackCluster& cluster) : cluster_(cluster) {
    for (std::size_t i = 0; i < cluster_.size(); ++i) {
      before_.push_back(cluster_.received(i));
    }
  }

  // Since this broadcaster was made: at the node that has received least …
  std::uint64_t received_by_all() const {
    std::uint64_t least = cluster_.received(0) - before_[0];
    for (std::size_t i = 1; i < before_.size(); ++i) {
      least = std::min(least, cluster_.received(i) - before_[i]);
    }
    return least;
  }
  // … and at all nodes together.
  std::uint64_t received_in_all() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      sum += cluster_.received(i) - before_[i];
    }
    return sum;
  }

  // Once.
  BroadcastRun run(const BroadcastLoad& load) {
    const auto start = Clock::now();
    auto progress = start;
    BroadcastRun result;
    while (result.by_all < load.messages) {
      submit(load, result.by_all);
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      result.by_all = received_by_all();
      const auto now = Clock::now();
      if (const std::uint64_t all = received_in_all(); all != result.deliveries) {
        result.deliveries = all;
        progress = now;
      }
      if (now - progress > load.quiet || now - start > load.limit) {
        break;
      }
    }
    result.seconds = std::chrono::duration<double>(progress - start).count();
    result.sent = counts_->accepted;
    result.refused = counts_->refused;
    return result;
  }

 private:
  // Written on the engine thread, and perhaps still after the run.
  struct Counts {
    std::atomic<std::uint64_t> accepted{}, refused{};
  };

  void submit(const BroadcastLoad& load, std::uint64_t received) {
    while (submitted_ - counts_->refused < load.messages &&
           submitted_ - counts_->refused < received + load.window) {
      const auto posted =
          cluster_.node(0).broadcast("bench", ByteVector(load.payload_bytes, 7), "", {},
                                     [counts = counts_](const Expected<void>& done) {
                                       ++(done ? counts->accepted : counts->refused);
                                     });
      if (!posted) {
        return;  // the mailbox is full: the engine's turn
      }
      ++submitted_;
    }
  }

  LoopbackCluster& cluster_;
  std::vector<std::uint64_t> before_;  // by node
  std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
  std::uint64_t submitted_{};
};

}  // namespace swim::bench
