// How often a probe asks: the least that keeps the promise, for whatever share of answers is
// missed.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/engine/formulas.hpp"
#include "core/engine/missed_answers.hpp"

namespace swim {
namespace {

struct Network {
  double missed;
  std::size_t helpers, nodes;
};

Network any_network() {
  return {*rc::gen::inRange(0, 1'001) / 1'000.0, *rc::gen::inRange<std::size_t>(0, 9),
          *rc::gen::inRange<std::size_t>(1, 10'000)};
}

// False suspicions of all nodes in ten seconds, if each probe asks so often.
double in_ten_seconds(const Config& config, const Network& network, std::uint32_t questions) {
  const double probes = static_cast<double>(network.nodes) * 10e9 /
                        static_cast<double>(config.probe_interval.count());
  const double helper = 1 - std::pow(1 - network.missed, 2);
  return probes * std::pow(network.missed * std::pow(helper, network.helpers), questions);
}

RC_GTEST_PROP(QuestionsProperty, are_the_fewest_that_leave_one_false_suspicion_in_ten_seconds, ()) {
  const Network network = any_network();
  Config config;
  config.probe_interval = std::chrono::milliseconds(*rc::gen::inRange(10, 5'000));
  const std::uint32_t questions =
      questions_wanted(config, network.missed, network.helpers, network.nodes);
  RC_ASSERT(questions >= 1U && questions <= limits::probe_questions_max);
  constexpr double rounding = 1e-6;
  if (questions < limits::probe_questions_max) {
    RC_ASSERT(in_ten_seconds(config, network, questions) <= 1 + rounding);
  }
  if (questions > 1) {
    RC_ASSERT(in_ten_seconds(config, network, questions - 1) >= 1 - rounding);
  }
}

RC_GTEST_PROP(QuestionsProperty, are_no_fewer_where_more_gets_lost_or_more_are_there, ()) {
  const Config config;
  Network network = any_network();
  const auto asked = [&] {
    return questions_wanted(config, network.missed, network.helpers, network.nodes);
  };
  const std::uint32_t before = asked();
  network.missed = std::min(1.0, network.missed + *rc::gen::inRange(0, 500) / 1'000.0);
  network.nodes += *rc::gen::inRange<std::size_t>(0, 10'000);
  RC_ASSERT(asked() >= before);
}

RC_GTEST_PROP(MissedAnswersProperty, is_a_share_that_each_answer_moves_its_way, ()) {
  MissedAnswers missed;
  for (const bool one : *rc::gen::arbitrary<std::vector<bool>>()) {
    const double before = missed.share();
    missed.add(one);
    RC_ASSERT(missed.share() >= 0 && missed.share() <= 1);
    RC_ASSERT((one ? missed.share() >= before : missed.share() <= before));
  }
}

}  // namespace
}  // namespace swim
