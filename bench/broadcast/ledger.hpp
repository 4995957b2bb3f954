// What became of each message: how many subscribers lack it, and what was wrong with what came.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "bench/broadcast/histogram.hpp"

namespace swim::bench {

// Nanoseconds of the steady clock; all programs of a run share the machine.
std::uint64_t now_ns();

// What stands at the beginning of each payload.
struct Stamp {
  std::uint64_t sent_ns = 0;
  std::uint64_t number = 0;  // of its publisher, from 0, without holes
  std::uint32_t publisher = 0;
};
inline constexpr std::size_t kStampBytes = 20;

void write_stamp(const Stamp& stamp, std::span<char, kStampBytes> out);
Stamp read_stamp(std::span<const char, kStampBytes> in);

// What one subscriber saw that it should not have seen. All zero: each message once and in order.
struct Faults {
  std::uint64_t skipped = 0;           // numbers passed over: lost, or late
  std::uint64_t repeated_or_late = 0;  // numbers at or below one that had come
  std::uint64_t announced_lost = 0;    // by gaps
  std::uint64_t resets = 0;
  std::uint64_t strange = 0;  // payloads that are not ours
};

// Shared by all threads of a run. arrived() is for the subscriber's own thread; the rest for all.
class Ledger {
 public:
  // `capacity`: messages of one publisher at most.
  Ledger(std::size_t publishers, std::size_t subscribers, std::size_t capacity);

  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::size_t publishers() const { return publishers_; }

  void accepted(std::uint64_t count) { accepted_.fetch_add(count, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t accepted() const { return accepted_.load(std::memory_order_relaxed); }

  // One subscriber fewer lacks it. True: it was the last one.
  bool arrived(const Stamp& stamp);
  // Messages that all subscribers have.
  [[nodiscard]] std::uint64_t complete() const { return complete_.load(std::memory_order_relaxed); }

  // Latencies are taken of messages sent from begin() to end() only.
  void begin() { begin_ns_.store(now_ns()); }
  void end() { end_ns_.store(now_ns()); }
  [[nodiscard]] bool is_measured(std::uint64_t sent_ns) const;

 private:
  std::size_t publishers_;
  std::size_t capacity_;
  std::unique_ptr<std::atomic<std::uint8_t>[]> lacking_;
  std::atomic<std::uint64_t> accepted_ = 0;
  std::atomic<std::uint64_t> complete_ = 0;
  std::atomic<std::uint64_t> begin_ns_ = UINT64_MAX;
  std::atomic<std::uint64_t> end_ns_ = UINT64_MAX;
};

// What one subscriber knows of each publisher's order.
class Order {
 public:
  Order(Ledger& ledger, std::size_t publishers) : ledger_(ledger), next_(publishers) {}

  void take(std::span<const char> payload);

  Faults faults;
  Histogram each;  // from the sending to this subscriber
  Histogram last;  // from the sending to all of them, where this one was the last

 private:
  Ledger& ledger_;
  std::vector<std::uint64_t> next_;
};

}  // namespace swim::bench
