#include "core/runtime/name_lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <optional>

namespace swim::runtime {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

LookupResult resolve(const std::string& host, Family family) {
  boost::asio::io_context io(1);
  NameLookup names(io, family);
  std::optional<LookupResult> result;
  const auto work = boost::asio::make_work_guard(io);
  names.resolve(host, 7946, [&](LookupResult found) { result = std::move(found); });
  while (!result && io.run_one_for(std::chrono::seconds(60)) > 0) {
  }
  return result.value_or(LookupResult{{}, "no answer"});
}

TEST(NameLookup, FindsLocalhostInTheFamilyOfTheSocket) {
  EXPECT_EQ(resolve("localhost", Family::v4).addresses,
            std::vector<Endpoint>{Endpoint::v4(127, 0, 0, 1, 7946)});
  EXPECT_THAT(resolve("localhost", Family::dual).addresses,
              Contains(Endpoint::v4(127, 0, 0, 1, 7946)));
}

TEST(NameLookup, ANameThatDoesNotResolveSaysWhy) {
  // A label of more than 63 characters is refused before any name server is asked.
  const LookupResult result = resolve(std::string(64, 'a') + ".invalid", Family::v4);
  EXPECT_TRUE(result.addresses.empty());
  EXPECT_THAT(result.problem, HasSubstr("does not resolve ("));
}

TEST(NameLookup, MoreNamesThanThreadsAllGetTheirAnswer) {
  boost::asio::io_context io(1);
  NameLookup names(io, Family::v4);
  const auto work = boost::asio::make_work_guard(io);
  std::size_t answers = 0;
  for (int i = 0; i < 20; ++i) {
    names.resolve("127.0.0.1", 1, [&](LookupResult found) { answers += found.addresses.size(); });
  }
  while (answers < 20 && io.run_one_for(std::chrono::seconds(60)) > 0) {
  }
  EXPECT_EQ(answers, 20U);
}

TEST(NameLookup, TheOwnerMayGoWhileALookUpIsUnderWay) {
  boost::asio::io_context io(1);
  {
    NameLookup names(io, Family::v4);
    for (int i = 0; i < 20; ++i) {
      names.resolve("localhost", 1, [](LookupResult) {});
    }
  }
  io.poll();
}

}  // namespace
}  // namespace swim::runtime
