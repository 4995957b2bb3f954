// A peer with the right key that says anything: claims about everybody in any order, answers to
// questions that nobody asked, in the name of whom it likes. The engine must not break, and what it
// shows must still follow the rules (core/sim/checkers.hpp).
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/crypto/datagram_sealer.hpp"
#include "core/engine/engine.hpp"
#include "core/sim/chance.hpp"
#include "core/sim/checkers.hpp"
#include "core/wire/native/codec.hpp"
#include "tests/support/engine_seams.hpp"

namespace swim {
namespace {

using sim::between;
using sim::happens;
using sim::percent;

constexpr std::array<std::string_view, 4> names{"self", "b", "c", "d"};
constexpr std::uint64_t own_boot = 2;   // as drawn by Ids, after the datagram session
constexpr std::uint64_t own_inbox = 3;  // and next
constexpr std::uint64_t start_life = 1'750'000'000;

crypto::Keyring keys() {
  return crypto::Keyring(*crypto::Key::from_bytes(ByteVector(crypto::key_size, 1)));
}

class Hostile {
 public:
  explicit Hostile(std::uint64_t seed) : prng_(seed) {}

  wire::Message message() {
    switch (prng_.below(11)) {
      case 0:
        return ping();
      case 1:
        return wire::PingReq{.seq = seq(),
                             .target = name(),
                             .sender = name(),
                             .sender_boot = boot(),
                             .sender_inbox = 77,
                             .target_address = address(),
                             .target_boot = boot(),
                             .target_inbox = 78};
      case 2:
        return wire::Ack{.seq = seq(), .responder = name(), .responder_boot = boot()};
      case 3:
        return wire::Nack{.seq = seq(), .responder = name(), .responder_boot = boot()};
      case 4:
        return wire::Broadcast{.origin = name(),
                               .origin_boot = boot(),
                               .sequence = between(prng_, 0, 6'000),
                               .topic = "t"};
      case 5:
        return wire::Verdict{.seq = seq(),
                             .responder = name(),
                             .responder_boot = boot(),
                             .node = name(),
                             .claim = claim(),
                             .note = note()};
      case 10:
        return wire::Confirm{.node = name(), .node_boot = boot()};
      case 6:
        return suspect();
      case 7:
        return dead();
      default:
        return alive();
    }
  }

  Prng& prng() { return prng_; }

 private:
  std::string_view name() { return names[prng_.below(names.size())]; }
  std::uint64_t boot() { return between(prng_, 0, 5); }
  std::uint32_t seq() { return static_cast<std::uint32_t>(prng_.below(20)); }
  Endpoint address() {
    return Endpoint::v4(10, 0, 0, static_cast<std::uint8_t>(prng_.below(3)),
                        static_cast<std::uint16_t>(prng_.below(3)));
  }
  Incarnation incarnation() {
    return {start_life + prng_.below(4), boot(), static_cast<std::uint32_t>(prng_.below(4))};
  }
  Claim claim() {
    Claim claim{.incarnation = incarnation()};
    claim.leaving = prng_.below(4) == 0;
    claim.suspect = prng_.below(3) == 0;
    claim.terminal = prng_.below(3) == 0 ? Terminal::dead : Terminal::none;
    return claim;
  }
  ClaimNote note() {
    return {static_cast<std::uint32_t>(prng_.below(5'000)),
            static_cast<std::uint32_t>(prng_.below(5'000)),
            // Past the listing (24 h), within the tombstones' 48 h: who lies about those makes us
            // forget.
            static_cast<std::uint32_t>(prng_.below(100'000)),
            static_cast<LeftReason>(prng_.below(4))};
  }
  wire::Ping ping() {
    return {.seq = seq(),
            .sender = name(),
            .sender_boot = boot(),
            .sender_inbox = 77,
            .target = name(),
            .target_boot = boot(),
            .digest = prng_.next()};
  }
  wire::Alive alive() {
    wire::Alive alive{.claim = claim(), .note = note()};
    alive.descriptor.node = {name(), address(), as_bytes("metadata")};
    alive.descriptor.incarnation =
        happens(prng_, percent(70)) ? alive.claim.incarnation : incarnation();
    alive.descriptor.inbox = 77;
    return alive;
  }
  wire::Suspect suspect() {
    wire::Suspect suspect{.node = name(),
                          .accuser = name(),
                          .claim = claim(),
                          .note = note(),
                          .accuser_boot = boot()};
    suspect.claim.suspect = true;
    suspect.claim.terminal = Terminal::none;
    return suspect;
  }
  wire::Dead dead() {
    wire::Dead dead{.node = name(),
                    .accuser = name(),
                    .claim = claim(),
                    .note = note(),
                    .accuser_boot = boot()};
    dead.claim.terminal = prng_.below(2) == 0 ? Terminal::dead : Terminal::left;
    return dead;
  }

  Prng prng_;
};

class Victim {
 public:
  Victim() {
    checkers_.on_start(run, "self");
    engine_ = *Engine::create({}, LocalMember{"self", Endpoint::v4(10, 0, 0, 9, 7946), {}, {}},
                              "label", keys(), 1, Engine::Seams{ids_, sink_}, now());
    static_cast<void>(engine_->join({}, now()));
    drain();
  }

  void hear(const wire::Message& message) {
    ByteVector datagram(1'400);
    wire::PacketWriter writer(
        MutableBytes(datagram).subspan(crypto::DatagramSealer::plaintext_offset,
                                       datagram.size() - crypto::datagram_overhead),
        "");
    if (!writer.add(message)) {
      return;  // no peer can send it
    }
    const auto sealed = sealer_.seal(datagram, writer.finish().size(), own_inbox);
    ASSERT_TRUE(sealed);
    engine_->on_datagram(Endpoint::v4(10, 0, 0, 8, 7946),
                         MutableBytes(datagram).first(sealed->size()), now());
    drain();
  }

  void pass(Duration time) {
    time_ += time;
    while (engine_->next_deadline() && *engine_->next_deadline() <= now().steady) {
      engine_->on_deadline(now());
      drain();
    }
  }

  void check() {
    checkers_.check_run(run, engine_->snapshot(), engine_->stats(), engine_->config());
  }
  const sim::Violations& violations() const { return checkers_.violations(); }
  const Stats& stats() const { return engine_->stats(); }

 private:
  Moment now() const {
    return {TimePoint(std::chrono::hours(1)) + time_,
            WallTime{static_cast<std::int64_t>(start_life) * 1'000}};
  }

  void drain() {
    while (engine_->poll_transmit(scratch_)) {
    }
    while (engine_->poll_stream_action()) {
    }
    while (const auto event = engine_->poll_event()) {
      if (const auto* member = std::get_if<MemberEvent>(&*event)) {
        checkers_.on_event(run, *member);
      } else if (const auto* message = std::get_if<MessageReceived>(&*event)) {
        checkers_.on_message(run, *message);
      } else if (const auto* lost = std::get_if<MessagesLost>(&*event)) {
        checkers_.on_lost(run, *lost);
      }
    }
  }

  static constexpr sim::RunId run{sim::NodeId{0}, 1};
  test::CountedIds ids_;
  test::NoTrace sink_;
  Duration time_{};
  sim::Checkers checkers_;
  std::unique_ptr<Engine> engine_;
  ByteVector scratch_ = ByteVector(2'000);
  std::uint64_t session_{1'000};
  crypto::DatagramSealer sealer_{keys(), "label", [this] { return ++session_; }};
};

// What the hostile peer describes and broadcasts was never said by those runs: the rules that
// compare it with their words can't hold here.
std::size_t broken(const sim::Violations& violations, std::string& first) {
  std::size_t count = 0;
  for (const sim::Violation& violation : violations) {
    if (violation.rule != "one descriptor" && violation.rule != "true to its origin") {
      first = count++ == 0 ? violation.rule + ": " + violation.text : first;
    }
  }
  return count;
}

TEST(HostilePeerTest, whatever_an_authentic_peer_says_the_rules_hold) {
  std::uint64_t events = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Hostile hostile(seed);
    Victim victim;
    for (int i = 0; i < 300; ++i) {
      victim.hear(hostile.message());
      if (hostile.prng().below(4) == 0) {
        victim.pass(std::chrono::milliseconds(between(hostile.prng(), 1, 800)));
      }
    }
    victim.check();
    std::string first;
    ASSERT_EQ(broken(victim.violations(), first), 0U) << "seed " << seed << ": " << first;
    for (const std::uint64_t count : victim.stats().events) {
      events += count;
    }
  }
  EXPECT_GT(events, 1'000U) << "the peer was heard";
}

}  // namespace
}  // namespace swim
