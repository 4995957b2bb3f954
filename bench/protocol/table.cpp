#include "bench/protocol/table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace swim::bench {

namespace {

// As wide as it looks in a terminal: code points, not bytes.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string padded(const std::string& text, std::size_t to, bool left) {
  const std::size_t has = width(text);
  const std::string space(to > has ? to - has : 0, ' ');
  return left ? text + space : space + text;
}

std::string fixed(double value, int digits) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
  return buffer;
}

std::vector<Table> with_goals(const Report& report) {
  std::vector<Table> tables = report.tables;
  if (!report.goals.empty()) {
    Table goals{"Goals", {"", "measured", "target", "met"}, 1, {}};
    for (const Goal& goal : report.goals) {
      goals.rows.push_back({{words(goal.text + (goal.aim ? " (aim)" : "")), words(goal.measured),
                             words(goal.target), words(goal.met ? "met" : "NO")}});
    }
    tables.push_back(std::move(goals));
  }
  return tables;
}

std::vector<std::string> remarks_of(const Report& report) {
  std::vector<std::string> remarks = report.notes;
  for (const std::string& left_out : report.left_out) {
    remarks.push_back("Left out here: " + left_out + ".");
  }
  return remarks;
}

}  // namespace

Cell words(std::string text) {
  return {std::move(text)};
}

Cell whole(double value) {
  if (std::isnan(value)) {
    return {"–"};
  }
  std::string text = fixed(value, 0);
  for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3;
       place > (text.front() == '-' ? 1 : 0); place -= 3) {
    text.insert(static_cast<std::size_t>(place), ",");
  }
  return {text, value};
}

Cell whole(std::uint64_t value) {
  return whole(static_cast<double>(value));
}

Row anchor_row(std::vector<std::string> texts) {
  Row row{{}, true};
  for (std::string& text : texts) {
    row.cells.push_back(words(std::move(text)));
  }
  return row;
}

Cell decimals(double value, int digits) {
  return std::isnan(value) ? Cell{"–"} : Cell{fixed(value, digits), value};
}

Cell percents(double share, int digits) {
  return std::isnan(share) ? Cell{"–"} : Cell{fixed(100 * share, digits) + " %", 100 * share};
}

Goal at_most(std::string text, double value, double limit, const std::string& unit, int digits) {
  const bool known = !std::isnan(value);
  const std::string behind = unit.empty() ? "" : " " + unit;
  return {std::move(text), known ? fixed(value, digits) + behind : "never",
          "<= " + fixed(limit, digits) + behind, known && value <= limit};
}

std::string to_text(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    std::size_t most = width(table.columns[column]);
    for (const Row& row : table.rows) {
      most = std::max(most, column < row.cells.size() ? width(row.cells[column].text) : 0);
    }
    widths.push_back(most);
  }
  const auto line = [&](const auto& text_of) {
    std::string text = " ";
    for (std::size_t column = 0; column < widths.size(); ++column) {
      text += " " + padded(text_of(column), widths[column], column < table.labels) + " ";
    }
    return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };
  std::string text = table.title + "\n";
  text += line([&](std::size_t column) { return table.columns[column]; });
  for (const Row& row : table.rows) {
    text += line([&](std::size_t column) {
      return column < row.cells.size() ? row.cells[column].text : std::string();
    });
  }
  return text;
}

std::string to_text(const Report& report) {
  std::string text;
  for (const Table& table : with_goals(report)) {
    text += to_text(table) + "\n";
  }
  const std::vector<std::string> remarks = remarks_of(report);
  for (const std::string& remark : remarks) {
    text += "  " + remark + "\n";
  }
  return text + (remarks.empty() ? "" : "\n");
}

std::string to_markdown(const Table& table) {
  std::string text = "**" + table.title + "**\n\n";
  const auto line = [&](const auto& text_of) {
    text += "|";
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      text += " " + text_of(column) + " |";
    }
    text += "\n";
  };
  line([&](std::size_t column) { return table.columns[column]; });
  line([&](std::size_t column) { return std::string(column < table.labels ? "---" : "---:"); });
  for (const Row& row : table.rows) {
    line([&](std::size_t column) {
      const std::string cell = column < row.cells.size() ? row.cells[column].text : "";
      return row.anchor && !cell.empty() ? "*" + cell + "*" : cell;
    });
  }
  return text;
}

std::string to_markdown(const Report& report) {
  std::string text;
  for (const Table& table : with_goals(report)) {
    text += to_markdown(table) + "\n";
  }
  for (const std::string& remark : remarks_of(report)) {
    text += remark + "\n";
  }
  return text + (remarks_of(report).empty() ? "" : "\n");
}

}  // namespace swim::bench
