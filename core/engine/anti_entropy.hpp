// Notices by the digests in pings and acks that this node or a peer missed something, and has the
// two compare all they hold (DESIGN §4.3).
#pragma once

#include <array>
#include <cstdint>

#include "core/engine/pacer.hpp"
#include "core/engine/record.hpp"

namespace swim::engine {

struct Core;

class AntiEntropy {
 public:
  explicit AntiEntropy(Core& core) : core_(core) {}

  // For our pings and acks. 0: none, while this node has no say.
  std::uint64_t own_digest() const;
  // What a member that we know in this run said of its own.
  void on_digest(Slot peer, std::uint64_t theirs);
  // A sync that was begun here is over. `boot`: the peer's run; `changed`: it brought news to one
  // of the two.
  void on_sync_over(std::uint64_t boot, bool changed);

 private:
  bool is_fruitless(std::uint64_t boot) const;

  // A difference that no sync removes (a table that is full, say) must not cost one sync after the
  // other.
  struct Fruitless {
    std::uint64_t boot{};
    TimePoint until;
    Duration pause{};
  };

  Core& core_;
  std::uint32_t streak_{};     // exchanges in a row that differed while our own digest stayed
  std::uint64_t streak_of_{};  // that digest
  TimePoint streak_since_;
  TimePoint differing_since_;  // no exchange since then agreed
  bool differing_{};
  bool busy_{};  // a sync that a difference led to is under way
  Bucket budget_;
  std::array<Fruitless, 16> fruitless_{};
  std::size_t next_fruitless_{};
};

}  // namespace swim::engine
