// Which known word somebody meant by an unknown one.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace swim::server {

// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known word with the least distance, the first of several; empty if there is none.
std::string nearest(std::string_view word, std::span<const std::string> known);

}  // namespace swim::server
