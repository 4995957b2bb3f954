// Text that others chose (names, labels, problems) on its way into pages, metrics and errors. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace swim::server {

// Bytes that are no UTF-8 become U+FFFD: one of them in a label would make Prometheus refuse the
// whole scrape.
std::string valid_utf8(std::string_view text);

// The same, cut to at most `bytes_max` bytes (at least 3) between two characters; an ellipsis says
// that there was more.
std::string shortened(std::string_view text, std::size_t bytes_max);

// For HTML text and quoted attributes; valid UTF-8 too.
std::string html_escaped(std::string_view text);

std::string lower_case(std::string_view ascii);

}  // namespace swim::server
