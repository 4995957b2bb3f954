#include "bench/protocol/json.hpp"

namespace swim::bench {

using nlohmann::ordered_json;

ordered_json to_json(const Experiment& experiment, const Report& report) {
  ordered_json result{{"id", experiment.id},
                      {"title", experiment.title},
                      {"tables", ordered_json::array()},
                      {"goals", ordered_json::array()},
                      {"notes", report.notes},
                      {"left_out", report.left_out}};
  for (const Table& table : report.tables) {
    ordered_json rows = ordered_json::array();
    for (const Row& row : table.rows) {
      ordered_json cells = ordered_json::array();
      for (const Cell& cell : row.cells) {
        cells.push_back(cell.value ? ordered_json(*cell.value) : ordered_json(cell.text));
      }
      rows.push_back({{"anchor", row.anchor}, {"cells", std::move(cells)}});
    }
    result["tables"].push_back(
        {{"title", table.title}, {"columns", table.columns}, {"rows", std::move(rows)}});
  }
  for (const Goal& goal : report.goals) {
    result["goals"].push_back({{"text", goal.text},
                               {"measured", goal.measured},
                               {"target", goal.target},
                               {"met", goal.met},
                               {"aim", goal.aim}});
  }
  return result;
}

}  // namespace swim::bench
