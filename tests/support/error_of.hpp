// The error of a result that must have failed. Asking a success for its error is undefined, and may
// even compare equal: a test that says `code_of(x)` fails there instead.
#pragma once

#include <optional>

#include "core/base/error.hpp"

namespace swim::test {

// nullopt: it succeeded.
template <typename T>
std::optional<Errc> code_of(const Expected<T>& result) {
  return result ? std::nullopt : std::optional<Errc>(result.error().code);
}

}  // namespace swim::test
