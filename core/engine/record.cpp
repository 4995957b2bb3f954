#include "core/engine/record.hpp"

#include <algorithm>

namespace swim::engine {

namespace {

std::uint32_t saturated(std::int64_t value) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, UINT32_MAX));
}

}  // namespace

MemberStatus status_of(const Claim& claim) {
  switch (claim.terminal) {
    case Terminal::dead:
      return MemberStatus::failed;
    case Terminal::left:
      return MemberStatus::left;
    case Terminal::none:
      break;
  }
  if (claim.leaving) {
    return MemberStatus::leaving;
  }
  return claim.suspect ? MemberStatus::suspect : MemberStatus::alive;
}

Duration drain_left(const Record& record, TimePoint now) {
  const auto total = std::chrono::milliseconds(record.note.drain_ms);
  const auto before = std::chrono::milliseconds(record.note.drain_age_ms);
  return std::max(Duration::zero(), total - before - (now - record.note_time));
}

ClaimNote note_at(const Record& record, TimePoint now) {
  using std::chrono::duration_cast;
  ClaimNote note = record.note;
  const Duration passed = now - record.note_time;
  if (note.drain_ms != 0) {
    note.drain_age_ms =
        saturated(note.drain_age_ms + duration_cast<std::chrono::milliseconds>(passed).count());
  }
  if (record.terminal()) {
    note.age_s = saturated(note.age_s + duration_cast<std::chrono::seconds>(passed).count());
  }
  return note;
}

}  // namespace swim::engine
