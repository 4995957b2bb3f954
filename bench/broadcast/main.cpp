// broadcast_load: broadcasts through some nodes, subscribes at all of them, and says whether each
// message arrived at each subscriber once and in order. Lines of JSON: {"event":"begin"},
// {"event":"end"} round the measured time, then the result. Ends by itself: 0 measured, 1 something
// ended early, 2 wrong arguments.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "bench/broadcast/ledger.hpp"
#include "bench/broadcast/publisher.hpp"
#include "bench/broadcast/subscriber.hpp"

namespace swim::bench {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> sockets;
  std::size_t publishers = 3;
  std::size_t payload_bytes = 64;
  double rate = 0;
  double warm_up = 1;
  double seconds = 5;
  double patience = 5;
};

constexpr double kFastest =
    200'000;  // messages/s of one publisher: more than any has room for here
constexpr double kLongestDrain = 30;  // seconds

void say(const Json& line) {
  std::cout << line.dump() << '\n' << std::flush;
}

void sleep_for(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

std::shared_ptr<grpc::Channel> channel_to(const std::string& socket) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel("unix:" + socket, grpc::InsecureChannelCredentials(), arguments);
}

struct Run {
  explicit Run(const Options& options)
      : ledger(options.publishers, options.sockets.size(),
               static_cast<std::size_t>((options.rate > 0 ? options.rate * 1.1 : kFastest) *
                                        (options.warm_up + options.seconds + 1)) +
                   1'024) {}

  Ledger ledger;
  std::string topic =
      "bench." + std::to_string(now_ns());  // what an earlier run left in the queues is not ours
  std::vector<std::unique_ptr<Subscriber>> subscribers;
  std::vector<std::unique_ptr<Publisher>> publishers;
};

bool subscribe(Run& run, const Options& options) {
  for (const auto& socket : options.sockets) {
    run.subscribers.push_back(
        std::make_unique<Subscriber>(channel_to(socket), run.topic, run.ledger));
  }
  for (int turn = 0; turn < 1'000; ++turn) {
    bool all = true;
    for (const auto& subscriber : run.subscribers) {
      all = all && subscriber->attached() && !subscriber->ended();
    }
    if (all) {
      return true;
    }
    sleep_for(0.01);
  }
  return false;
}

// Until all that was accepted has arrived everywhere, or nothing more comes. Seconds that it took.
double drain(const Ledger& ledger, double patience) {
  const std::uint64_t start = now_ns();
  std::uint64_t progress = start;
  std::uint64_t complete = ledger.complete();
  while (ledger.complete() < ledger.accepted() &&
         static_cast<double>(now_ns() - progress) < patience * 1e9 &&
         static_cast<double>(now_ns() - start) < kLongestDrain * 1e9) {
    sleep_for(0.01);
    if (ledger.complete() != complete) {
      complete = ledger.complete();
      progress = now_ns();
    }
  }
  return static_cast<double>(now_ns() - start) / 1e9;
}

Json latency_of(const Histogram& histogram) {
  const auto ms = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e6; };
  return {{"samples", histogram.total()},
          {"p50_ms", ms(histogram.quantile(0.50))},
          {"p99_ms", ms(histogram.quantile(0.99))},
          {"max_ms", ms(histogram.greatest())}};
}

void report_subscribers(const Run& run, Json& result, std::vector<std::string>& failures) {
  Faults sum;
  Histogram each;
  Histogram last;
  for (const auto& subscriber : run.subscribers) {
    const Order& order = subscriber->order();
    sum.skipped += order.faults.skipped;
    sum.repeated_or_late += order.faults.repeated_or_late;
    sum.announced_lost += order.faults.announced_lost;
    sum.resets += order.faults.resets;
    sum.strange += order.faults.strange;
    each.merge(order.each);
    last.merge(order.last);
    if (!subscriber->failure().empty()) {
      failures.push_back(subscriber->failure());
    }
  }
  result["skipped"] = sum.skipped;
  result["repeated_or_late"] = sum.repeated_or_late;
  result["announced_lost"] = sum.announced_lost;
  result["resets"] = sum.resets;
  result["strange"] = sum.strange;
  result["to_each"] = latency_of(each);
  result["to_all"] = latency_of(last);
}

int report(Run& run, Json result) {
  std::vector<std::string> failures;
  std::map<std::string, std::uint64_t> rejected;
  for (const auto& publisher : run.publishers) {
    for (const auto& [reason, count] : publisher->rejected()) {
      rejected[reason] += count;
    }
    if (!publisher->failure().empty()) {
      failures.push_back(publisher->failure());
    }
  }
  for (const auto& subscriber : run.subscribers) {
    subscriber->stop();
  }
  report_subscribers(run, result, failures);
  result["accepted_in_all"] = run.ledger.accepted();
  result["complete_in_all"] = run.ledger.complete();
  result["rejected"] = rejected;
  result["failures"] = failures;
  say(result);
  return failures.empty() ? 0 : 1;
}

int measure(const Options& options) {
  Run run(options);
  if (!subscribe(run, options)) {
    std::cerr << "broadcast_load: not all subscribers were attached within 10 s\n";
    return 1;
  }
  const Load load{.topic = run.topic,
                  .payload_bytes = options.payload_bytes,
                  .per_second = options.rate / static_cast<double>(options.publishers)};
  for (std::uint32_t i = 0; i < options.publishers; ++i) {
    run.publishers.push_back(
        std::make_unique<Publisher>(channel_to(options.sockets[i]), i, load, run.ledger));
  }
  sleep_for(options.warm_up);
  say({{"event", "begin"}});
  run.ledger.begin();
  const std::uint64_t begin = now_ns();
  const std::uint64_t accepted = run.ledger.accepted();
  const std::uint64_t complete = run.ledger.complete();
  sleep_for(options.seconds);
  const double seconds = static_cast<double>(now_ns() - begin) / 1e9;
  Json result{{"event", "result"},
              {"rate", options.rate},
              {"seconds", seconds},
              {"accepted", run.ledger.accepted() - accepted},
              {"complete", run.ledger.complete() - complete}};
  run.ledger.end();
  say({{"event", "end"}});
  for (const auto& publisher : run.publishers) {
    publisher->stop(options.patience);
  }
  result["drain_seconds"] = drain(run.ledger, options.patience);
  return report(run, std::move(result));
}

}  // namespace
}  // namespace swim::bench

int main(int argc, char** argv) {
  swim::bench::Options options;
  CLI::App app("Broadcasts through some nodes and checks what arrives at all of them");
  app.add_option("sockets", options.sockets, "unix sockets of the nodes' APIs")
      ->required()
      ->expected(1, 200);
  app.add_option("--publishers", options.publishers,
                 "how many of the nodes, the first ones, broadcast");
  app.add_option("--payload", options.payload_bytes, "bytes")->check(CLI::Range(20, 1'000));
  app.add_option("--rate", options.rate,
                 "messages/s of all publishers; 0: as fast as they are taken");
  app.add_option("--warm-up", options.warm_up, "seconds before the measured time")
      ->check(CLI::Range(0.0, 60.0));
  app.add_option("--seconds", options.seconds, "measured time")->check(CLI::Range(0.0, 3'600.0));
  app.add_option("--patience", options.patience,
                 "seconds without an answer or an arrival that end the run")
      ->check(CLI::Range(0.0, 60.0));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (options.publishers == 0 || options.publishers > options.sockets.size()) {
    std::cerr << "broadcast_load: as many publishers as nodes at most\n";
    return 2;
  }
  return swim::bench::measure(options);
}
