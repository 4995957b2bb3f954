#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/wire/labels.hpp"
#include "tests/generators/wire_generators.hpp"

namespace swim::wire {
namespace {

rc::Gen<std::string> gen_key() {
  const std::string characters = "abcxyzABCXYZ0189._/-";
  return rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(characters)));
}

rc::Gen<Labels> gen_labels() {
  return rc::gen::map(
      rc::gen::container<std::map<std::string, std::string>>(gen_key(), test::gen_text(40)),
      [](const std::map<std::string, std::string>& labels) {
        return Labels(labels.begin(), labels.end());
      });
}

RC_GTEST_PROP(Labels, what_was_encoded_decodes_to_the_same_labels, ()) {
  const Labels labels = *gen_labels();
  const auto encoded = encode_labels(labels);
  RC_PRE(encoded.has_value());
  const auto decoded = decode_labels(*encoded);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == labels);
}

RC_GTEST_PROP(Labels, metadata_that_decodes_is_in_the_one_canonical_form, ()) {
  auto encoded = encode_labels(*gen_labels());
  RC_PRE(encoded.has_value());
  const auto place = *rc::gen::inRange<std::size_t>(0, encoded->size());
  (*encoded)[place] = *rc::gen::arbitrary<std::uint8_t>();
  const auto decoded = decode_labels(*encoded);
  if (!decoded) return;
  RC_ASSERT(*encode_labels(*decoded) == *encoded);
}

}  // namespace
}  // namespace swim::wire
