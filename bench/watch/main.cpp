// What a member event costs and how soon it comes, by the number of watchers of one daemon, by
// those of them that have no use for it, and beside one that is asleep.
//
// watch_bench SWIMD [--quick]
#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>

#include "bench/watch/ratio.hpp"
#include "bench/watch/watchers.hpp"

namespace swim::bench {
namespace {

struct Scale {
  int rounds{30};         // of each setting, in turn
  int round_events{100};  // in each
  int per_second{100};
  int flat_events{2000};  // as many as go
  int flat_rounds{3};
  int sleeper_rounds{20};
  int unread{3 * 8192};  // events that the sleeper misses at last; the log keeps 8192
};

// Some watchers of a daemon of their own, so that settings can be measured in turn without setting
// them up each time. A daemon that is not measured does nothing.
struct Setting {
  Setting(const char* program, const char* called, int reading, int idle = 0, int asleep = 0)
      : name(called), daemon(program), source(daemon) {
    add(readers, reading, "", false);
    add(others, idle, "never=there", false);
    add(others, asleep, "", true);
  }
  void add(Watchers& to, int count, const char* selector, bool sleeps) {
    for (int i = 0; i < count; ++i) {
      to.push_back(std::make_unique<Watcher>(daemon, selector, sleeps));
    }
    for (const auto& one : to) {
      one->wait_in_sync();
    }
  }

