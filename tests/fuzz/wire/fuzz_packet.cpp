// Any bytes as the plaintext of a datagram.
#include "tests/fuzz/wire/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const swim::Bytes input(data, size);
  const auto packet = swim::wire::open_packet(input);
  if (!packet) return 0;
  const std::size_t read = swim::test::check_messages(packet->reader);
  swim::test::require(read <= packet->messages, "no more messages than the header says");
  return 0;
}
