#include "server/resume_token.hpp"

#include <gtest/gtest.h>

namespace swim::server {
namespace {

constexpr ResumeToken token{0xB007, 42, 7};

TEST(ResumeToken, goes_on_where_it_was_given) {
  const auto read = read_token(encode_token(token), 0xB007, 7, 50);
  EXPECT_EQ(read.verdict, TokenVerdict::good);
  EXPECT_EQ(read.position, 42U);
}

TEST(ResumeToken, none_is_a_start) {
  EXPECT_EQ(read_token("", 0xB007, 7, 50).verdict, TokenVerdict::none);
}

TEST(ResumeToken, of_another_run_is_told_apart) {
  EXPECT_EQ(read_token(encode_token(token), 0xB008, 7, 50).verdict, TokenVerdict::restarted);
}

TEST(ResumeToken, for_another_filter_or_of_the_future_is_expired) {
  EXPECT_EQ(read_token(encode_token(token), 0xB007, 8, 50).verdict, TokenVerdict::expired);
  EXPECT_EQ(read_token(encode_token(token), 0xB007, 7, 41).verdict, TokenVerdict::expired);
}

TEST(ResumeToken, a_damaged_one_is_expired_whichever_character_it_is) {
  const std::string good = encode_token(token);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == '0' ? '1' : '0';
    EXPECT_NE(read_token(bad, 0xB007, 7, 50).verdict, TokenVerdict::good) << i;
  }
  EXPECT_EQ(read_token(good + "0", 0xB007, 7, 50).verdict, TokenVerdict::expired);
  EXPECT_EQ(read_token("hello", 0xB007, 7, 50).verdict, TokenVerdict::expired);
  EXPECT_EQ(read_token(std::string(64, '0'), 0, 0, 50).verdict, TokenVerdict::expired);
}

}  // namespace
}  // namespace swim::server