  const char* name;
  Daemon daemon;
  Source source;
  Watchers readers;
  Watchers others;
  std::vector<double> cpu{}, p50{}, p99{}, rate{};  // of each round
};

double percentile(std::vector<std::int64_t>& values, double part) {
  if (values.empty()) {
    return std::nan("");
  }
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
  return static_cast<double>(values[std::max<std::size_t>(at, 1) - 1]) / 1e6;
}

void wait_for(const Watchers& readers, const std::string& last) {
  for (const auto& one : readers) {
    while (one->last() != last) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

// One round: all readers must have seen the last event before it ends.
double measure(Setting& setting, int events, int per_second) {
  std::vector<std::int64_t> all;
  const auto take = [&] {
    all.clear();
    for (const auto& one : setting.readers) {
      const auto some = one->take_latencies();
      all.insert(all.end(), some.begin(), some.end());
    }
  };
  take();
  const double cpu_before = setting.daemon.cpu();
  const auto start = std::chrono::steady_clock::now();
  std::string last;
  for (int i = 0; i < events; ++i) {
    std::this_thread::sleep_until(start +
                                  std::chrono::nanoseconds(i * (1'000'000'000LL / per_second)));
    last = setting.source.change();
  }
  wait_for(setting.readers, last);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  take();
  setting.cpu.push_back((setting.daemon.cpu() - cpu_before) * 1e6 / events);
  setting.p50.push_back(percentile(all, 0.5));
  setting.p99.push_back(percentile(all, 0.99));
  return events / took.count();
}

using Settings = std::vector<std::unique_ptr<Setting>>;

void in_turn(Settings& settings, int rounds, int events, int per_second) {
  std::mt19937_64 chance(1);
  for (int round = 0; round < rounds; ++round) {
    std::shuffle(settings.begin(), settings.end(), chance);
    for (const auto& each : settings) {
      static_cast<void>(measure(*each, events, per_second));
    }
  }
}

void print_ratio(const char* what, const std::vector<double>& with,
                 const std::vector<double>& without) {
  const Ratio r = ratio(with, without);
  std::printf("%-66s %.3f (%.3f … %.3f)\n", what, r.middle, r.low, r.high);
}

// With as many events as go, after the paced rounds.
void print(Setting& setting, const Scale& scale) {
  const double cpu = median(setting.cpu);
  const double p50 = median(setting.p50);
  const double p99 = median(setting.p99);
  const auto paced = static_cast<std::ptrdiff_t>(setting.cpu.size());
  std::vector<double> rates;
  for (int round = 0; round < scale.flat_rounds; ++round) {
    rates.push_back(measure(setting, scale.flat_events, 1'000'000));
  }
  std::printf("| %-28s | %8.0f | %8.2f | %8.2f | %8.0f | %8.0f |\n", setting.name, cpu, p50, p99,
              median(rates), median({setting.cpu.begin() + paced, setting.cpu.end()}));
  std::fflush(stdout);
  setting.cpu.resize(static_cast<std::size_t>(paced));
}

void fan_out(const char* program, const Scale& scale) {
  Settings settings;
  const auto add = [&](const char* name, int reading, int idle = 0, int asleep = 0) {
    settings.push_back(std::make_unique<Setting>(program, name, reading, idle, asleep));
    return settings.back().get();
  };
  std::vector<Setting*> rows{add("nobody", 0), add("1", 1), add("16", 16), add("256", 256)};
  const Setting* one = rows[1];
  auto* unconcerned = add("1, and 255 unconcerned", 1, 255);
  auto* asleep = add("1, and 255 asleep", 1, 0, 255);
  for (const auto& each : settings) {  // so that those who sleep have a response that waits
    static_cast<void>(measure(*each, scale.flat_events, 1'000'000));
    for (auto* values : {&each->cpu, &each->p50, &each->p99}) {
      values->clear();
    }
  }
  in_turn(settings, scale.rounds, scale.round_events, scale.per_second);
  std::printf(
      "|                              |   %3d events a second paced    | as many as go       |\n"
      "| watchers                     | CPU (µs) | p50 (ms) | p99 (ms) | events/s | CPU (µs) |\n"
      "|------------------------------|----------|----------|----------|----------|----------|\n",
      scale.per_second);
  rows.push_back(unconcerned);
  rows.push_back(asleep);
  for (Setting* row : rows) {
    print(*row, scale);
  }
  std::printf("\nCPU of an event, to the one with 1 watcher, with the 95 %% interval:\n");
  print_ratio("  255 unconcerned beside it", unconcerned->cpu, one->cpu);
  print_ratio("  255 asleep beside it", asleep->cpu, one->cpu);
  print_ratio("  16 reading", rows[2]->cpu, one->cpu);
  print_ratio("  256 reading", rows[3]->cpu, one->cpu);
  std::fflush(stdout);
}

// 256 watchers, one of them asleep, beside 256 who read.
void sleeper(const char* program, const Scale& scale) {
  Settings settings;
  settings.push_back(std::make_unique<Setting>(program, "with", 255, 0, 1));
  settings.push_back(std::make_unique<Setting>(program, "without", 256));
  Setting& with = *settings[0];
  const Setting& without = *settings[1];
  const auto start = std::chrono::steady_clock::now();
  in_turn(settings, scale.sleeper_rounds, 2 * scale.round_events, scale.per_second / 2);
  std::printf("\n255 watchers beside one asleep, to beside one more that reads:\n");
  print_ratio("  p99", with.p99, without.p99);
  print_ratio("  CPU of an event", with.cpu, without.cpu);
  const auto before = with.daemon.resident_kib();
  std::string last;
  for (int i = 0; i < scale.unread; ++i) {
    last = with.source.change();
  }
  wait_for(with.readers, last);
  const std::chrono::duration<double> slept = std::chrono::steady_clock::now() - start;
  std::printf("  memory of the daemon before and after %d more events: %llu and %llu KiB\n",
              scale.unread, static_cast<unsigned long long>(before),
              static_cast<unsigned long long>(with.daemon.resident_kib()));
  with.others.front()->wake();
  wait_for(with.others, last);
  std::printf("  awake after %.0f s it got %d snapshot(s) with OVERFLOW and is right\n",
              slept.count(), with.others.front()->overflows());
  if (with.others.front()->overflows() == 0) {
    throw std::runtime_error("the sleeper was never overrun: nothing was shown");
  }
}

}  // namespace
}  // namespace swim::bench

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "watch_bench SWIMD [--quick]\n");
    return 2;
  }
  swim::bench::Scale scale;
  if (count > 2 && std::strcmp(arguments[2], "--quick") == 0) {
    scale = {.rounds = 6, .flat_events = 500, .flat_rounds = 1, .sleeper_rounds = 4};
  }
  try {
    swim::bench::fan_out(arguments[1], scale);
    swim::bench::sleeper(arguments[1], scale);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "watch_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
