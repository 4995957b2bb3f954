// Any bytes as the plaintext of a stream frame, as labels, and as the state of apps.
#include "core/wire/apps.hpp"
#include "core/wire/labels.hpp"
#include "tests/fuzz/wire/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const swim::Bytes input(data, size);
  swim::test::check_messages(swim::wire::read_frame(input));
  if (const auto apps = swim::wire::decode_apps(input)) {
    const auto again = swim::wire::encode_apps(*apps);
    swim::test::require(again && swim::wire::decode_apps(*again) == apps,
                        "apps that decode encode, and are the same then");
  }
  if (const auto labels = swim::wire::decode_labels(input)) {
    const auto again = swim::wire::encode_labels(*labels);
    swim::test::require(!again || swim::test::same(*again, input), "labels have one form only");
  }
  return 0;
}
