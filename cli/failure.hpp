// Why a command failed: one line that names the cause, and what to try.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "cli/exit_code.hpp"

namespace swim::cli {

struct Failure {
  ExitCode code{ExitCode::failed};
  std::string what;      // the cause, without a full stop
  std::string hint;      // what to try; may be empty
  std::string reason{};  // the API's, "MEMBER_NOT_FOUND"; empty where the daemon gave none
};

template <class T = void>
using Result = tl::expected<T, Failure>;

inline tl::unexpected<Failure> failed(ExitCode code, std::string what, std::string hint = {}) {
  return tl::unexpected<Failure>(Failure{code, std::move(what), std::move(hint)});
}

inline tl::unexpected<Failure> usage_error(std::string what, std::string hint = {}) {
  return failed(ExitCode::usage, std::move(what), std::move(hint));
}

}  // namespace swim::cli
