// Which known word somebody meant by an unknown one. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace swim::cli {

// The known word that takes the fewest edits, if they are few enough to be a slip; else empty.
std::string meant(std::string_view word, std::span<const std::string> known);

}  // namespace swim::cli
