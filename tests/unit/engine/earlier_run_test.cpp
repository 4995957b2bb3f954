// A run of our name that was before us: at our own address it is gone, for we hold its port.
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "core/crypto/secure_stream.hpp"
#include "tests/support/sealed_peer.hpp"

namespace swim::engine {
namespace {

using test::SealedPeer;

constexpr std::uint64_t earlier_boot = 700;

class EarlierRunTest : public ::testing::Test {
 protected:
  static Incarnation incarnation(std::uint64_t life) {
    return {SealedPeer::life + life, earlier_boot, 0};
  }
  static wire::Alive alive(std::uint64_t life, const Endpoint& address) {
    wire::Alive alive;
    alive.descriptor.node = {"self", address, {}};
    alive.descriptor.incarnation = alive.claim.incarnation = incarnation(life);
    alive.descriptor.inbox = 5;
    return alive;
  }
  static wire::Suspect accusation(std::uint64_t life) {
    wire::Suspect suspect;
    suspect.node = "self";
    suspect.claim.incarnation = incarnation(life);
    suspect.claim.suspect = true;
    suspect.accuser = SealedPeer::name;
    suspect.accuser_boot = SealedPeer::boot;
    return suspect;
  }
  bool conflict() { return peer.engine().snapshot().conflict; }
  std::uint64_t new_lives() const { return peer.engine().stats().new_lives; }

  Endpoint ours = Endpoint::v4(10, 0, 0, 1, 7946);
  Endpoint elsewhere = Endpoint::v4(10, 0, 0, 9, 7946);
  SealedPeer peer;
};

TEST_F(EarlierRunTest, where_we_are_is_gone) {
  peer.hear(alive(5, ours));
  EXPECT_FALSE(conflict());
  EXPECT_EQ(new_lives(), 1U);
}

TEST_F(EarlierRunTest, elsewhere_may_run) {
  peer.hear(alive(5, elsewhere));
  EXPECT_TRUE(conflict());
}

TEST_F(EarlierRunTest, that_is_accused_may_be_anywhere_until_somebody_says_where_it_was) {
  peer.hear(accusation(5));
  EXPECT_TRUE(conflict());
  peer.hear(alive(5, elsewhere));
  EXPECT_TRUE(conflict());
  peer.hear(alive(5, ours));
  EXPECT_FALSE(conflict());
  EXPECT_EQ(new_lives(), 1U);
}

// Two that advertise one address don't take turns for ever.
TEST_F(EarlierRunTest, that_takes_a_higher_life_than_ours_runs_wherever_that_may_be) {
  peer.hear(alive(5, ours));
  ASSERT_FALSE(conflict());
  peer.hear(alive(50, ours));
  EXPECT_TRUE(conflict());
  peer.hear(alive(50, ours));
  EXPECT_TRUE(conflict());
}

// A node that comes back with its clock behind may hear of its earlier run before the seed that it
// asks lets it in with a higher life.
class AnsweringSeedTest : public EarlierRunTest {
 protected:
  AnsweringSeedTest() {
    peer.take_streams([this](const StreamAction& action) { act(action); });
  }
  void ask() {
    ASSERT_TRUE(peer.engine().join(std::array{seed}, peer.now()));
    peer.hear(peer.ping());  // the hellos go their ways meanwhile
  }
  // Only what this seed knows of the name; the rest of its answer is still to come.
  void let_in(const Incarnation& known) {
    ByteVector plaintext(limits::stream_frame_bytes_max);
    wire::FrameWriter writer(plaintext);
    wire::JoinVerdict verdict{.code = wire::JoinCode::accepted, .known = true};
    verdict.claim.incarnation = known;
    ASSERT_TRUE(writer.add(verdict));
    ASSERT_TRUE(secure.send_frame(writer.finish()));
    answer();
    peer.run_for(Duration{});
  }

 private:
  void act(const StreamAction& action) {
    if (const auto* open = std::get_if<OpenStream>(&action); open != nullptr && open->to == seed) {
      stream = open->id;
      peer.engine().on_stream_opened(open->id, peer.now());
    } else if (const auto* write = std::get_if<WriteStream>(&action);
               write != nullptr && stream == write->id) {
      static_cast<void>(secure.receive(write->bytes));
      answer();
    }
  }
  void answer() {
    const ByteVector output = secure.take_output();
    if (!output.empty()) {
      peer.engine().on_stream_data(*stream, output, peer.now());
    }
  }

  Endpoint seed = Endpoint::v4(10, 0, 0, 3, 7946);
  std::optional<StreamId> stream;
  crypto::SecureStream secure{
      crypto::Side::responder, SealedPeer::keys(), "test", {"seed", 800, 0, 0, {}, {1}}};
};

TEST_F(AnsweringSeedTest, that_lets_us_be_the_later_run_ends_the_conflict) {
  ask();
  peer.hear(accusation(5));
  ASSERT_TRUE(conflict());
  let_in(incarnation(5));
  EXPECT_FALSE(conflict());
  EXPECT_EQ(peer.traced(TraceKind::new_life), 2U);
}

TEST_F(AnsweringSeedTest, that_knows_only_an_earlier_run_does_not_end_the_conflict) {
  ask();
  peer.hear(accusation(50));
  ASSERT_TRUE(conflict());
  let_in(incarnation(5));
  EXPECT_TRUE(conflict());
}

TEST_F(AnsweringSeedTest, that_answers_behind_a_leave_does_not_bring_us_back) {
  ask();
  ASSERT_TRUE(peer.engine().leave(peer.now()));
  const std::size_t lives = peer.traced(TraceKind::new_life);
  let_in(incarnation(5));
  EXPECT_EQ(peer.traced(TraceKind::new_life), lives);
}

}  // namespace
}  // namespace swim::engine
