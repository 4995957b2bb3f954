#include "cli/text/line_batches.hpp"

#include <gtest/gtest.h>

namespace swim::cli {
namespace {

using Batch = LineBatches::Batch;

TEST(CliLineBatches, WhatIsTypedGoesAtOnce) {
  LineBatches lines(256, 1024);
  EXPECT_EQ(lines.add("one\n"), std::vector<Batch>{{"one"}});
  EXPECT_TRUE(lines.add("tw").empty());
  EXPECT_EQ(lines.add("o\n"), std::vector<Batch>{{"two"}});
  EXPECT_TRUE(lines.finish().empty());
}

TEST(CliLineBatches, WhatComesTogetherGoesTogether) {
  LineBatches lines(2, 1024);
  EXPECT_EQ(lines.add("a\n\nb\nc"), (std::vector<Batch>{{"a", ""}, {"b"}}));
  EXPECT_EQ(lines.unfinished(), 1U);
  EXPECT_EQ(lines.finish(), std::vector<Batch>{{"c"}}) << "the last line needs no newline";
}

TEST(CliLineBatches, ABatchHasSoManyBytesButForALineThatIsLonger) {
  LineBatches lines(256, 4);
  EXPECT_EQ(lines.add("ab\ncd\ne\nlonger\nf\n"),
            (std::vector<Batch>{{"ab", "cd"}, {"e"}, {"longer"}, {"f"}}));
}

TEST(CliLineBatches, WhereTheInputIsCutDoesNotMatter) {
  const std::string input = "one\ntwo\n\nthree and more\nfour";
  for (std::size_t cut = 1; cut < input.size(); ++cut) {
    LineBatches lines(3, 8);
    Batch all;
    for (std::size_t at = 0; at < input.size(); at += cut) {
      for (const Batch& batch : lines.add(std::string_view(input).substr(at, cut))) {
        all.insert(all.end(), batch.begin(), batch.end());
      }
    }
    for (const Batch& batch : lines.finish()) {
      all.insert(all.end(), batch.begin(), batch.end());
    }
    EXPECT_EQ(all, (Batch{"one", "two", "", "three and more", "four"})) << cut;
  }
}

}  // namespace
}  // namespace swim::cli
