// Each experiment's maker; the list of them is in experiments.cpp.
#pragma once

#include "bench/protocol/experiment.hpp"

namespace swim::bench {

Experiment make_e01(const Extent& extent);
Experiment make_e02(const Extent& extent);
Experiment make_e03(const Extent& extent);
Experiment make_e04(const Extent& extent);
Experiment make_e05(const Extent& extent);
Experiment make_e06(const Extent& extent);
Experiment make_e07(const Extent& extent);
Experiment make_e09(const Extent& extent);
Experiment make_e10(const Extent& extent);
Experiment make_e11(const Extent& extent);
Experiment make_e12(const Extent& extent);
Experiment make_e14(const Extent& extent);
Experiment make_e16(const Extent& extent);
Experiment make_e17(const Extent& extent);
Experiment make_e21(const Extent& extent);
Experiment make_parts(const Extent& extent);
Experiment make_named(const Extent& extent);
Experiment make_lan(const Extent& extent);
Experiment make_day(const Extent& extent);

}  // namespace swim::bench
