#include "bench/broadcast/ledger.hpp"

#include <chrono>
#include <cstring>

namespace swim::bench {

std::uint64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

void write_stamp(const Stamp& stamp, std::span<char, kStampBytes> out) {
  std::memcpy(out.data(), &stamp.sent_ns, 8);
  std::memcpy(out.data() + 8, &stamp.number, 8);
  std::memcpy(out.data() + 16, &stamp.publisher, 4);
}

Stamp read_stamp(std::span<const char, kStampBytes> in) {
  Stamp stamp;
  std::memcpy(&stamp.sent_ns, in.data(), 8);
  std::memcpy(&stamp.number, in.data() + 8, 8);
  std::memcpy(&stamp.publisher, in.data() + 16, 4);
  return stamp;
}

Ledger::Ledger(std::size_t publishers, std::size_t subscribers, std::size_t capacity)
    : publishers_(publishers),
      capacity_(capacity),
      lacking_(std::make_unique<std::atomic<std::uint8_t>[]>(publishers * capacity)) {
  for (std::size_t i = 0; i < publishers * capacity; ++i) {
    lacking_[i].store(static_cast<std::uint8_t>(subscribers), std::memory_order_relaxed);
  }
}

bool Ledger::arrived(const Stamp& stamp) {
  auto& lacking = lacking_[stamp.publisher * capacity_ + stamp.number];
  if (lacking.fetch_sub(1, std::memory_order_relaxed) != 1) {
    return false;
  }
  complete_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool Ledger::is_measured(std::uint64_t sent_ns) const {
  return sent_ns >= begin_ns_.load(std::memory_order_relaxed) &&
         sent_ns < end_ns_.load(std::memory_order_relaxed);
}

void Order::take(std::span<const char> payload) {
  if (payload.size() < kStampBytes) {
    ++faults.strange;
    return;
  }
  const Stamp stamp = read_stamp(payload.first<kStampBytes>());
  if (stamp.publisher >= ledger_.publishers() || stamp.number >= ledger_.capacity()) {
    ++faults.strange;
    return;
  }
  std::uint64_t& next = next_[stamp.publisher];
  if (stamp.number < next) {
    ++faults.repeated_or_late;
    return;
  }
  faults.skipped += stamp.number - next;
  next = stamp.number + 1;
  const bool was_last = ledger_.arrived(stamp);
  if (ledger_.is_measured(stamp.sent_ns)) {
    const std::uint64_t took = now_ns() - stamp.sent_ns;
    each.add(took);
    if (was_last) {
      last.add(took);
    }
  }
}

}  // namespace swim::bench
