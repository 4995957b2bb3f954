// Errors by value. Nothing below the server throws for what a peer or a caller did.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

namespace swim {

enum class Errc : std::uint8_t {
  // Decoding what a peer sent.
  truncated,
  bad_magic,
  bad_version,
  bad_tag,
  too_large,
  trailing_bytes,
  malformed,
  // Encoding into a caller's buffer.
  buffer_too_small,
  // Keys, sealing and opening.
  too_short,
  decryption_failed,
  invalid_key_length,
  invalid_key,
  unknown_key,
  replayed,
  session_table_full,
  counter_exhausted,
  // Addresses and configuration.
  invalid_address,
  invalid_argument,
  // Operations on the cluster.
  queue_full,
  unknown_member,
  not_alive,
  no_subscriber,
  not_running,
  draining,
  left,
  name_conflict,
  revision_mismatch,
  no_seeds,
  no_seeds_reachable,
  refused,
  unreachable,
  stalled,
  timeout,
  rejected,
  not_authenticated,
  cancelled,
  closed,
};

// Static text for logs and tests, e.g. "truncated". Never empty.
std::string_view to_string(Errc code);

// Trivially copyable: no allocation on an error path. `what` is static text that says more than the
// code does, or empty.
struct Error {
  Errc code{};
  std::string_view what{};
  friend bool operator==(const Error& a, const Error& b) { return a.code == b.code; }
};

// The one alias for the result type; becomes std::expected with C++23.
template <class T>
using Expected = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string_view what = {}) {
  return tl::unexpected<Error>(Error{code, what});
}

}  // namespace swim
