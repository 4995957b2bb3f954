// What member events cost and how soon they come, by the number of watchers of one daemon: 1, 16
// and 256; with watchers whose filter lets nothing through; and beside one that never reads.
//
// watch_bench SWIMD [--quick]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <random>

#include "bench/watch/watchers.hpp"

namespace swim::bench {
namespace {

using Watchers = std::vector<std::unique_ptr<Watcher>>;

struct Scale {
  int events_per_second{50};
  int seconds{10};
  int rounds{20};         // of the comparison with a sleeper, of each kind
  int round_events{200};  // in each
  int unread{4 * 8192};   // events; the log keeps 8192, and a connection some thousands
};

struct Measured {
  double p50{}, p99{};  // milliseconds
  double cpu_us{};      // of the daemon, an event
  double achieved{};    // events a second
};

// Changes of this node's labels, each an event.
class Source {
 public:
  explicit Source(const Daemon& daemon)
      : stub_(::swim::v1::MembershipService::NewStub(daemon.channel())) {}
  std::string change() {
    grpc::ClientContext context;
    ::swim::v1::UpdateLocalMemberRequest request;
    const std::string stamp = std::to_string(nanoseconds_now());
    (*request.mutable_labels())["t"] = stamp;
    ::swim::v1::UpdateLocalMemberResponse response;
    if (!stub_->UpdateLocalMember(&context, request, &response).ok()) {
      throw std::runtime_error("UpdateLocalMember failed");
    }
    return stamp;
  }

 private:
  std::unique_ptr<::swim::v1::MembershipService::Stub> stub_;
};

Watchers watchers(const Daemon& daemon, int count, const std::string& selector = "") {
  Watchers made;
  for (int i = 0; i < count; ++i) {
    made.push_back(std::make_unique<Watcher>(daemon, selector, false));
  }
  for (const auto& one : made) {
    one->wait_in_sync();
  }
  return made;
}

double percentile(std::vector<std::int64_t>& values, double part) {
  if (values.empty()) {
    return std::nan("");
  }
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
  return static_cast<double>(values[std::max<std::size_t>(at, 1) - 1]) / 1e6;
}

// `active` must have seen the last event before the measurement ends.
Measured measure(const Daemon& daemon, Source& source, const Watchers& active, int events,
                 int per_second) {
  for (const auto& one : active) {
    static_cast<void>(one->take_latencies());
  }
  const double cpu_before = daemon.cpu();
  const auto start = std::chrono::steady_clock::now();
  std::string last;
  for (int i = 0; i < events; ++i) {
    std::this_thread::sleep_until(start +
                                  std::chrono::nanoseconds(i * (1'000'000'000LL / per_second)));
    last = source.change();
  }
  for (const auto& one : active) {
    while (one->last() != last) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::vector<std::int64_t> all;
  for (const auto& one : active) {
    const auto some = one->take_latencies();
    all.insert(all.end(), some.begin(), some.end());
  }
  const double cpu = daemon.cpu() - cpu_before;
  return {percentile(all, 0.5), percentile(all, 0.99), cpu * 1e6 / events, events / took.count()};
}

void print(const char* what, const Measured& m) {
  std::printf("| %-34s | %8.1f | %8.2f | %8.2f | %8.1f |\n", what, m.achieved, m.p50, m.p99,
              m.cpu_us);
  std::fflush(stdout);
}

void fan_out(const Daemon& daemon, Source& source, const Scale& scale) {
  std::printf(
      "| watchers                           | events/s | p50 (ms) | p99 (ms) | CPU (µs) |\n"
      "|------------------------------------|----------|----------|----------|----------|\n");
  const int events = scale.events_per_second * scale.seconds;
  constexpr int flat_out = 1'000'000;
  for (const int count : {1, 16, 256}) {
    const auto active = watchers(daemon, count);
    print(std::to_string(count).c_str(),
          measure(daemon, source, active, events, scale.events_per_second));
    print((std::to_string(count) + ", as many events as go").c_str(),
          measure(daemon, source, active, 4 * events, flat_out));
  }
  const auto idle = watchers(daemon, 255, "never=there");
  const auto active = watchers(daemon, 1);
  print("1, and 255 whose filter lets none by",
        measure(daemon, source, active, events, scale.events_per_second));
}

// Rounds with and without a sleeper in turn; the 95 % interval of the ratio of their mean p99 by
// drawing rounds again.
void sleeper(const Daemon& daemon, Source& source, const Scale& scale) {
  const auto others = watchers(daemon, 255);
  std::vector<double> without;
  std::vector<double> with;
  std::unique_ptr<Watcher> asleep;
  for (int round = 0; round < 2 * scale.rounds; ++round) {
    asleep.reset();
    if (round % 2 == 1) {
      asleep = std::make_unique<Watcher>(daemon, "", true);
      asleep->wait_in_sync();
    }
    const auto m = measure(daemon, source, others, scale.round_events, scale.events_per_second);
    (round % 2 == 1 ? with : without).push_back(m.p99);
  }
  std::mt19937_64 chance(1);
  std::vector<double> ratios;
  const auto mean_again = [&chance](const std::vector<double>& values) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      sum += values[chance() % values.size()];
    }
    return sum / static_cast<double>(values.size());
  };
  for (int i = 0; i < 10'000; ++i) {
    ratios.push_back(mean_again(with) / mean_again(without));
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf(
      "\np99 of 255 watchers beside one that never reads, to without it: ratio %.3f … %.3f "
      "(95 %%)\n",
      ratios[ratios.size() / 40], ratios[ratios.size() - ratios.size() / 40]);
  const auto before = daemon.resident_kib();
  std::string last;
  for (int i = 0; i < scale.unread; ++i) {
    last = source.change();
  }
  std::printf(
      "the daemon's memory before and after %d events that it did not read: %llu, %llu KiB\n",
      scale.unread, static_cast<unsigned long long>(before),
      static_cast<unsigned long long>(daemon.resident_kib()));
  asleep->wake();
  while (asleep->last() != last) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  std::printf("awake again it got %d snapshot(s) with OVERFLOW and is right\n",
              asleep->overflows());
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
    scale = {50, 1, 3, 25, 4 * 8192};
  }
  try {
    const swim::bench::Daemon daemon(arguments[1]);
    swim::bench::Source source(daemon);
    swim::bench::fan_out(daemon, source, scale);
    swim::bench::sleeper(daemon, source, scale);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "watch_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
