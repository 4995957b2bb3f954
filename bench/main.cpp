// The main of every bench program: google-benchmark's, with the build said in the context, so that
// numbers of a debug or sanitized build are never taken for real ones.
#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
  benchmark::AddCustomContext("swim_build_type", SWIM_BENCH_BUILD_TYPE);
  benchmark::AddCustomContext("swim_sanitize", SWIM_BENCH_SANITIZE);
  benchmark::AddCustomContext("swim_compiler", SWIM_BENCH_COMPILER);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
