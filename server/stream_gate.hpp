// How many streams are open, and what they were told: the limit of api.max-streams, the engine's
// knowledge whether somebody here takes messages, and the counters behind metrics. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "server/fan_out.hpp"

namespace swim::server {

class StreamGate {
 public:
  // Tells the engine whether there is a subscriber; an error is tried again.
  using SetAccepts = std::function<Expected<void>(bool accepts)>;

  // `fan_out` must outlive the gate.
  StreamGate(std::uint32_t max_streams, FanOut& fan_out, SetAccepts set_accepts)
      : max_streams_(max_streams), fan_out_(fan_out), set_accepts_(std::move(set_accepts)) {}

  // A place; given back when it is destroyed. The gate must outlive it.
  class Ticket {
   public:
    Ticket(StreamGate& gate, Channel channel) : gate_(&gate), channel_(channel) {}
    Ticket(Ticket&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr)), channel_(other.channel_) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (gate_ != nullptr) {
        gate_->leave(channel_);
      }
    }

   private:
    StreamGate* gate_;
    Channel channel_;
  };

  // nullopt: all places are taken.
  std::optional<Ticket> enter(Channel channel);

  // Whether the engine was told the last change of whether anybody takes messages. Where not, it is
  // told soon: its mailbox was full.
  bool engine_told() const;

  std::uint32_t max_streams() const { return max_streams_; }
  std::uint32_t open(Channel channel) const;

  // Counters of what watchers got. `resyncs` by pb::MemberSnapshot::Reason.
  std::atomic<std::uint64_t> watch_events{};
  std::array<std::atomic<std::uint64_t>, 5> resyncs{};

 private:
  void leave(Channel channel);
  void tell_engine();

  const std::uint32_t max_streams_;
  FanOut& fan_out_;
  const SetAccepts set_accepts_;
  mutable std::mutex mutex_;
  std::array<std::uint32_t, channels> open_{};
  bool told_{true};
};

}  // namespace swim::server
