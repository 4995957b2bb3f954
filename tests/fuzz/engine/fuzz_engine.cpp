// An engine in the hands of the input: an authentic peer that says anything, in datagrams and
// streams, strangers, operators, and time.
#include "tests/fuzz/engine/driver.hpp"

namespace swim::fuzz {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t steps_max = 300;

class Play {
 public:
  explicit Play(Bytes input)
      : script_(input), values_(script_), driver_((script_.byte() & 1U) != 0) {}

  void run() {
    for (std::size_t i = 0; i < steps_max && !script_.done(); ++i) {
      step(script_.byte());
      driver_.judge();
    }
  }

 private:
  void step(std::uint8_t kind) {
    switch (kind % 16) {
      case 0:
      case 1:
      case 2:
      case 3:
        return driver_.hear(messages(false));
      case 4:
        return packet_of_bytes();
      case 5:
        return driver_.hear(script_.piece(script_.byte()), (script_.byte() & 1U) != 0);
      case 6:
        return driver_.hear_raw(script_.piece(script_.byte()));
      case 7: {
        const std::uint8_t which = script_.byte();
        const std::uint8_t place = script_.byte();
        return driver_.replay(which, place, script_.byte());
      }
      case 8:
      case 9:
        return pass_time();
      case 10:
      case 11:
        return command(script_.byte());
      default:
        return stream(kind % 16);
    }
  }

  std::span<const wire::Message> messages(bool streamed) {
    messages_.clear();
    for (int left = 1 + script_.byte() % 3; left > 0; --left) {
      messages_.push_back(streamed ? values_.stream_message() : values_.datagram_message());
    }
    return messages_;
  }

  // A good header, and behind it whatever comes.
  void packet_of_bytes() {
    ByteVector text{'S', 'W', 'I', 'M', 1, 0, 0, 0, static_cast<std::uint8_t>(script_.byte() % 4)};
    const Bytes rest = script_.piece(script_.byte());
    text.insert(text.end(), rest.begin(), rest.end());
    driver_.hear(text, false);
  }

  void pass_time() {
    static constexpr std::array<Duration, 12> lengths{1ms, 5ms, 30ms, 100ms, 350ms, 1s,
                                                      3s,  15s, 70s,  10min, 1h,    13h};
    const std::uint8_t how = script_.byte();
    const Duration length = lengths[how % lengths.size()];
    if (how < 0xC0) {
      driver_.run_for(length);
    } else if (how < 0xE0) {
      driver_.stall(length);
    } else {
      driver_.shift_wall(std::chrono::hours(how & 1U ? 30 : -30));
    }
  }

  void command(std::uint8_t which) {
    switch (which % 14) {
      case 0:
        return join();
      case 1:
        return driver_.leave();
      case 2: {
        const auto length = std::chrono::milliseconds(values_.number<std::uint32_t>(200));
        static_cast<void>(
            driver_.tell([&](Engine& engine, Moment now) { return engine.drain(length, now); }));
        return;
      }
      case 3:
        static_cast<void>(
            driver_.tell([](Engine& engine, Moment now) { return engine.cancel_drain(now); }));
        return;
      case 4: {
        const Bytes metadata = script_.piece(script_.byte() % 8);
        static_cast<void>(driver_.tell([&](Engine& engine, Moment now) {
          return engine.update_metadata(metadata, std::nullopt, now);
        }));
        return;
      }
      case 5:
      case 6: {
        const Bytes payload = script_.piece(script_.byte());
        const std::string_view key = script_.byte() % 2 == 0 ? "" : "key";
        static_cast<void>(driver_.tell(
            [&](Engine& engine, Moment now) { return engine.broadcast("t", payload, key, now); }));
        return;
      }
      case 7:
      case 8:
        return send(which % 14 == 7);
      case 9: {
        const std::string_view name = values_.name();
        static_cast<void>(
            driver_.tell([&](Engine& engine, Moment now) { return engine.ping(name, now); }));
        return;
      }
      case 10: {
        const std::string_view name = values_.name();
        static_cast<void>(driver_.tell(
            [&](Engine& engine, Moment now) { return engine.force_leave(name, now); }));
        return;
      }
      case 11: {
        const bool accepts = script_.byte() % 2 == 0;
        driver_.tell([&](Engine& engine, Moment) {
          engine.set_accepts_messages(accepts);
          return true;
        });
        return;
      }
      case 12:
        return change_ring();
      default: {
        const std::string_view name = values_.name();
        static_cast<void>(
            driver_.tell([&](Engine& engine, Moment now) { return engine.explain(name, now); }));
      }
    }
  }

  void join() {
    std::vector<Endpoint> seeds;
    for (int left = script_.byte() % 4; left > 0; --left) {
      seeds.push_back(values_.address());
    }
    driver_.join(seeds);
  }

  void send(bool datagram) {
    const std::string_view name = values_.name();
    const Bytes payload = script_.piece(script_.byte());
    const wire::RequestId id = values_.request_id();
    if (datagram) {
      static_cast<void>(driver_.tell([&](Engine& engine, Moment now) {
        return engine.send_datagram(name, "t", payload, id, now);
      }));
    } else {
      // Now and then in many parts.
      const ByteVector large(script_.byte() % 8 == 0 ? 200'000 : payload.size(), 7);
      static_cast<void>(driver_.tell([&](Engine& engine, Moment now) {
        return engine.send_stream(name, "t", large, id, now);
      }));
    }
  }

  void change_ring() {
    const std::uint8_t how = script_.byte();
    const auto primary = static_cast<std::uint8_t>(1 + how % 2);
    std::vector<crypto::Key> others;
    if (how % 3 != 0) {
      others.push_back(crypto::test::key_of(static_cast<std::uint8_t>(3 - primary)));
    }
    driver_.tell([&](Engine& engine, Moment) {
      engine.set_keyring(crypto::Keyring(crypto::test::key_of(primary), others));
      return true;
    });
  }

  void stream(int kind) {
    const std::uint8_t which = script_.byte();
    switch (kind) {
      case 12: {
        const std::string_view name = values_.name();
        const std::uint64_t boot = values_.boot();
        driver_.accept(name, boot, which % 4 == 0 ? values_.name() : std::string_view());
        return;
      }
      case 13:
        return driver_.frame(which, messages(true), script_.byte() % 4 == 0);
      case 14:
        return which % 2 == 0
                   ? driver_.open_dial(which / 2U)
                   : driver_.end_stream(which / 2U, static_cast<StreamEnd>(script_.byte() % 5));
      default:
        return which % 2 == 0 ? driver_.frame(which / 2U, script_.piece(script_.byte()), false)
                              : driver_.raw_stream_bytes(which / 2U, script_.piece(script_.byte()));
    }
  }

  Script script_;
  ScriptedValues values_;
  Driver driver_;
  std::vector<wire::Message> messages_;
};

}  // namespace
}  // namespace swim::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  swim::fuzz::Play({data, size}).run();
  return 0;
}
