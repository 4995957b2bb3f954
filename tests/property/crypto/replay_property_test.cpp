// The promise of the whole: whatever happens to inboxes, keys, time and the order of arrival, no
// datagram is ever opened twice, and one that is fresh, meant for a good inbox and not late opens.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include "core/crypto/datagram_sealer.hpp"

namespace swim::crypto {
namespace {

constexpr Duration grace = std::chrono::minutes(10);
constexpr std::size_t table_bound = 5;

Key key_of(std::uint8_t fill) {
  return *Key::from_bytes(ByteVector(key_size, fill));
}

struct Sent {
  ByteVector datagram;
  std::uint64_t inbox{};
  std::uint8_t key{};
  bool opened{};
};

class World {
 public:
  World()
      : receiver_(Keyring(key_of(1)), "prod", [this] { return ++last_session_; },
                  {.sessions = table_bound}) {
    draw_inbox();
  }

  void draw_inbox() {
    good_until_[inbox_] = now_ + grace;
    receiver_.set_inbox(++inbox_, now_, grace);
    good_until_[inbox_] = TimePoint::max();
    // The sealer keeps a bounded number of former inboxes.
    if (former() > 7) {
      const auto oldest = std::find_if(good_until_.begin(), good_until_.end(),
                                       [this](const auto& it) { return it.second > now_; });
      oldest->second = now_;
    }
  }
  void pass(Duration time) { now_ += time; }
  void set_ring(std::uint8_t primary, bool both) {
    std::vector<Key> secondaries;
    if (both) {
      secondaries.push_back(key_of(3 - primary));
    }
    ring_ = both ? 3 : primary;
    receiver_.set_keyring(Keyring(key_of(primary), secondaries));
  }
  void send(std::size_t sender, std::uint8_t key, std::uint64_t inboxes_ago) {
    auto& sealer = senders_.try_emplace({sender, key}, nullptr).first->second;
    if (!sealer) {
      sealer = std::make_unique<DatagramSealer>(Keyring(key_of(key)), "prod",
                                                [this] { return ++last_session_; });
    }
    Sent sent;
    sent.inbox = inbox_ - std::min(inboxes_ago, inbox_ - 1);
    sent.key = key;
    sent.datagram.resize(datagram_overhead + 3);
    RC_ASSERT(sealer->seal(sent.datagram, 3, sent.inbox).has_value());
    sent_.push_back(std::move(sent));
  }
  void deliver(std::size_t which) {
    if (sent_.empty()) {
      return;
    }
    Sent& sent = sent_[which % sent_.size()];
    ByteVector copy = sent.datagram;
    const bool was_full = receiver_.sessions() >= table_bound;
    const auto opened = receiver_.open(copy, now_);
    if (opened) {
      RC_ASSERT(!sent.opened);
      RC_ASSERT(may_open(sent));
      sent.opened = true;
    } else {
      RC_ASSERT(sent.opened || !may_open(sent) ||
                (was_full && opened.error().code == Errc::session_table_full));
    }
    RC_ASSERT(receiver_.sessions() <= table_bound);
  }

 private:
  std::size_t former() const {
    return static_cast<std::size_t>(std::count_if(
        good_until_.begin(), good_until_.end(),
        [this](const auto& it) { return it.second > now_ && it.second != TimePoint::max(); }));
  }
  bool may_open(const Sent& sent) const {
    return (ring_ & sent.key) != 0 && good_until_.at(sent.inbox) > now_;
  }

  TimePoint now_{std::chrono::hours(1)};
  std::uint64_t inbox_{};
  std::map<std::uint64_t, TimePoint> good_until_;
  unsigned ring_{1};  // bits: the keys 1 and 2
  std::uint64_t last_session_{};
  DatagramSealer receiver_;
  std::map<std::pair<std::size_t, std::uint8_t>, std::unique_ptr<DatagramSealer>> senders_;
  std::deque<Sent> sent_;
};

void one_step(World& world) {
  const int kind = *rc::gen::inRange(0, 20);
  if (kind == 0) {
    world.draw_inbox();
  } else if (kind == 1) {
    world.pass(std::chrono::minutes(*rc::gen::inRange(1, 12)));
  } else if (kind == 2) {
    world.set_ring(*rc::gen::element<std::uint8_t>(1, 2), *rc::gen::arbitrary<bool>());
  } else if (kind < 9) {
    world.send(*rc::gen::inRange<std::size_t>(0, 4), *rc::gen::element<std::uint8_t>(1, 2),
               *rc::gen::inRange<std::uint64_t>(0, 3));
  } else {
    world.deliver(*rc::gen::inRange<std::size_t>(0, 1000));
  }
}

RC_GTEST_PROP(Replay, no_datagram_is_opened_twice_and_each_fresh_one_opens, ()) {
  World world;
  const auto steps = *rc::gen::inRange(0, 300);
  for (int i = 0; i < steps; ++i) {
    one_step(world);
  }
}

}  // namespace
}  // namespace swim::crypto
