#include "tests/sim/swarm_report.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

namespace swim::sim {

namespace {

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

nlohmann::json named_faults(const std::array<std::uint64_t, fault_kinds>& faults) {
  nlohmann::json named;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    named[std::string(to_string(static_cast<FaultKind>(i)))] = faults[i];
  }
  return named;
}

nlohmann::json named_events(const Coverage& coverage) {
  nlohmann::json named;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(EventType::expired); ++i) {
    named[std::string(to_string(static_cast<EventType>(i)))] = coverage.member_events[i];
  }
  return named;
}

nlohmann::json named_paths(const SwarmResult& result) {
  nlohmann::json named;
  for (const auto& [name, count] : paths_of(result.coverage, result.network, result.streams)) {
    named[name] = count;
  }
  return named;
}

}  // namespace

std::vector<std::string> not_covered(const nlohmann::json& sum) {
  std::vector<std::string> missing;
  for (const char* kind : {"faults", "paths"}) {
    for (const auto& [name, count] : sum.at(kind).items()) {
      if (count.get<double>() == 0) {
        missing.push_back(name);
      }
    }
  }
  return missing;
}

nlohmann::json to_json(const SwarmResult& r) {
  return {{"seed", r.seed},
          {"nodes", r.nodes},
          {"encrypted", r.sealed ? 1 : 0},
          {"passed", r.passed},
          {"rule", r.rule},
          {"report", r.report},
          {"trace_hash", r.trace_hash},
          {"virtual_seconds", seconds(r.virtual_time)},
          {"convergence_seconds", seconds(r.convergence)},
          {"events", r.events},
          {"faults", named_faults(r.faults)},
          {"paths", named_paths(r)},
          {"member_events", named_events(r.coverage)},
          {"datagrams",
           {{"sent", r.network.sent},
            {"delivered", r.network.delivered},
            {"lost", r.network.lost},
            {"cut", r.network.cut},
            {"duplicated", r.network.duplicated},
            {"reordered", r.network.reordered},
            {"corrupted", r.network.corrupted},
            {"to_nobody", r.network.to_nobody}}},
          {"streams",
           {{"opened", r.streams.opened},
            {"established", r.streams.established},
            {"refused", r.streams.refused},
            {"timed_out", r.streams.timed_out},
            {"reset", r.streams.reset},
            {"delayed", r.streams.delayed}}},
          {"starts", r.coverage.starts},
          {"joins", r.coverage.joins},
          {"joins_failed", r.coverage.joins_failed},
          {"messages", r.coverage.messages_delivered},
          {"operations", r.coverage.operations},
          {"operations_failed", r.coverage.operations_failed},
          {"failures_of_running", r.coverage.failures_of_running},
          {"refutations", r.coverage.refutations},
          {"new_lives", r.coverage.new_lives},
          {"stalls_noticed", r.coverage.stalls_noticed},
          {"relays_run", r.coverage.relays_run},
          {"stream_acks", r.coverage.stream_acks}};
}

// Adds the numbers of one scenario to the sum; what is text or belongs to one scenario stays out.
void add(nlohmann::json& sum, const nlohmann::json& one) {
  for (const auto& [key, value] : one.items()) {
    if (value.is_object()) {
      add(sum[key], value);
    } else if (value.is_number() && key != "seed" && key != "trace_hash") {
      sum[key] =
          sum.contains(key) ? nlohmann::json(sum[key].get<double>() + value.get<double>()) : value;
    }
  }
}

void print_sum(const nlohmann::json& sum, const std::string& indent) {
  for (const auto& [key, value] : sum.items()) {
    if (value.is_object()) {
      std::printf("%s%s\n", indent.c_str(), key.c_str());
      print_sum(value, indent + "  ");
    } else {
      std::printf("%s%-22s %.0f\n", indent.c_str(), key.c_str(), value.get<double>());
    }
  }
}

}  // namespace swim::sim
