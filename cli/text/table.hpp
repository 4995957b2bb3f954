// Aligned columns and aligned facts. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cli/text/style.hpp"

namespace swim::cli {

struct Cell {
  std::string text;  // shown through printable()
  Color color{Color::plain};
};

// Columns that are two spaces apart, the last one without padding. An empty cell shows as "-".
class Table {
 public:
  explicit Table(std::vector<std::string> headers) : headers_(std::move(headers)) {}

  // As many cells as headers.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  // Each line ends with a newline.
  std::string render(const Style& style, bool with_headers = true) const;

 private:
  std::vector<std::size_t> widths(bool with_headers) const;

  std::vector<std::string> headers_;
  std::vector<std::vector<Cell>> rows_;
};

// "key   value" lines, for one thing with many properties.
class Facts {
 public:
  void add(std::string key, Cell value);
  void add(std::string key, std::string value) { add(std::move(key), Cell{std::move(value)}); }
  std::string render(const Style& style) const;

 private:
  std::vector<std::pair<std::string, Cell>> facts_;
};

}  // namespace swim::cli
