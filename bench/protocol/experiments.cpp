#include "bench/protocol/experiments.hpp"

#include <array>

namespace swim::bench {

std::span<const ExperimentMaker> experiment_makers() {
  static constexpr std::array makers{
      ExperimentMaker{"E05", make_e05},     ExperimentMaker{"E07", make_e07},
      ExperimentMaker{"E10", make_e10},     ExperimentMaker{"E14", make_e14},
      ExperimentMaker{"named", make_named},
  };
  return makers;
}

}  // namespace swim::bench
