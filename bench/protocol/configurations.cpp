#include "bench/protocol/configurations.hpp"

#include <algorithm>
#include <cmath>

namespace swim::bench {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const double ln_10 = std::log(10.0);

std::string number(double value) {
  const auto whole = static_cast<long>(value);
  return static_cast<double>(whole) == value ? std::to_string(whole) : std::to_string(value);
}

Config paper(double alpha) {
  Config config;
  config.detection = Detection::plain();
  config.healing = {.digest_sync = false, .retry_failed = false};
  config.probe_interval = seconds(1);
  config.probe_timeout = milliseconds(500);
  config.probe_deadline = seconds(1);
  config.hello_timeout = milliseconds(250);
  config.indirect_probes = 3;
  config.stream_probes = false;
  config.suspicion_mult = alpha / ln_10;
  config.suspicion_max_timeout = hours(1);
  config.suspicion_confirmations = 3;
  config.local_health_max = 8;
  config.gossip_interval = milliseconds(200);
  config.gossip_fanout = 3;
  // 4 · ⌈log10(n + 1)⌉ there, ⌈ln(n + 1)⌉ here: 2 comes nearest between 50 and 200 members.
  config.retransmit_mult = 2;
  config.sync_interval = seconds(30);
  return config;
}

void shorten_suspicions(Config& config, double alpha, double beta) {
  config.detection.confirmations = true;
  config.suspicion_mult = alpha * beta / ln_10;
  config.suspicion_min_mult = alpha / ln_10;
}

void mind_local_health(Config& config) {
  config.detection.local_health_probe = true;
  config.detection.nacks = true;
}

}  // namespace

Configuration swim_of_paper(double alpha) {
  return {"SWIM α=" + number(alpha), paper(alpha)};
}

Configuration lha_probe(double alpha) {
  Configuration made{"LHA-Probe α=" + number(alpha), paper(alpha)};
  mind_local_health(made.config);
  return made;
}

Configuration lha_suspicion(double alpha, double beta) {
  Configuration made{"LHA-Suspicion α=" + number(alpha) + " β=" + number(beta), paper(alpha)};
  shorten_suspicions(made.config, alpha, beta);
  return made;
}

Configuration buddy(double alpha) {
  Configuration made{"Buddy α=" + number(alpha), paper(alpha)};
  made.config.detection.buddy = true;
  return made;
}

Configuration lifeguard(double alpha, double beta) {
  Configuration made{"Lifeguard α=" + number(alpha) + " β=" + number(beta), paper(alpha)};
  shorten_suspicions(made.config, alpha, beta);
  mind_local_health(made.config);
  made.config.detection.buddy = true;
  return made;
}

Configuration lifeguard_lan() {
  Configuration made = lifeguard(4, 6);
  made.name += " +TCP";
  made.config.stream_probes = true;
  return made;
}

Configuration swim_at_lan() {
  Configuration made{"SWIM at lan", *Config::preset("lan")};
  made.config.detection = Detection::plain();
  made.config.stream_probes = false;
  return made;
}

Configuration ours() {
  return {"ours (lan)", *Config::preset("lan")};
}

std::vector<Configuration> all_configurations() {
  return {swim_of_paper(), lha_probe(),     lha_suspicion(), buddy(),
          lifeguard(),     lifeguard_lan(), swim_at_lan(),   ours()};
}

std::vector<Configuration> main_configurations() {
  return {swim_of_paper(), lifeguard(), swim_at_lan(), ours()};
}

}  // namespace swim::bench
