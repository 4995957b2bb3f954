// A simulation's results for people and for machines. Pure.
#pragma once

#include <span>
#include <string>

#include "cli/simulate/job.hpp"
#include "cli/simulate/summary.hpp"
#include "cli/text/style.hpp"

namespace swim::cli {

std::string simulation_text(const SimulateJob& job, const SimulationSummary& sum,
                            const Style& style);

// Names end in their unit. The same for the same job, whatever ran it.
std::string simulation_json(const SimulateJob& job, const SimulationSummary& sum,
                            std::span<const sim::TrialResult> results);

// "[#######-------------]  35 %  7 of 20 runs"; `thousandths` of all the work are done.
std::string progress_bar(std::uint32_t thousandths, std::uint32_t done, std::uint32_t runs);

}  // namespace swim::cli
