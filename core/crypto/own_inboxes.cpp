#include "core/crypto/own_inboxes.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace swim::crypto {

bool OwnInboxes::draw(std::uint64_t id, TimePoint now, Duration grace) {
  SWIM_ASSERT(id != 0);
  if (id == current()) {
    return false;
  }
  // An inbox that came back would open what was recorded for it the first time.
  for (const OwnInbox& inbox : good()) {
    SWIM_ASSERT(inbox.id != id);
  }
  if (size_ > 0) {
    inboxes_.front().expires = now + grace;
  }
  size_ = std::min(size_ + 1, capacity);
  std::shift_right(inboxes_.begin(), inboxes_.begin() + static_cast<std::ptrdiff_t>(size_), 1);
  inboxes_.front() = {id, ++drawn_, TimePoint::max()};
  expire(now);
  return true;
}

bool OwnInboxes::expire(TimePoint now) {
  const auto end = inboxes_.begin() + static_cast<std::ptrdiff_t>(size_);
  const auto kept = std::remove_if(inboxes_.begin(), end,
                                   [now](const OwnInbox& inbox) { return inbox.expires <= now; });
  const bool any = kept != end;
  size_ = static_cast<std::size_t>(kept - inboxes_.begin());
  return any;
}

}  // namespace swim::crypto
