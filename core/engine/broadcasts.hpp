// The lane of user broadcasts: bounded by count and bytes, with a share of each packet of its own,
// so that neither it nor membership starves the other (DESIGN §4.3). A run's messages are told
// apart by (boot, sequence); each is taken once.
#pragma once

#include <bitset>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/limits.hpp"
#include "core/base/time.hpp"
#include "core/engine/level_queue.hpp"
#include "core/engine/record.hpp"
#include "core/engine/request_memory.hpp"
#include "core/wire/message.hpp"
#include "core/wire/native/codec.hpp"

namespace swim::engine {

struct Core;

class Broadcasts {
 public:
  explicit Broadcasts(Core& core);

  // This node's own. Errors: too_large, queue_full. An unsent one with the same key is replaced.
  Expected<void> submit(std::string_view topic, Bytes payload, std::string_view supersede_key,
                        const wire::RequestId& request_id);
  // Whether a message with this id was submitted and is remembered.
  bool repeats(const wire::RequestId& request_id);
  std::size_t remembered() const { return submitted_.size(); }
  // A quarter of the lane is left to those who can't wait.
  bool has_room(std::size_t payload_bytes) const;
  // From a peer: delivered and passed on once.
  void on_broadcast(const wire::Broadcast& message);
  // Nothing that went out in the same burst already (Gossip::new_burst).
  void piggyback(wire::PacketWriter& writer, std::uint64_t burst);
  // The origin run is forgotten; what still comes of it later counts as new to us.
  void forget(std::uint64_t boot);
  // Another run has taken its place: forgotten when nothing of it can be under way any more.
  void retire(std::uint64_t boot);
  void reap();
  void clear();

  std::size_t queued() const { return queue_.size(); }
  std::size_t queued_bytes() const { return bytes_; }
  std::uint64_t sequence() const { return sequence_; }

 private:
  struct Entry {
    std::string origin;
    std::uint64_t boot{};
    std::uint64_t sequence{};  // 0: ours, not yet sent
    std::string topic;
    std::string key;
    std::shared_ptr<const ByteVector> payload;
    std::uint8_t left{};
    std::uint64_t packed{};
  };
  // Which sequences of one run were taken: exact within the window, everything older counts as
  // taken.
  struct Seen {
    // Twice what a lane holds, so that what waited long in one is not taken for a repetition.
    static constexpr std::size_t window = 2 * limits::broadcast_lane_messages_default;
    std::uint64_t highest{};
    std::bitset<window> bits;
    bool take(std::uint64_t sequence);
  };

  Expected<void> take(std::string_view topic, Bytes payload, std::string_view supersede_key);
  std::uint32_t place();
  void enqueue(std::uint32_t at, Entry entry);
  void release(std::uint32_t at);
  bool replace_unsent(std::string_view topic, Bytes payload, std::string_view key);
  void deliver(const Entry& entry, bool own);
  Seen& seen_of(std::uint64_t boot);

  Core& core_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  RequestMemory submitted_;
  LevelQueue queue_;
  std::size_t bytes_{};
  std::uint64_t sequence_{};
  boost::unordered_flat_map<std::uint64_t, std::unique_ptr<Seen>> seen_;
  std::deque<std::uint64_t> seen_order_;  // as they came, for the bound
  std::deque<std::pair<TimePoint, std::uint64_t>> retired_;
};

}  // namespace swim::engine
