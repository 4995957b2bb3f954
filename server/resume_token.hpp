// The opaque token with which a stream is resumed: which run of which daemon, how far, and for
// which filter. A checksum tells a damaged or invented one; whatever is wrong with a token, the
// answer is a new snapshot with the reason, never an error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace swim::server {

struct ResumeToken {
  std::uint64_t boot{};      // of this process
  std::uint64_t position{};  // the last one delivered
  std::uint64_t filter{};    // hash of the stream's filter
};

std::string encode_token(const ResumeToken& token);

enum class TokenVerdict : std::uint8_t {
  none,       // there is no token: the client starts
  good,       // go on after `position`
  restarted,  // of another run of a daemon
  expired,    // damaged, for another filter, or of a position that was never reached
};

struct ReadToken {
  TokenVerdict verdict{};
  std::uint64_t position{};  // where good
};

// `last` is the newest position of this run.
ReadToken read_token(std::string_view text, std::uint64_t boot, std::uint64_t filter,
                     std::uint64_t last);

}  // namespace swim::server
