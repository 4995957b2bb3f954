// Our own inbox ids: the current one, and former ones that still open for a while (DESIGN §5,
// Inbox). A plain value with the sealer. No errors, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/time.hpp"

namespace swim::crypto {

// Its place in the order in which our inboxes were drawn, from 1. 0 = before all.
using InboxNumber = std::uint64_t;

struct OwnInbox {
  std::uint64_t id{};
  InboxNumber number{};
  TimePoint expires{TimePoint::max()};
};

class OwnInboxes {
 public:
  // Two draws within one grace happen only when the session table overflows; beyond this many the
  // oldest goes before its time, which is always safe: peers that still use it learn the new one.
  static constexpr std::size_t capacity = 8;

  // `id` becomes the current one, the former current one stays good for `grace`. `id` must be new
  // and not 0; the current one again changes nothing, and false is returned.
  bool draw(std::uint64_t id, TimePoint now, Duration grace);
  // Forgets those whose time is over. True if there were any.
  bool expire(TimePoint now);

  // The current one first, then the former ones from newest to oldest.
  std::span<const OwnInbox> good() const { return std::span(inboxes_).first(size_); }
  // 0 where none was drawn yet.
  std::uint64_t current() const { return size_ == 0 ? 0 : inboxes_.front().id; }
  // The number of the oldest that still opens; all older ones are invalid for ever.
  InboxNumber oldest() const { return size_ == 0 ? drawn_ + 1 : inboxes_[size_ - 1].number; }

 private:
  std::array<OwnInbox, capacity> inboxes_{};
  std::size_t size_{};
  InboxNumber drawn_{};
};

}  // namespace swim::crypto
