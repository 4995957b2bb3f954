// The state of a node for people, as JSON and as a page: one sentence on top that says whether all
// is well and if not what to do, then the facts. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/http_source.hpp"

namespace swim::server {

enum class Concern : std::uint8_t { none, note, problem };  // ordered

struct Finding {
  Concern concern{};
  std::string text;    // what is so; one sentence
  std::string advice;  // what to do; one sentence, or empty
};

// The most urgent first. Never empty: "all is well" is a finding too.
std::vector<Finding> find_concerns(const Look& look);

std::string status_json(const Look& look);
// `refresh`: the browser loads the page again every few seconds.
std::string status_html(const Look& look, bool refresh);

inline constexpr std::size_t status_events = 100;  // the last ones that are shown

}  // namespace swim::server
