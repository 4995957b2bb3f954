#include "cli/simulate/report.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/text/display.hpp"
#include "cli/text/duration.hpp"
#include "cli/text/table.hpp"

namespace swim::cli {
namespace {

using Json = nlohmann::ordered_json;

template <class... Values>
std::string formatted(const char* format, Values... values) {
  std::array<char, 96> text{};
  const int length = std::snprintf(text.data(), text.size(), format, values...);
  return {text.data(), static_cast<std::size_t>(length)};
}

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::string range(Duration low, Duration high) {
  return low == high ? measured(low) : measured(low) + " to " + measured(high);
}

std::string percent_of(std::uint32_t ppm) {
  return formatted("%g", static_cast<double>(ppm) / 10'000) + " %";
}

std::string headline(const SimulateJob& job) {
  const sim::TrialPlan& plan = job.plan;
  std::string text = counted(plan.nodes, "member") + ", preset " + job.preset;
  for (const std::string& setting : job.settings) {
    text += ", " + setting;
  }
  text += "\n" + percent_of(plan.network.loss_ppm) + " of the packets lost, " +
          range(plan.network.latency_min, plan.network.latency_max) + " on the way\n" +
          counted(job.runs, "run") + " of " + age(plan.duration);
  if (plan.deaths > 0) {
    text += ", each with " + counted(plan.deaths, "death") +
            (plan.with_host ? " of a whole host" : " of a process") +
            (plan.together && plan.deaths > 1 ? ", all at once" : "");
  }
  if (plan.stalls > 0) {
    text += ", " + std::to_string(plan.stalls) + " stopped for " +
            range(plan.stall_min, plan.stall_max);
  }
  return text + "\n";
}

void add_row(Table& table, const char* what, const std::optional<Spread>& times,
             const std::string& of) {
  if (times) {
    table.add({{what, Color::bold},
               {measured(times->p50)},
               {measured(times->p99)},
               {measured(times->max)},
               {of}});
  } else {
    table.add({{what, Color::bold}, {""}, {""}, {""}, {of}});
  }
}

std::string of_deaths(const SimulationSummary& sum) {
  return counted(sum.deaths, "death") +
         (sum.unseen > 0 ? ", " + std::to_string(sum.unseen) + " never seen by all" : "");
}

std::string bytes_text(double bytes) {
  return bytes < 10'000 ? formatted("%.0f bytes/s", bytes) : formatted("%.1f kB/s", bytes / 1000);
}

Json to_json(const std::optional<Spread>& times) {
  if (!times) {
    return nullptr;
  }
  return {{"count", times->count},
          {"p50Ms", milliseconds(times->p50)},
          {"p99Ms", milliseconds(times->p99)},
          {"maxMs", milliseconds(times->max)}};
}

Json to_json(const std::optional<Duration>& time) {
  return time ? Json(milliseconds(*time)) : Json(nullptr);
}

Json to_json(const sim::TrialResult& result) {
  Json deaths = Json::array();
  for (const sim::TrialDeath& death : result.deaths) {
    deaths.push_back({{"firstMs", to_json(death.first)}, {"allMs", to_json(death.all)}});
  }
  return {{"seed", result.seed},
          {"traceHash", formatted("%016llx", static_cast<unsigned long long>(result.trace_hash))},
          {"convergenceMs", to_json(result.convergence)},
          {"deaths", std::move(deaths)},
          {"falsePositives", result.false_positives},
          {"stalledCalledFailed", result.stalled_failed},
          {"datagrams", result.datagrams},
          {"bytes", result.datagram_bytes + result.stream_bytes}};
}

Json to_json(const SimulateJob& job) {
  const sim::TrialPlan& plan = job.plan;
  return {{"nodes", plan.nodes},
          {"preset", job.preset},
          {"settings", job.settings},
          {"lossPercent", static_cast<double>(plan.network.loss_ppm) / 10'000},
          {"latencyMinMs", milliseconds(plan.network.latency_min)},
          {"latencyMaxMs", milliseconds(plan.network.latency_max)},
          {"durationMs", milliseconds(plan.duration)},
          {"kill", plan.deaths},
          {"together", plan.together},
          {"withHost", plan.with_host},
          {"stalls", plan.stalls},
          {"seeds", job.runs},
          {"seed", job.first_seed}};
}

}  // namespace

std::string simulation_text(const SimulateJob& job, const SimulationSummary& sum,
                            const Style& style) {
  Table table({"TIME UNTIL", "P50", "P99", "MAX", "OF"});
  if (sum.deaths > 0) {
    add_row(table, "the first survivor says FAILED", sum.first, of_deaths(sum));
    add_row(table, "all survivors say FAILED", sum.all, of_deaths(sum));
  }
  add_row(table, "all see all after the start", sum.convergence,
          counted(sum.runs, "start") +
              (sum.never_converged > 0
                   ? ", " + std::to_string(sum.never_converged) + " not within a minute"
                   : ""));
  Facts facts;
  facts.add("False positives",
            Cell{counted(sum.false_positives, "member") + " called FAILED without a fault, in " +
                     formatted("%.3g", sum.member_hours) + " member hours",
                 sum.false_positives > 0 ? Color::red : Color::plain});
  if (sum.stalled > 0) {
    facts.add("Stopped and came back", Cell{std::to_string(sum.stalled_failed) + " of " +
                                                std::to_string(sum.stalled) + " called FAILED",
                                            sum.stalled_failed > 0 ? Color::yellow : Color::plain});
  }
  facts.add("Sent by each member", formatted("%.1f datagrams/s, ", sum.datagrams_per_second) +
                                       bytes_text(sum.bytes_per_second));
  return headline(job) + "\n" + table.render(style) + "\n" + facts.render(style);
}

std::string simulation_json(const SimulateJob& job, const SimulationSummary& sum,
                            std::span<const sim::TrialResult> results) {
  Json runs = Json::array();
  for (const sim::TrialResult& result : results) {
    runs.push_back(to_json(result));
  }
  const Json all{{"asked", to_json(job)},
                 {"detection",
                  {{"first", to_json(sum.first)},
                   {"all", to_json(sum.all)},
                   {"deaths", sum.deaths},
                   {"neverSeenByAll", sum.unseen}}},
                 {"convergence", to_json(sum.convergence)},
                 {"neverConverged", sum.never_converged},
                 {"falsePositives",
                  {{"members", sum.false_positives},
                   {"views", sum.false_views},
                   {"memberHours", sum.member_hours}}},
                 {"stalls", {{"count", sum.stalled}, {"calledFailed", sum.stalled_failed}}},
                 {"sentPerMember",
                  {{"datagramsPerSecond", sum.datagrams_per_second},
                   {"bytesPerSecond", sum.bytes_per_second}}},
                 {"runs", std::move(runs)}};
  return all.dump(2) + "\n";
}

std::string progress_bar(std::uint32_t thousandths, std::uint32_t done, std::uint32_t runs) {
  constexpr std::uint32_t width = 30;
  const std::uint32_t filled = std::min<std::uint32_t>(thousandths, 1000) * width / 1000;
  return "[" + std::string(filled, '#') + std::string(width - filled, '-') + "] " +
         formatted("%3u %%  ", std::min<std::uint32_t>(thousandths, 1000) / 10) +
         std::to_string(done) + " of " + counted(runs, "run");
}

}  // namespace swim::cli
