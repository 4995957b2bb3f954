// The window against a model that keeps every counter for ever.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "core/crypto/replay_window.hpp"

namespace swim::crypto {
namespace {

class Model {
 public:
  bool refuses(std::uint32_t counter) const {
    if (accepted_.empty()) {
      return false;
    }
    const std::uint32_t greatest = *accepted_.rbegin();
    const bool too_old = std::uint64_t{counter} + ReplayWindow::size <= greatest;
    return too_old || accepted_.contains(counter);
  }
  void accept(std::uint32_t counter) { accepted_.insert(counter); }

 private:
  std::set<std::uint32_t> accepted_;
};

// Steps from the greatest counter so far: mostly small, at times about the window's size, or
// anywhere. Uniform counters would nearly never meet the window's edges.
rc::Gen<std::int64_t> gen_step() {
  constexpr std::int64_t size = ReplayWindow::size;
  return rc::gen::weightedOneOf<std::int64_t>({
      {6, rc::gen::inRange<std::int64_t>(-130, 130)},
      {2, rc::gen::inRange<std::int64_t>(-size - 3, -size + 3)},
      {2, rc::gen::inRange<std::int64_t>(size - 3, size + 3)},
      {2, rc::gen::inRange<std::int64_t>(-size, 0)},
      {1, rc::gen::inRange<std::int64_t>(-(std::int64_t{1} << 32), std::int64_t{1} << 32)},
  });
}

RC_GTEST_PROP(ReplayWindow, agrees_with_a_model_that_forgets_nothing, ()) {
  constexpr std::int64_t last = UINT32_MAX;
  ReplayWindow window;
  Model model;
  std::int64_t greatest =
      *rc::gen::elementOf(std::vector<std::int64_t>{0, 5000, last - 9000, last});
  for (const std::int64_t step : *rc::gen::container<std::vector<std::int64_t>>(gen_step())) {
    const auto counter =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(greatest + step, 0, last));
    RC_ASSERT(window.refuses(counter) == model.refuses(counter));
    if (!model.refuses(counter)) {
      window.accept(counter);
      model.accept(counter);
      greatest = std::max<std::int64_t>(greatest, counter);
    }
    RC_ASSERT(window.refuses(counter));
  }
}

}  // namespace
}  // namespace swim::crypto
