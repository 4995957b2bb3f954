// The heap beside a plain map that is searched from end to end.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <tuple>
#include <vector>

#include "core/base/deadline_heap.hpp"

namespace swim {
namespace {

using Index = DeadlineHeap::Index;
using Model = std::map<Index, TimePoint>;

struct Step {
  bool clears{};
  Index index{};
  std::int64_t when{};
};

void showValue(const Step& step, std::ostream& os) {
  if (step.clears) {
    os << "clear(" << step.index << ")";
  } else {
    os << "set(" << step.index << ", " << step.when << ")";
  }
}

// Few indices and fewer times: so that deadlines are moved, cleared and equal.
rc::Gen<std::vector<Step>> gen_steps() {
  return rc::gen::container<std::vector<Step>>(rc::gen::build<Step>(
      rc::gen::set(&Step::clears, rc::gen::weightedElement<bool>({{2, false}, {1, true}})),
      rc::gen::set(&Step::index, rc::gen::inRange<Index>(0, 40)),
      rc::gen::set(&Step::when, rc::gen::inRange<std::int64_t>(-5, 15))));
}

std::optional<std::pair<TimePoint, Index>> scanned(const Model& model) {
  std::optional<std::pair<TimePoint, Index>> best;
  for (const auto& [index, when] : model) {
    if (!best || std::pair(when, index) < *best) {
      best = {when, index};
    }
  }
  return best;
}

void take(const Step& step, DeadlineHeap& heap, Model& model) {
  if (step.clears) {
    heap.clear(step.index);
    model.erase(step.index);
  } else {
    heap.set(step.index, TimePoint(Duration(step.when)));
    model[step.index] = TimePoint(Duration(step.when));
  }
}

void check_same(const DeadlineHeap& heap, const Model& model) {
  RC_ASSERT(heap.is_consistent());
  RC_ASSERT(heap.size() == model.size());
  RC_ASSERT(heap.earliest() == scanned(model));
  for (Index index = 0; index < 45; ++index) {
    const auto found = model.find(index);
    RC_ASSERT(heap.contains(index) == (found != model.end()));
    RC_ASSERT(heap.deadline_of(index) ==
              (found == model.end() ? std::nullopt : std::optional(found->second)));
  }
}

RC_GTEST_PROP(DeadlineHeap, agrees_with_a_scan_after_every_step, ()) {
  DeadlineHeap heap;
  Model model;
  for (const Step& step : *gen_steps()) {
    take(step, heap, model);
    check_same(heap, model);
  }
}

RC_GTEST_PROP(DeadlineHeap, is_emptied_in_the_order_of_time_and_index, ()) {
  DeadlineHeap heap;
  Model model;
  for (const Step& step : *gen_steps()) {
    take(step, heap, model);
  }
  while (!model.empty()) {
    const auto next = scanned(model);
    RC_ASSERT(heap.earliest() == next);
    heap.clear(next->second);
    model.erase(next->second);
  }
  RC_ASSERT(heap.empty());
}

}  // namespace
}  // namespace swim
