#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "bench/protocol/experiment.hpp"

namespace swim::bench {

// {"id", "title", "tables": [{"title", "columns", "rows": [{"anchor", "cells"}]}], "goals": […],
// "notes": […],
// "left_out": […]}. A cell is a number where it was one, else its text.
nlohmann::ordered_json to_json(const Experiment& experiment, const Report& report);

}  // namespace swim::bench
