// What a member costs, counted: 5,000 nodes of one simulated world hold 25 million records (issue
// of the simulated worlds: at most 160 bytes each).
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/crypto/datagram_sealer.hpp"
#include "core/engine/engine.hpp"
#include "core/wire/native/codec.hpp"
#include "tests/support/alloc_counter.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t members = 1'000;
constexpr std::uint64_t life = 1'750'000'000;

// As members of a Kubernetes cluster describe themselves.
Description member(std::size_t index) {
  Description about;
  about.name = "web-" + std::to_string(100'000 + index) + ".production";
  about.incarnation = {life, 1'000 + index, 1};
  about.address = Endpoint::v4(10, 1, static_cast<std::uint8_t>(index / 250),
                               static_cast<std::uint8_t>(index % 250), 7946);
  about.metadata = ByteVector(40, 'm');
  about.zone = "eu-central-1a";
  about.inbox = 50'000 + index;
  return about;
}

// Made before anything is counted: of these all engines of a world hold the same.
class Known final : public Descriptions {
 public:
  Known() {
    for (std::size_t i = 0; i < members; ++i) {
      Description about = member(i);
      std::string name = about.name;
      known_.emplace(std::move(name), share(std::move(about)));
    }
  }
  DescriptionPtr keep(const wire::Descriptor& heard) override {
    const auto found = known_.find(std::string(heard.node.name));
    return found != known_.end() ? found->second : share(Description(heard));
  }

 private:
  std::map<std::string, DescriptionPtr> known_;
};

class Listener {
 public:
  explicit Listener(Descriptions* descriptions) {
    engine_ = *Engine::create({}, LocalMember{"self", Endpoint::v4(10, 0, 0, 1, 7946), {}, {}},
                              "label", keys(), 1, Engine::Seams{ids_, sink_, descriptions}, now());
    static_cast<void>(engine_->join({}, now()));
    drain();
    // One of the identifiers drawn so far is its inbox: the one whose datagrams open.
    for (std::uint64_t candidate = 1; candidate <= ids_.next; ++candidate) {
      inbox_ = candidate;
      const auto refused = [&] {
        return engine_->stats().dropped[static_cast<std::size_t>(DropReason::auth)];
      };
      const std::uint64_t before = refused();
      hear(wire::Ack{.seq = 9, .responder = "nobody", .responder_boot = 9});
      if (refused() == before) {
        return;
      }
    }
    ADD_FAILURE() << "no inbox of the engine opens a datagram";
  }

  void hear(const wire::Message& message) {
    wire::PacketWriter writer(
        MutableBytes(datagram_).subspan(crypto::DatagramSealer::plaintext_offset,
                                        datagram_.size() - crypto::datagram_overhead),
        "");
    ASSERT_TRUE(writer.add(message));
    const auto sealed = sealer_.seal(datagram_, writer.finish().size(), inbox_);
    ASSERT_TRUE(sealed);
    engine_->on_datagram(Endpoint::v4(10, 0, 0, 2, 7946),
                         MutableBytes(datagram_).first(sealed->size()), now());
    drain();
  }
  void hear_of_all() {
    for (std::size_t i = 0; i < members; ++i) {
      const Description about = member(i);
      hear(wire::Alive{.descriptor = descriptor_of(about),
                       .claim = {.incarnation = about.incarnation}});
    }
  }
  // It gossips what it heard, but no probe fails yet.
  void run_for(Duration duration) {
    for (const TimePoint end = now_ + duration; engine_->next_deadline() <= end;) {
      now_ = *engine_->next_deadline();
      engine_->on_deadline(now());
      drain();
    }
  }
  Engine& engine() { return *engine_; }

 private:
  struct Ids final : RandomIds {
    std::uint64_t next{};
    std::uint64_t draw() override { return ++next; }
  };
  struct Sink final : TraceSink {
    void record(const TraceRecord&, TimePoint) override {}
  };
  static crypto::Keyring keys() {
    return crypto::Keyring(*crypto::Key::from_bytes(ByteVector(crypto::key_size, 1)));
  }
  Moment now() const { return {now_, WallTime{static_cast<std::int64_t>(life) * 1'000}}; }
  void drain() {
    while (engine_->poll_transmit(scratch_)) {
    }
    while (engine_->poll_stream_action()) {
    }
    while (engine_->poll_event()) {
    }
  }

  Ids ids_;
  Sink sink_;
  TimePoint now_{1h};
  std::unique_ptr<Engine> engine_;
  std::uint64_t inbox_{};
  ByteVector datagram_ = ByteVector(limits::datagram_bytes_default);
  ByteVector scratch_ = ByteVector(limits::datagram_bytes_default);
  std::uint64_t session_{1'000};
  crypto::DatagramSealer sealer_{keys(), "label", [this] { return ++session_; }};
};

double bytes_a_member(Listener& listener) {
  const std::int64_t before = test::thread_live_bytes();
  listener.hear_of_all();
  listener.run_for(90ms);
  const std::int64_t bytes = test::thread_live_bytes() - before;
  EXPECT_EQ(listener.engine().stats().members_alive, members + 1);
  EXPECT_GT(listener.engine().stats().updates_gossiped, 0U);
  return static_cast<double>(bytes) / members;
}

TEST(RecordMemoryTest, a_member_costs_at_most_160_bytes_beside_what_it_says_of_itself) {
  Known known;
  Listener sharing(&known);
  const double record = bytes_a_member(sharing);
  Listener alone(nullptr);
  const double whole = bytes_a_member(alone);
  const std::int64_t before = test::thread_live_bytes();
  const std::size_t listed = alone.engine().snapshot().members.size();
  const auto views = static_cast<double>(test::thread_live_bytes() - before) / members;
  EXPECT_EQ(listed, members + 1);
  std::printf("bytes a member: record and tables %.1f, its description %.1f, its view %.1f\n",
              record, whole - record, views);
  RecordProperty("bytes_a_record", static_cast<int>(record));
  EXPECT_LE(record, 160.0);
  EXPECT_LE(whole - record, 480.0);
  EXPECT_GT(whole - record, 100.0) << "the first engine shared its descriptions";
}

}  // namespace
}  // namespace swim
