#include "core/runtime/seed_resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace swim::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Hooks that record, answer when they are told to, and have their own time.
class SeedResolverTest : public ::testing::Test {
 protected:
  struct Lookup {
    std::string host;
    NameLookup::Done done;
  };
  struct Join {
    std::vector<Endpoint> addresses;
    std::function<void(std::vector<SeedResult>)> done;
  };

  static constexpr Duration refresh = std::chrono::seconds(10);

  SeedResolverTest()
      : seeds_(SeedResolver::Hooks{
                   .now = [this] { return now_; },
                   .resolve =
                       [this](std::string host, std::uint16_t, NameLookup::Done done) {
                         lookups_.push_back({host, done});
                       },
                   .join =
                       [this](std::vector<Endpoint> addresses, auto done) {
                         joins_.push_back({addresses, done});
                       },
                   .live_members =
                       [this] {
                         ++looks_;
                         return std::vector<Endpoint>(live_.begin(), live_.end());
                       },
                   .is_self = [this](const Endpoint& one) { return self_.contains(one); },
                   .start_alone = [this] { ++alone_; },
                   .log = [this](int, const std::string& text) { log_.push_back(text); },
                   .credentials = [] { return "key (fingerprint 1f) or label (prod)"; },
               },
               {refresh}, 1) {}

  static Endpoint host(std::uint8_t last) { return Endpoint::v4(10, 0, 0, last, 7946); }
  void use(std::vector<std::string> texts) {
    std::vector<SeedSpec> specs;
    for (const std::string& text : texts) {
      specs.push_back(*parse_seed(text));
    }
    seeds_.replace(specs);
    seeds_.on_time();
  }
  void pass(Duration time) {
    now_.steady += time;
    now_.wall.unix_ms += time / std::chrono::milliseconds(1);
    seeds_.on_time();
  }
  static SeedResult accepted(const Endpoint& address) {
    SeedResult result;
    result.address = address;
    result.accepted = true;
    return result;
  }
  static SeedResult failed(const Endpoint& address, Errc code, std::string text = {}) {
    SeedResult result;
    result.address = address;
    result.error = Error{code, {}};
    result.text = std::move(text);
    return result;
  }
  // Answers the oldest join.
  void answer(std::vector<SeedResult> results) {
    ASSERT_FALSE(joins_.empty());
    Join join = joins_.front();
    joins_.erase(joins_.begin());
    join.done(std::move(results));
  }
  SeedStatus status(std::size_t i = 0) { return seeds_.status().at(i); }

  Moment now_{TimePoint(std::chrono::seconds(1000)), WallTime{1'700'000'000'000}};
  std::vector<Lookup> lookups_;
  std::vector<Join> joins_;
  std::set<Endpoint> live_;
  int looks_{};  // at who is there
  std::set<Endpoint> self_;
  std::vector<std::string> log_;
  int alone_{};
  SeedResolver seeds_;
};

TEST_F(SeedResolverTest, AnAddressIsJoinedAtOnceAndAgainAfterTheRefresh) {
  use({"10.0.0.1:7946"});
  ASSERT_EQ(joins_.size(), 1U);
  EXPECT_THAT(joins_[0].addresses, ElementsAre(host(1)));
  answer({accepted(host(1))});
  EXPECT_TRUE(status().reached);
  EXPECT_THAT(status().problem, IsEmpty());
  EXPECT_EQ(status().checked, now_.wall);
  pass(refresh * 79 / 100);
  EXPECT_THAT(joins_, IsEmpty());
  pass(refresh * 42 / 100);
  EXPECT_EQ(joins_.size(), 1U);
}

TEST_F(SeedResolverTest, AFailedContactIsRepeatedSoonThenEverMoreSlowly) {
  use({"10.0.0.1:7946"});
  std::vector<std::int64_t> waits_ms;
  for (int i = 0; i < 10; ++i) {
    answer({failed(host(1), Errc::refused)});
    const Duration wait = *seeds_.next_due() - now_.steady;
    waits_ms.push_back(wait / std::chrono::milliseconds(1));
    pass(wait);
  }
  EXPECT_GE(waits_ms[0], 200);
  EXPECT_LE(waits_ms[0], 300);
  EXPECT_GE(waits_ms[1], 400);
  EXPECT_LE(waits_ms[1], 600);
  EXPECT_GE(waits_ms[9], 8000);
  EXPECT_LE(waits_ms[9], 12000);
}

