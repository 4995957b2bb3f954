// Payloads on their way out: whoever pulls one gets it from what is retained, part by part and by
// turns, under a pace in bytes a second, so that nothing else waits for it (DESIGN §7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "core/engine/broadcast_message.hpp"
#include "core/engine/byte_pace.hpp"
#include "core/engine/timers.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;

class BroadcastServing {
 public:
  explicit BroadcastServing(Core& core);

  // On an accepted stream, whose peer has said nothing else. False: nobody asks like that.
  bool on_request(std::uint64_t stream, const wire::PullRequest& request);
  bool serves(std::uint64_t stream) const;
  void on_over(std::uint64_t stream);
  void on_tick();

  // Those included that have been given all, and did not close yet.
  std::size_t streams() const { return served_.size() - turned_away_ + given_all_.size(); }

 private:
  struct Answer {
    std::uint64_t boot{};
    std::uint64_t sequence{};
    BroadcastPtr message{};  // null: `code` says why
    wire::PullCode code{wire::PullCode::here};
  };
  struct Served {
    std::uint64_t stream{};
    bool turned_away{};
    std::deque<Answer> answers{};  // to be given, in order
    std::size_t sent{};            // of the first
  };

  Served& served_on(std::uint64_t stream);
  Answer answer_to(const Served& served, std::uint64_t boot, std::uint64_t sequence);
  bool say_next(Served& served);
  std::size_t served_max() const;

  Core& core_;
  BytePace pace_;
  std::deque<Served> served_;  // whose turn it is first
  std::size_t turned_away_{};  // of them
  std::vector<std::uint64_t> given_all_;
  TimerId tick_{no_timer};
};

}  // namespace swim::engine
