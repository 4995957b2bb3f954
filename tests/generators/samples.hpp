// Values of a generator, the same in every run: for what is asked of the generators themselves.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <functional>

namespace swim::test {

inline constexpr int samples = 2000;
inline constexpr int size_max = 100;  // rapidcheck's own

// One seed each, at all sizes in turn.
template <class T>
void for_samples(const rc::Gen<T>& gen, const std::function<void(const T&)>& look) {
  for (int i = 0; i < samples; ++i) {
    look(gen(rc::Random(static_cast<std::uint64_t>(i)), i % (size_max + 1)).value());
  }
}

}  // namespace swim::test
