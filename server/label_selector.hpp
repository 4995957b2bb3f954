// Label selectors as Kubernetes writes them: "role=worker,env in (a, b),!old,tier!=web,ssd".
// All requirements must hold; as there, `!=` and `notin` hold for a member without the label.
// A plain value; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/wire/labels.hpp"
#include "server/settings_types.hpp"

namespace swim::server {

class LabelSelector {
 public:
  // A selector is kept for each stream and asked about each change of a member, on the thread that
  // serves all streams. Beyond one of these it is refused.
  static constexpr std::size_t text_bytes_max = 4096;
  static constexpr std::size_t requirements_max = 64;
  static constexpr std::size_t values_max = 256;  // of all requirements together

  // Empty text selects everything. The error names the place and what was expected, or the bound.
  static Parsed<LabelSelector> parse(std::string_view text);

  bool matches(const wire::Labels& labels) const;
  bool empty() const { return requirements_.empty(); }

 private:
  enum class Operator : std::uint8_t { exists, absent, one_of, none_of };
  struct Requirement {
    std::string key;
    Operator op{};
    std::vector<std::string> values;
  };
  class Parser;

  std::vector<Requirement> requirements_;
};

}  // namespace swim::server
