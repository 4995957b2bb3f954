// Generators of what a descriptor says of its apps.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/limits.hpp"
#include "core/wire/apps.hpp"

namespace swim::test {

// Any that can be encoded, of few names, so that two lists have some in common. Numbers of losses
// are small and come again, as no honest member's do.
inline rc::Gen<wire::AppStates> gen_apps() {
  const auto app = rc::gen::tuple(rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>(),
                                  rc::gen::inRange<std::uint32_t>(0, 4));
  return rc::gen::map(
      rc::gen::container<std::vector<std::tuple<bool, bool, std::uint32_t>>>(5, app),
      [](const std::vector<std::tuple<bool, bool, std::uint32_t>>& drawn) {
        wire::AppStates apps;
        for (std::size_t i = 0; i < drawn.size(); ++i) {
          const auto& [there, lost, loss] = drawn[i];
          if (there) {
            apps.push_back({std::string(1, static_cast<char>('a' + i)), lost, loss});
          }
        }
        return apps;
      });
}

}  // namespace swim::test