TEST_F(SeedResolverTest, ANameIsResolvedAgainEachTimeAndAllItsAddressesAreJoined) {
  use({"dns+db:7946"});
  ASSERT_EQ(lookups_.size(), 1U);
  EXPECT_EQ(lookups_[0].host, "db");
  lookups_[0].done({{host(1), host(2)}, ""});
  ASSERT_EQ(joins_.size(), 1U);
  EXPECT_THAT(joins_[0].addresses, ElementsAre(host(1), host(2)));
  answer({accepted(host(1)), accepted(host(2))});
  live_ = {host(1), host(2)};
  pass(2 * refresh);
  ASSERT_EQ(lookups_.size(), 2U);
  // Live members and this node itself need no join.
  self_ = {host(4)};
  lookups_[1].done({{host(1), host(3), host(4)}, ""});
  ASSERT_EQ(joins_.size(), 1U);
  EXPECT_THAT(joins_[0].addresses, ElementsAre(host(3)));
  EXPECT_THAT(status().addresses, ElementsAre(host(1), host(3), host(4)));
}

TEST_F(SeedResolverTest, ASeedWhoseAddressesAreAllMembersIsWellWithoutAContact) {
  live_ = {host(1)};
  use({"10.0.0.1:7946"});
  EXPECT_THAT(joins_, IsEmpty());
  EXPECT_TRUE(status().reached);
}

// The headless service of a large cluster lists each of its members.
TEST_F(SeedResolverTest, OneLookAtTheMembersServesAllAddressesOfAName) {
  std::vector<Endpoint> listed;
  for (std::uint8_t last = 1; last <= 200; ++last) {
    listed.push_back(host(last));
  }
  live_ = {listed.begin(), listed.end() - 1};
  use({"dns+db:7946"});
  lookups_[0].done({listed, ""});
  EXPECT_EQ(looks_, 1);
  ASSERT_EQ(joins_.size(), 1U);
  EXPECT_THAT(joins_[0].addresses, ElementsAre(host(200)));
}

TEST_F(SeedResolverTest, AFailedMemberIsContactedAgain) {
  live_ = {host(1)};
  use({"10.0.0.1:7946"});
  live_.clear();
  pass(2 * refresh);
  EXPECT_EQ(joins_.size(), 1U);
}

TEST_F(SeedResolverTest, OneThatFailedIsContactedAtOnceWhenOthersTellOfIt) {
  use({"10.0.0.1:7946", "10.0.0.2:7946", "dns+db:7946"});
  answer({failed(host(1), Errc::refused)});
  answer({accepted(host(2))});
  lookups_[0].done({{host(3), host(4)}, ""});
  answer({failed(host(3), Errc::refused), failed(host(4), Errc::refused)});
  seeds_.heard_of(host(2));
  seeds_.heard_of(host(9));
  seeds_.on_time();
  EXPECT_THAT(joins_, IsEmpty());
  EXPECT_EQ(lookups_.size(), 1U);
  seeds_.heard_of(host(1));
  EXPECT_EQ(seeds_.next_due(), now_.steady);
  seeds_.on_time();
  ASSERT_EQ(joins_.size(), 1U);
  EXPECT_THAT(joins_[0].addresses, ElementsAre(host(1)));
  seeds_.heard_of(host(4));
  seeds_.on_time();
  EXPECT_EQ(lookups_.size(), 2U) << "a name is asked for its addresses again";
}

TEST_F(SeedResolverTest, ANameThatDoesNotResolveIsAProblemAndTriedAgain) {
  use({"dns+db:7946"});
  lookups_[0].done({{}, "does not resolve (Name or service not known)"});
  EXPECT_FALSE(status().reached);
  EXPECT_EQ(status().problem, "seed dns+db:7946 does not resolve (Name or service not known)");
  pass(std::chrono::milliseconds(300));
  EXPECT_EQ(lookups_.size(), 2U);
}

TEST_F(SeedResolverTest, AWrongKeyIsSaidInOneSentenceOnceAnEpisode) {
  use({"10.0.0.1:7946"});
  for (int i = 0; i < 5; ++i) {
    answer({failed(host(1), Errc::not_authenticated)});
    EXPECT_EQ(status().problem,
              "seed 10.0.0.1:7946 did not authenticate us: key (fingerprint 1f) or label (prod) "
              "differs");
    pass(2 * refresh);
  }
  EXPECT_THAT(log_, ElementsAre(status().problem));
  answer({accepted(host(1))});
  EXPECT_EQ(log_.size(), 2U);
  EXPECT_THAT(log_.back(), HasSubstr("answers again"));
}

