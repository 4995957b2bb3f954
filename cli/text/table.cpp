#include "cli/text/table.hpp"

#include <algorithm>

#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

constexpr std::size_t gap = 2;

std::string padding(std::size_t width, std::size_t column) {
  return std::string(column > width ? column - width : 0, ' ');
}

std::string line_of(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                    const Style& style) {
  std::string line;
  std::size_t owed = 0;  // padding is written only in front of something
  for (std::size_t at = 0; at < cells.size(); ++at) {
    const std::string text = cells[at].text.empty() ? "-" : printable(cells[at].text);
    line.append(owed, ' ');
    line += style.paint(text, cells[at].color);
    owed = padding(display_width(text), widths[at]).size() + gap;
  }
  return line + "\n";
}

}  // namespace

void Table::add(std::vector<Cell> row) {
  row.resize(headers_.size());
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths(bool with_headers) const {
  std::vector<std::size_t> found(headers_.size(), 1);
  for (std::size_t at = 0; at < headers_.size(); ++at) {
    if (with_headers) {
      found[at] = std::max(found[at], display_width(headers_[at]));
    }
    for (const auto& row : rows_) {
      found[at] = std::max(found[at], display_width(printable(row[at].text)));
    }
  }
  return found;
}

std::string Table::render(const Style& style, bool with_headers) const {
  const auto columns = widths(with_headers);
  std::string text;
  if (with_headers) {
    std::vector<Cell> cells;
    for (const std::string& header : headers_) {
      cells.push_back({header, Color::bold});
    }
    text += line_of(cells, columns, style);
  }
  for (const auto& row : rows_) {
    text += line_of(row, columns, style);
  }
  return text;
}

void Facts::add(std::string key, Cell value) {
  facts_.emplace_back(std::move(key), std::move(value));
}

std::string Facts::render(const Style& style) const {
  std::size_t column = 0;
  for (const auto& [key, value] : facts_) {
    column = std::max(column, display_width(key));
  }
  std::string text;
  for (const auto& [key, value] : facts_) {
    text += style.paint(key, Color::bold) + padding(display_width(key), column + gap);
    text += style.paint(value.text.empty() ? "-" : printable(value.text), value.color) + "\n";
  }
  return text;
}

}  // namespace swim::cli
