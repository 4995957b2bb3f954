// The memory of requests against the plainest model that there is: a list of what was taken.
#include "core/engine/request_memory.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace swim::engine {
namespace {

using Request = RequestMemory::Request;

Request request(unsigned boot, unsigned id) {
  Request made;
  made.boot = boot;
  made.id[15] = static_cast<std::uint8_t>(id);
  return made;
}

struct Model {
  Duration lifetime;
  std::size_t entries_max;
  std::vector<std::pair<TimePoint, Request>> taken;

  void forget(TimePoint now) {
    std::erase_if(taken, [&](const auto& one) { return now - one.first >= lifetime; });
  }
  bool knows(const Request& wanted, TimePoint now) {
    forget(now);
    return std::ranges::any_of(taken, [&](const auto& one) { return one.second == wanted; });
  }
  void remember(const Request& wanted, TimePoint now) {
    if (!knows(wanted, now) && wanted.id != wire::RequestId{}) {
      taken.emplace_back(now, wanted);
      if (taken.size() > entries_max) {
        taken.erase(taken.begin());
      }
    }
  }
};

RC_GTEST_PROP(RequestMemoryProperty, does_what_a_list_of_what_was_taken_does, ()) {
  const auto lifetime = *rc::gen::inRange(1, 50);
  const auto entries = *rc::gen::inRange(1, 12);
  RequestMemory memory{Duration(lifetime), static_cast<std::size_t>(entries)};
  Model model{Duration(lifetime), static_cast<std::size_t>(entries), {}};
  // Pause before it, sender, id; ids from 0 on, the one of zeros among them.
  using Step = std::tuple<int, unsigned, unsigned>;
  const auto steps = *rc::gen::container<std::vector<Step>>(
      rc::gen::tuple(rc::gen::inRange(0, 15), rc::gen::inRange(0U, 3U), rc::gen::inRange(0U, 8U)));
  TimePoint now{};
  std::size_t repeated = 0;
  for (const auto& [pause, boot, id] : steps) {
    now += Duration(pause);
    const Request wanted = request(boot, id);
    const bool known = memory.knows(wanted, now);
    RC_ASSERT(known == model.knows(wanted, now));
    repeated += known ? 1 : 0;
    memory.remember(wanted, now);
    model.remember(wanted, now);
    RC_ASSERT(memory.size() == model.taken.size());
  }
  RC_CLASSIFY(repeated > 0, "with repetitions");
}

TEST(RequestMemory, the_id_of_zeros_is_nobodys) {
  RequestMemory memory{Duration(100), 4};
  memory.remember(request(1, 0), TimePoint{});
  EXPECT_FALSE(memory.knows(request(1, 0), TimePoint{}));
  EXPECT_EQ(memory.size(), 0U);
}

TEST(RequestMemory, two_runs_may_use_the_same_id) {
  RequestMemory memory{Duration(100), 4};
  memory.remember(request(1, 7), TimePoint{});
  EXPECT_TRUE(memory.knows(request(1, 7), TimePoint{}));
  EXPECT_FALSE(memory.knows(request(2, 7), TimePoint{}));
}

}  // namespace
}  // namespace swim::engine
