// Label selectors as Kubernetes writes them: "role=worker,env in (a, b),!old,tier!=web,ssd".
// All requirements must hold; as there, `!=` and `notin` hold for a member without the label.
// A plain value; pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/wire/labels.hpp"
#include "server/settings_types.hpp"

namespace swim::server {

class LabelSelector {
 public:
  // Empty text selects everything. The error names the place and what was expected.
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
