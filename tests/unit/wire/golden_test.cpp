// The bytes of one example of each message, fixed in files: the wire can't change without a file
// here changing. A file has hex digits; "#" starts a comment.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "core/wire/native/codec.hpp"
#include "tests/support/wire_equal.hpp"
#include "tests/unit/wire/samples.hpp"
#include "tests/unit/wire/support.hpp"

namespace swim::wire::test {
namespace {

ByteVector read_golden(std::string_view name) {
  const std::string path = std::string(SWIM_WIRE_GOLDEN_DIR "/").append(name).append(".hex");
  std::ifstream file(path);
  EXPECT_TRUE(file) << "no file " << path;
  std::string digits;
  for (std::string line; std::getline(file, line);) {
    for (const char c : line.substr(0, line.find('#'))) {
      if (c != ' ') digits += c;
    }
  }
  ByteVector bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

class Golden : public testing::TestWithParam<Sample> {};

TEST_P(Golden, encodes_to_the_pinned_bytes) {
  EXPECT_EQ(encode(GetParam().message), read_golden(GetParam().name));
}

TEST_P(Golden, decodes_from_the_pinned_bytes) {
  const ByteVector bytes = read_golden(GetParam().name);
  const auto decoded = decode_message(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_TRUE(swim::test::same(decoded->message, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Wire, Golden, testing::ValuesIn(all_samples()),
                         [](const auto& sample) { return std::string(sample.param.name); });

TEST(GoldenPacket, encodes_to_the_pinned_bytes) {
  std::vector<Message> messages;
  for (const std::string_view name : {"ping", "suspect", "ack_bare"}) {
    for (const Sample& sample : seed_samples()) {
      if (sample.name == name) messages.push_back(sample.message);
    }
  }
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(packet_of("prod", messages), read_golden("packet"));
}

}  // namespace
}  // namespace swim::wire::test
