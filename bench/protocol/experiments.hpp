// Each experiment's maker; the list of them is in experiments.cpp.
#pragma once

#include "bench/protocol/experiment.hpp"

namespace swim::bench {

Experiment make_e05(const Extent& extent);
Experiment make_e07(const Extent& extent);
Experiment make_e10(const Extent& extent);
Experiment make_e14(const Extent& extent);
Experiment make_named(const Extent& extent);

}  // namespace swim::bench
