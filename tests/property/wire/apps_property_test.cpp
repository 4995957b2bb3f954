#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/wire/apps.hpp"
#include "tests/generators/app_generators.hpp"
#include "tests/generators/wire_generators.hpp"

namespace swim::wire {
namespace {

RC_GTEST_PROP(Apps, what_was_encoded_decodes_to_the_same_apps, ()) {
  const AppStates apps = *test::gen_apps();
  const auto encoded = encode_apps(apps);
  RC_ASSERT(encoded.has_value());
  const auto decoded = decode_apps(*encoded);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == apps);
}

RC_GTEST_PROP(Apps, any_bytes_decode_to_apps_that_can_be_encoded_or_fail, ()) {
  auto bytes = encode_apps(*test::gen_apps()).value();
  if (*rc::gen::arbitrary<bool>()) {
    bytes = *test::gen_bytes(limits::apps_bytes_max);
  } else if (!bytes.empty()) {
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
  }
  const auto decoded = decode_apps(bytes);
  RC_CLASSIFY(decoded.has_value());
  if (decoded) RC_ASSERT(decode_apps(encode_apps(*decoded).value()).value() == *decoded);
}

}  // namespace
}  // namespace swim::wire
