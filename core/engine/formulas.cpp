#include "core/engine/formulas.hpp"

#include <algorithm>
#include <cmath>

namespace swim {

namespace {

Duration intervals(const Config& config, double mult, std::size_t nodes) {
  const double scale =
      std::max(1.0, std::log(static_cast<double>(std::max<std::size_t>(nodes, 1))));
  const double interval = static_cast<double>(config.probe_interval.count());
  return Duration(static_cast<Duration::rep>(mult * scale * interval));
}

}  // namespace

Duration suspicion_timeout(const Config& config, std::size_t nodes) {
  return std::min(intervals(config, config.suspicion_mult, nodes), config.suspicion_max_timeout);
}

Duration suspicion_floor(const Config& config, std::size_t nodes) {
  return intervals(config, config.suspicion_min_mult, nodes);
}

std::uint32_t retransmit_limit(const Config& config, std::size_t nodes) {
  const double rounds = std::ceil(std::log(static_cast<double>(nodes) + 1.0));
  return config.retransmit_mult * static_cast<std::uint32_t>(std::max(1.0, rounds));
}

Duration suspicion_after(Duration longest, Duration shortest, std::uint32_t confirmations,
                         std::uint32_t wanted) {
  if (wanted == 0) {
    return std::min<Duration>(longest, std::chrono::seconds(1));
  }
  if (confirmations >= wanted || longest <= shortest) {
    return std::min(longest, shortest);
  }
  const double fraction = std::log(static_cast<double>(confirmations) + 1.0) /
                          std::log(static_cast<double>(wanted) + 1.0);
  const double span = static_cast<double>((longest - shortest).count());
  return longest - Duration(static_cast<Duration::rep>(fraction * span));
}

std::uint32_t confirmations_wanted(const Config& config, std::size_t others) {
  const std::size_t able = others > 2 ? others - 2 : 0;
  return static_cast<std::uint32_t>(std::min<std::size_t>(config.suspicion_confirmations, able));
}

std::uint32_t questions_wanted(const Config& config, double missed, std::size_t helpers,
                               std::size_t nodes) {
  // Our request and its answer, or its ping and the answer to that.
  const double in_vain = 1 - (1 - missed) * (1 - missed);
  double question = missed;
  for (std::size_t helper = 0; helper < helpers; ++helper) {
    question *= in_vain;
  }
  constexpr Duration::rep false_suspicion_each = Duration(std::chrono::seconds(10)).count();
  const double allowed = static_cast<double>(config.probe_interval.count()) /
                         static_cast<double>(false_suspicion_each) /
                         static_cast<double>(std::max<std::size_t>(nodes, 1));
  std::uint32_t questions = 1;
  for (double all = question; all > allowed && questions < limits::probe_questions_max;
       all *= question) {
    ++questions;
  }
  return questions;
}

}  // namespace swim
