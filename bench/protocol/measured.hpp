// What one run of an experiment measured. Plain values; runs of one setup are added up.
#pragma once

#include <cstdint>
#include <vector>

namespace swim::bench {

// What members sent, over all members that ran from the beginning to the end of the measurement.
// Bytes include IP and UDP headers (28 a datagram).
struct Load {
  double datagrams{}, bytes{}, stream_bytes{};
  double member_seconds{};
  double bytes_max{};  // a second, of the member that sent most
};

// "Failed" about members that were healthy: FP of the Lifeguard paper.
struct FalsePositives {
  std::uint64_t all{};         // one an observer
  std::uint64_t at_healthy{};  // … by observers that were healthy themselves: FP−
  std::uint64_t members{};     // distinct members, summed over runs
};

struct Measured {
  std::uint64_t runs{};
  FalsePositives false_positives;
  std::uint64_t runs_with_false{};  // at least one of them
  // Members whose process existed and that somebody declared failed, once an incarnation, healthy
  // or not; and those suspected.
  std::uint64_t deaths{};
  std::uint64_t runs_with_death{};
  std::uint64_t suspicions{};
  // Seconds from a fault.
  std::vector<double> first;      // until the first healthy observer said "failed", a subject
  std::vector<double> full;       // … the last
  std::vector<double> observers;  // … each of them
  std::vector<double> spread;     // between the first and the last, a subject
  std::uint64_t missed{};         // subjects that some healthy observer never declared failed
  // Seconds until what the experiment waits for; how often it did not come.
  std::vector<double> settled;
  std::uint64_t unsettled{};
  // What else an experiment counts; it says what.
  std::vector<double> counts;
  std::vector<double> more_counts;
  Load load;

  Measured& operator+=(const Measured& other);
};

}  // namespace swim::bench