TEST_F(SeedResolverTest, ARefusedConnectionIsNoNewsWhileEverybodyStarts) {
  use({"10.0.0.1:7946"});
  answer({failed(host(1), Errc::refused)});
  pass(refresh);
  answer({accepted(host(1))});
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(SeedResolverTest, TheFailureThatTellsMostIsShown) {
  use({"dns+db:7946"});
  lookups_[0].done({{host(1), host(2), host(3)}, ""});
  answer({failed(host(1), Errc::timeout), failed(host(2), Errc::rejected, "clock is off by 3 d"),
          failed(host(3), Errc::refused)});
  EXPECT_EQ(status().problem, "seed dns+db:7946 (10.0.0.2:7946) rejected us: clock is off by 3 d");
}

TEST_F(SeedResolverTest, OneAnswerIsEnoughButAWrongKeyIsStillShown) {
  use({"dns+db:7946"});
  lookups_[0].done({{host(1), host(2)}, ""});
  answer({accepted(host(1)), failed(host(2), Errc::refused)});
  EXPECT_TRUE(status().reached);
  EXPECT_THAT(status().problem, IsEmpty());
  pass(2 * refresh);
  lookups_[1].done({{host(1), host(2)}, ""});
  answer({accepted(host(1)), failed(host(2), Errc::not_authenticated)});
  EXPECT_TRUE(status().reached);
  EXPECT_THAT(status().problem, HasSubstr("did not authenticate us"));
}

TEST_F(SeedResolverTest, TheFirstOfAClusterStartsAloneOnce) {
  self_ = {host(1)};
  use({"10.0.0.1:7946", "10.0.0.2:7946"});
  EXPECT_EQ(alone_, 0);  // the other one has not answered yet
  answer({failed(host(2), Errc::refused)});
  EXPECT_EQ(alone_, 1);
  pass(2 * refresh);
  answer({failed(host(2), Errc::refused)});
  EXPECT_EQ(alone_, 1);
}

TEST_F(SeedResolverTest, ANodeThatIsNoSeedItselfNeverStartsAlone) {
  use({"10.0.0.2:7946"});
  answer({failed(host(2), Errc::refused)});
  EXPECT_EQ(alone_, 0);
}

TEST_F(SeedResolverTest, AnswersThatComeWhileItIsSuspendedStartNoCluster) {
  self_ = {host(1)};
  use({"dns+db:7946", "10.0.0.2:7946"});
  seeds_.suspend(true);
  answer({failed(host(2), Errc::refused)});
  lookups_[0].done({{host(1)}, ""});
  EXPECT_EQ(alone_, 0);
  seeds_.suspend(false);
  pass(2 * refresh);
  answer({failed(host(2), Errc::refused)});
  EXPECT_EQ(alone_, 1);
}

TEST_F(SeedResolverTest, ANameThatResolvesWhileItIsSuspendedIsNoAnswer) {
  use({"dns+db:7946"});
  for (int i = 0; i < 3; ++i) {
    lookups_.back().done({{}, "does not resolve"});
    pass(2 * refresh);
  }
  ASSERT_EQ(lookups_.size(), 4U);
  ASSERT_EQ(log_.size(), 1U);
  seeds_.suspend(true);
  lookups_.back().done({{host(1)}, ""});
  EXPECT_EQ(log_.size(), 1U) << log_.back();
  EXPECT_FALSE(status().reached);
  seeds_.suspend(false);
  pass(Duration{});
  EXPECT_EQ(lookups_.size(), 5U);
}

TEST_F(SeedResolverTest, SuspendedItContactsNobody) {
  use({"10.0.0.1:7946"});
  answer({accepted(host(1))});
  seeds_.suspend(true);
  pass(10 * refresh);
  EXPECT_THAT(joins_, IsEmpty());
  EXPECT_FALSE(seeds_.next_due());
  seeds_.suspend(false);
  pass(Duration{});
  EXPECT_EQ(joins_.size(), 1U);
}

TEST_F(SeedResolverTest, ReplacedSeedsKeepWhatIsKnownOfThoseThatStay) {
  use({"10.0.0.1:7946", "10.0.0.2:7946"});
  answer({accepted(host(1))});
  use({"10.0.0.3:7946", "10.0.0.1:7946", "10.0.0.3:7946"});
  const auto all = seeds_.status();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].seed, "10.0.0.3:7946");
  EXPECT_TRUE(all[1].reached);
  // The answer of the seed that is gone changes nothing.
  answer({failed(host(2), Errc::refused)});
  EXPECT_EQ(seeds_.status().size(), 2U);
}

TEST_F(SeedResolverTest, EachFailureHasItsOwnSentence) {
  const auto sentence = [](Errc code, std::string text = {}) {
    return explain_seed_failure("10.0.0.1:7946", failed(host(1), code, std::move(text)), "key");
  };
  std::set<std::string> sentences;
  for (const Errc code : {Errc::not_authenticated, Errc::rejected, Errc::refused, Errc::unreachable,
                          Errc::timeout, Errc::closed, Errc::stalled, Errc::left}) {
    const std::string text = sentence(code);
    EXPECT_THAT(text, HasSubstr("seed 10.0.0.1:7946"));
    sentences.insert(text);
  }
  EXPECT_EQ(sentences.size(), 8U);
  EXPECT_THAT(sentence(Errc::unreachable), HasSubstr("or this machine could not dial"));
  EXPECT_THAT(sentence(Errc::malformed, "bad hello"), HasSubstr("bad hello"));
}

}  // namespace
}  // namespace swim::runtime
