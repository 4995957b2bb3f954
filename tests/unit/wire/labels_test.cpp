#include "core/wire/labels.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "tests/support/error_of.hpp"

namespace swim::wire {
namespace {

using swim::test::code_of;

TEST(Labels, are_sorted_by_key_with_short_lengths) {
  const auto encoded = encode_labels({{"role", "db"}, {"az", ""}});
  ASSERT_TRUE(encoded.has_value());
  EXPECT_EQ(*encoded, (ByteVector{2, 2, 'a', 'z', 0, 4, 'r', 'o', 'l', 'e', 2, 'd', 'b'}));
}

TEST(Labels, none_are_no_bytes) {
  EXPECT_EQ(encode_labels({})->size(), 0U);
  EXPECT_TRUE(decode_labels({})->empty());
}

TEST(Labels, a_key_must_be_there_and_plain) {
  for (const std::string key : {"", "a b", "a=b", "ä", "a\n", "a,b"}) {
    EXPECT_EQ(code_of(encode_labels({{key, "v"}})), Errc::invalid_argument) << key;
  }
  EXPECT_TRUE(encode_labels({{"app.kubernetes.io/part-of_x", "any bytes \xFF = ,"}}).has_value());
}

TEST(Labels, too_long_or_too_many_are_too_large) {
  EXPECT_TRUE(encode_labels({{"k", std::string(255, 'v')}}).has_value());
  EXPECT_EQ(code_of(encode_labels({{"k", std::string(256, 'v')}})), Errc::too_large);
  EXPECT_EQ(code_of(encode_labels({{std::string(256, 'k'), ""}})), Errc::too_large);
  Labels many;
  for (int i = 0; i < 256; ++i) many[std::to_string(i)] = "";
  EXPECT_EQ(code_of(encode_labels(many)), Errc::too_large);
}

TEST(Labels, fill_the_metadata_to_its_last_byte) {
  // count + two labels of (1 + 1 key, 1 + value): 1 + 2 · 3 + values.
  const std::size_t values = limits::metadata_bytes_max - 7;
  Labels labels{{"a", std::string(255, 'x')}, {"b", std::string(values - 255, 'x')}};
  EXPECT_EQ(encode_labels(labels)->size(), limits::metadata_bytes_max);
  labels["b"] += 'x';
  EXPECT_EQ(code_of(encode_labels(labels)), Errc::too_large);
}

TEST(Labels, metadata_in_another_form_is_malformed) {
  const std::vector<ByteVector> others{
      {0},                             // no labels, said in a byte
      {1},                             // cut
      {1, 1, 'a'},                     // cut before the value
      {1, 1, 'a', 2, 'x'},             // cut within the value
      {1, 0, 0},                       // an empty key
      {1, 1, '=', 0},                  // not a key
      {1, 1, 'a', 0, 9},               // something behind
      {2, 1, 'b', 0, 1, 'a', 0},       // not sorted
      {2, 1, 'a', 0, 1, 'a', 1, 'x'},  // a key twice
  };
  for (const ByteVector& metadata : others) {
    const auto labels = decode_labels(metadata);
    ASSERT_FALSE(labels.has_value());
    EXPECT_EQ(labels.error().code, Errc::malformed);
  }
}

}  // namespace
}  // namespace swim::wire
