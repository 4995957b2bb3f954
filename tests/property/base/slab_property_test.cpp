// The slab beside a list of every handle it ever gave and what that handle must find.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/slab.hpp"

namespace swim {
namespace {

// Generations of 8 bits, so that a long run uses places up.
using Pool = Slab<int, std::uint8_t>;

struct Given {
  Pool::Handle handle;
  std::optional<int> value;  // nullopt: erased
};

std::size_t living(const std::vector<Given>& all) {
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [](const Given& given) { return given.value.has_value(); }));
}

void put_in(Pool& slab, std::vector<Given>& all) {
  const bool full = slab.full();
  const int value = static_cast<int>(all.size());
  const auto handle = slab.emplace(value);
  RC_ASSERT(handle.has_value() == !full);
  if (handle) {
    for (const Given& given : all) {
      RC_ASSERT(given.handle != *handle);
    }
    all.push_back({*handle, value});
  }
}

void take_out(Pool& slab, Given& given) {
  RC_ASSERT(slab.erase(given.handle) == given.value.has_value());
  given.value.reset();
}

void check_same(Pool& slab, const std::vector<Given>& all) {
  RC_ASSERT(slab.size() == living(all));
  for (const Given& given : all) {
    const int* found = slab.get(given.handle);
    RC_ASSERT((found == nullptr ? std::nullopt : std::optional(*found)) == given.value);
  }
  std::size_t walked = 0;
  slab.for_each([&](Pool::Handle handle, int value) {
    ++walked;
    RC_ASSERT(*slab.get(handle) == value);
  });
  RC_ASSERT(walked == slab.size());
}

RC_GTEST_PROP(Slab, each_handle_finds_its_own_object_or_nothing, ()) {
  Pool slab(*rc::gen::inRange<std::size_t>(1, 6));
  std::vector<Given> all;
  for (const auto choice : *rc::gen::arbitrary<std::vector<std::uint16_t>>()) {
    if (choice % 2 == 0 || all.empty()) {
      put_in(slab, all);
    } else {
      take_out(slab, all[(choice / 2) % all.size()]);
    }
    check_same(slab, all);
  }
}

RC_GTEST_PROP(Slab, no_handle_is_ever_given_twice, ()) {
  const auto capacity = *rc::gen::inRange<std::size_t>(1, 3);
  Pool slab(capacity);
  std::vector<Given> all;
  while (!slab.full()) {
    put_in(slab, all);
    take_out(slab, all.back());
  }
  RC_ASSERT(all.size() == capacity * 255);
  RC_ASSERT(slab.empty());
}

}  // namespace
}  // namespace swim
