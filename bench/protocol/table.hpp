// Results as tables: text for people, JSON for programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace swim::bench {

// One number as it is printed; `value` empty: only text, or nothing to say.
struct Cell {
  std::string text;
  std::optional<double> value{};
};

Cell words(std::string text);
Cell whole(double value);                 // 12,345
Cell decimals(double value, int digits);  // 0.62; "–" for NaN
Cell whole(std::uint64_t value);
Cell percents(double share, int digits = 2);  // 0.0153 → 1.53 %

struct Row {
  std::vector<Cell> cells;
  bool anchor{};  // somebody else's number, not measured here
};

// Somebody else's row: label, label, then a text a column.
Row anchor_row(std::vector<std::string> texts);

struct Table {
  std::string title;
  std::vector<std::string> columns;  // the first ones are labels, to the left
  std::size_t labels{1};
  std::vector<Row> rows;
};

// What must be reached, and what was.
struct Goal {
  std::string text;      // "all survivors know, p99"
  std::string measured;  // "0.83 s"
  std::string target;    // "<= 1 s"
  bool met{};
  bool aim{};  // hoped for, not required
};

// value <= limit, both with this unit.
Goal at_most(std::string text, double value, double limit, const std::string& unit, int digits = 2);

struct Report {
  std::vector<Table> tables{};
  std::vector<Goal> goals{};
  std::vector<std::string> notes{};
  std::vector<std::string> left_out{};
};

std::string to_text(const Table& table);
std::string to_text(const Report& report);
// As GitHub shows it.
std::string to_markdown(const Table& table);
std::string to_markdown(const Report& report);

}  // namespace swim::bench
