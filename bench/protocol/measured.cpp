#include "bench/protocol/measured.hpp"

#include <algorithm>

namespace swim::bench {

Measured& Measured::operator+=(const Measured& other) {
  const auto append = [](std::vector<double>& to, const std::vector<double>& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  runs += other.runs;
  false_positives.all += other.false_positives.all;
  false_positives.at_healthy += other.false_positives.at_healthy;
  false_positives.members += other.false_positives.members;
  runs_with_false += other.runs_with_false;
  deaths += other.deaths;
  runs_with_death += other.runs_with_death;
  suspicions += other.suspicions;
  append(first, other.first);
  append(full, other.full);
  append(observers, other.observers);
  append(spread, other.spread);
  missed += other.missed;
  append(settled, other.settled);
  unsettled += other.unsettled;
  append(counts, other.counts);
  append(more_counts, other.more_counts);
  load.datagrams += other.load.datagrams;
  load.bytes += other.load.bytes;
  load.stream_bytes += other.load.stream_bytes;
  load.member_seconds += other.load.member_seconds;
  load.bytes_max = std::max(load.bytes_max, other.load.bytes_max);
  return *this;
}

}  // namespace swim::bench
