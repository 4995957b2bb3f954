// Broadcasts that come in batches and can wait: what the engine's lane has no room for stays here
// and is offered again in later turns, a few of each batch at a time. Engine thread only.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/engine/engine.hpp"
#include "core/runtime/operations.hpp"

namespace swim::runtime {

// Views: what they show must live until the batch is answered.
struct BroadcastItem {
  std::string_view topic;
  Bytes payload;
  std::string_view supersede_key;
  std::array<std::uint8_t, 16> request_id{};
};

struct BatchReport {
  std::vector<std::pair<std::uint32_t, Error>> rejected;  // place in the batch, in order
};

struct BroadcastBatch {
  std::vector<BroadcastItem> items;
  // Set by anybody when nobody waits for the answer: what is left is not sent.
  std::shared_ptr<const std::atomic<bool>> abandoned;
  std::function<void(Expected<BatchReport>)> done;
};

class Batches {
 public:
  // Not more than limits::batches_waiting_max: answered with queue_full.
  void add(BroadcastBatch batch, Operations& operations);
  // Gives the engine what it has room for.
  void offer(Engine& engine, Moment now, Operations& operations);
  void cancel_all(Operations& operations);

  // Whether offer() has something to do already.
  bool can_go_on(const Engine& engine) const;

  std::size_t waiting() const { return waiting_.size(); }
  std::uint64_t held() const { return held_; }  // that had to wait for a later turn

 private:
  struct Waiting {
    BroadcastBatch batch;
    std::size_t next{};
    BatchReport report;
    bool held{};
  };

  // Whether the whole batch has been dealt with.
  bool offer_some(Waiting& waiting, Engine& engine, Moment now, bool& room);
  static void reject_rest(Waiting& waiting, const Error& error);
  static void finish(Waiting waiting, Operations& operations);

  std::deque<Waiting> waiting_;  // the next to be served first
  std::uint64_t held_{};
};

}  // namespace swim::runtime
