// A receiver in the hands of the input: datagrams of its own making, honest ones that it may
// change, repeat and hold back, and the receiver's inboxes, ring, time and budget.
#include <deque>

#include "core/crypto/datagram_sealer.hpp"
#include "tests/fuzz/crypto/checks.hpp"

namespace swim::crypto::test {
namespace {

constexpr std::size_t steps_max = 200;
constexpr Duration grace = std::chrono::minutes(10);

struct Sent {
  ByteVector datagram;
  ByteVector plaintext;
  bool opened{};
};

struct Budget final : DerivationBudget {
  explicit Budget(bool gives_in) : gives(gives_in) {}
  bool take(std::uint64_t) override { return gives; }
  bool gives;
};

class World {
 public:
  explicit World(Bytes input) : script_(input) { receiver_.set_inbox(inbox_, now_, grace); }

  void run() {
    for (std::size_t i = 0; i < steps_max && !script_.done(); ++i) {
      step(script_.byte());
      require(receiver_.sessions() <= bound, "the table is bounded");
    }
  }

 private:
  static constexpr std::size_t bound = 3;

  void step(std::uint8_t kind) {
    switch (kind % 8) {
      case 0:
        return deliver_anything();
      case 1:
        return deliver_changed();
      case 2:
      case 3:
        return deliver();
      case 4:
      case 5:
        return send();
      case 6:
        now_ += std::chrono::minutes(script_.byte() % 16);
        return receiver_.set_inbox(++inbox_, now_, grace);
      default:
        return change_ring();
    }
  }

  void send() {
    const std::uint8_t how = script_.byte();
    DatagramSealer& sender = senders_[how % senders_.size()];
    const Bytes text = script_.piece(script_.byte());
    Sent sent{ByteVector(text.size() + datagram_overhead), to_vector(text), false};
    std::copy(text.begin(), text.end(), sent.datagram.begin() + DatagramSealer::plaintext_offset);
    require(sender.seal(sent.datagram, text.size(), inbox_).has_value(), "an honest one seals");
    sent_.push_back(std::move(sent));
  }
  Sent* pick() {
    const std::uint8_t which = script_.byte();
    return sent_.empty() ? nullptr : &sent_[which % sent_.size()];
  }
  // True: it opened.
  bool open(ByteVector& datagram) {
    const ByteVector before = datagram;
    Budget budget(script_.byte() % 4 != 0);
    const auto opened = receiver_.open(datagram, now_, &budget);
    require(opened || datagram == before, "a refused datagram is as it came");
    require(!opened || opened->plaintext.size() + datagram_overhead == datagram.size(), "size");
    return opened.has_value();
  }
  void deliver() {
    Sent* const sent = pick();
    if (sent == nullptr) {
      return;
    }
    ByteVector copy = sent->datagram;
    if (!open(copy)) {
      return;
    }
    require(!sent->opened, "no datagram opens twice");
    sent->opened = true;
    require(std::equal(sent->plaintext.begin(), sent->plaintext.end(),
                       copy.begin() + DatagramSealer::plaintext_offset),
            "what was sealed is what opens");
  }
  void deliver_changed() {
    Sent* const sent = pick();
    const std::uint8_t place = script_.byte();
    const std::uint8_t change = script_.byte();
    if (sent == nullptr || change == 0) {
      return;
    }
    ByteVector copy = sent->datagram;
    copy[place % copy.size()] ^= change;
    require(!open(copy), "a changed datagram never opens");
  }
  void deliver_anything() {
    ByteVector datagram = to_vector(script_.piece(script_.byte()));
    require(!open(datagram), "nobody makes a datagram without the key");
  }
  void change_ring() {
    const std::uint8_t how = script_.byte();
    const auto primary = static_cast<std::uint8_t>(1 + how % 2);
    std::vector<Key> secondaries;
    if (how % 3 != 0) {
      secondaries.push_back(key_of(static_cast<std::uint8_t>(3 - primary)));
    }
    receiver_.set_keyring(Keyring(key_of(primary), secondaries));
  }
  DrawSession draw() {
    return [this] { return ++session_; };
  }
  DatagramSealer make(std::uint8_t key) {
    return {Keyring(key_of(key)), "fuzz", draw(), {.sessions = bound, .session_counters = 8}};
  }

  Script script_;
  TimePoint now_{std::chrono::hours(1)};
  std::uint64_t inbox_{1};
  std::uint64_t session_{};
  DatagramSealer receiver_{make(1)};
  std::array<DatagramSealer, 3> senders_{make(1), make(1), make(2)};
  std::deque<Sent> sent_;
};

}  // namespace
}  // namespace swim::crypto::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  swim::crypto::test::World({data, size}).run();
  return 0;
}
