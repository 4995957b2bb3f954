// What must hold of anything that decodes. A broken promise ends the process, which is how a fuzzer
// sees it.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "core/wire/native/codec.hpp"
#include "tests/support/wire_equal.hpp"

namespace swim::test {

inline void require(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

// A message that decoded must encode to its exact size and decode to the same message again.
inline void check_message(const wire::Message& message) {
  // Over two different backgrounds: a byte that encoding leaves alone would differ.
  const std::size_t size = wire::encoded_size(message);
  ByteVector buffer(size, 0x00);
  ByteVector other(size, 0xFF);
  for (ByteVector* out : {&buffer, &other}) {
    wire::FrameWriter writer(*out);
    require(writer.add(message).has_value(), "what decodes also encodes");
    require(writer.finish().size() == size, "encoded_size is exact");
  }
  require(buffer == other, "encoding writes every byte that it counts");
  const auto again = wire::decode_message(buffer);
  require(again.has_value() && again->size == buffer.size(), "what we encode decodes");
  require(same(again->message, message), "decode is the inverse of encode");
}

// Reads to the end or the first error; gives the number of messages.
inline std::size_t check_messages(wire::MessageReader reader) {
  std::size_t count = 0;
  for (;;) {
    const auto message = reader.next();
    if (!message || !*message) break;
    check_message(**message);
    ++count;
  }
  const auto after = reader.next();
  require(after.has_value() && !after->has_value(), "a reader at its end stays there");
  return count + reader.skipped();
}

}  // namespace swim::test
