// Whether something costs more beside something else: two rows of rounds, taken in turn.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

namespace swim::bench {

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

struct Ratio {
  double low{}, middle{}, high{};
};

// Of the medians, with its 95 % interval by drawing rounds again. The median, because on a machine
// that others use too a round can be of any length.
inline Ratio ratio(const std::vector<double>& with, const std::vector<double>& without) {
  std::mt19937_64 chance(1);
  const auto again = [&chance](const std::vector<double>& values) {
    std::vector<double> drawn(values.size());
    std::generate(drawn.begin(), drawn.end(), [&] { return values[chance() % values.size()]; });
    return median(std::move(drawn));
  };
  std::vector<double> ratios(10'000);
  std::generate(ratios.begin(), ratios.end(), [&] { return again(with) / again(without); });
  std::sort(ratios.begin(), ratios.end());
  const std::size_t tail = ratios.size() / 40;
  return {ratios[tail], median(with) / median(without), ratios[ratios.size() - 1 - tail]};
}

}  // namespace swim::bench
