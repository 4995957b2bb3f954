// What is compared: SWIM as in its paper, each part of Lifeguard, and ours.
#pragma once

#include <string>
#include <vector>

#include "core/engine/config.hpp"

namespace swim::bench {

struct Configuration {
  std::string name;
  Config config;
};

// The papers' timing: probe 1 s, timeout 500 ms, gossip 200 ms, k = 3, suspicion
// alpha · log10(n) · 1 s, UDP only, a full exchange each 30 s and nothing else that heals. Our own
// formula has the natural logarithm.
Configuration swim_of_paper(double alpha = 5);
// Shortens from beta · min to min = alpha · log10(n) · 1 s with K = 3 confirmations.
Configuration lha_suspicion(double alpha = 5, double beta = 6);
Configuration lha_probe(double alpha = 5);  // local health and nacks
Configuration buddy(double alpha = 5);
Configuration lifeguard(double alpha = 5, double beta = 6);
// memberlist's default: alpha 4, and TCP beside the indirect probes.
Configuration lifeguard_lan();

// The `lan` preset with everything off, and with everything on.
Configuration swim_at_lan();
Configuration ours();

// SWIM, the parts, Lifeguard, plain SWIM at our timing, ours: the rows of most tables.
std::vector<Configuration> all_configurations();
// The ends of that list: SWIM, Lifeguard, plain SWIM at our timing, ours.
std::vector<Configuration> main_configurations();

}  // namespace swim::bench
