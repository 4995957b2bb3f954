#include "bench/protocol/experiments.hpp"

#include <array>

namespace swim::bench {

std::span<const ExperimentMaker> experiment_makers() {
  static constexpr std::array makers{
      ExperimentMaker{"E01", make_e01},     ExperimentMaker{"E02", make_e02},
      ExperimentMaker{"E03", make_e03},     ExperimentMaker{"E04", make_e04},
      ExperimentMaker{"E05", make_e05},     ExperimentMaker{"E06", make_e06},
      ExperimentMaker{"E07", make_e07},     ExperimentMaker{"E09", make_e09},
      ExperimentMaker{"E10", make_e10},     ExperimentMaker{"E11", make_e11},
      ExperimentMaker{"E12", make_e12},     ExperimentMaker{"E14", make_e14},
      ExperimentMaker{"E16", make_e16},     ExperimentMaker{"E17", make_e17},
      ExperimentMaker{"E21", make_e21},     ExperimentMaker{"parts", make_parts},
      ExperimentMaker{"named", make_named}, ExperimentMaker{"lan", make_lan},
      ExperimentMaker{"day", make_day},
  };
  return makers;
}

}  // namespace swim::bench
