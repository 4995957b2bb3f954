// The ring beside a deque that is cut to the same length.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "core/base/ring.hpp"

namespace swim {
namespace {

enum class Call : std::uint8_t { try_push, push_over_oldest, pop, clear };

void step(Call call, const std::string& item, Ring<std::string>& ring,
          std::deque<std::string>& model) {
  const bool full = model.size() == ring.capacity();
  switch (call) {
    case Call::try_push:
      RC_ASSERT(ring.try_push(item) == !full);
      if (!full) {
        model.push_back(item);
      }
      break;
    case Call::push_over_oldest:
      RC_ASSERT(ring.push_over_oldest(item) ==
                (full ? std::optional(model.front()) : std::nullopt));
      if (full) {
        model.pop_front();
      }
      model.push_back(item);
      break;
    case Call::pop:
      if (!model.empty()) {
        RC_ASSERT(ring.pop() == model.front());
        model.pop_front();
      }
      break;
    case Call::clear:
      ring.clear();
      model.clear();
      break;
  }
}

RC_GTEST_PROP(Ring, is_a_deque_of_limited_length, ()) {
  const auto calls = *rc::gen::container<std::vector<Call>>(rc::gen::weightedElement<Call>(
      {{4, Call::try_push}, {4, Call::push_over_oldest}, {4, Call::pop}, {1, Call::clear}}));
  Ring<std::string> ring(*rc::gen::inRange<std::size_t>(1, 9));
  std::deque<std::string> model;
  int count = 0;
  for (const Call call : calls) {
    step(call, std::to_string(count++), ring, model);
    RC_ASSERT(ring.size() == model.size());
    RC_ASSERT(ring.empty() == model.empty());
    RC_ASSERT(ring.full() == (model.size() == ring.capacity()));
    for (std::size_t age = 0; age < model.size(); ++age) {
      RC_ASSERT(ring[age] == model[age]);
    }
  }
}

}  // namespace
}  // namespace swim
