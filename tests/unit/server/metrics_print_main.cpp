// Prints all metrics once, for promtool. "bare": of a node that has just started, on a machine that
// tells nothing.
#include <cstring>
#include <iostream>

#include "server/metrics_collector.hpp"
#include "tests/unit/server/metrics_look.hpp"

int main(int argc, char** argv) {
  using namespace swim::server;
  if (argc > 1 && std::strcmp(argv[1], "bare") == 0) {
    testing::LookMade made;
    made.snapshot = {};
    made.view = {};
    made.look.facts = {};
    std::cout << metrics_text(made.make());
  } else {
    std::cout << metrics_text(testing::full_look());
  }
  return std::cout.good() ? 0 : 1;
}
