#include "tests/fuzz/engine/driver.hpp"

#include <utility>

namespace swim::fuzz {

namespace {

using crypto::test::key_of;

constexpr std::size_t heard_max = 64;       // kept to be played back
constexpr std::size_t streams_max = 64;     // beyond: nobody dials us any more
constexpr std::size_t deadlines_max = 400;  // in one run_for
constexpr std::size_t rounds_max = 10'000;  // of outputs that lead to inputs

crypto::Keyring peers_ring() {
  return crypto::Keyring(key_of(1), {key_of(2)});
}

ByteVector encoded(std::span<const wire::Message> messages, bool packet) {
  ByteVector text(limits::stream_frame_bytes_max / 2);
  if (packet) {
    text.resize(limits::datagram_bytes_default - crypto::datagram_overhead);
    wire::PacketWriter writer(text, "");
    for (const wire::Message& message : messages) {
      static_cast<void>(writer.add(message));  // what can't be encoded, no peer can say
    }
    text.resize(writer.finish().size());
  } else {
    wire::FrameWriter writer(text);
    for (const wire::Message& message : messages) {
      static_cast<void>(writer.add(message));
    }
    text.resize(writer.finish().size());
  }
  return text;
}

Endpoint peer_address() {
  return Endpoint::v4(10, 0, 0, 2, 7946);
}

}  // namespace

Driver::Driver(bool auto_open)
    : auto_open_(auto_open),
      peer_(peers_ring(), "fuzz", [this] { return ++session_; }),
      stranger_(crypto::Keyring(key_of(9)), "fuzz", [this] { return ++session_; }),
      ear_(peers_ring(), "fuzz", [this] { return ++session_; }),
      scratch_(limits::datagram_bytes_default) {
  checkers_.on_start(run_, std::string(names[0]));
  auto created = Engine::create(
      {}, LocalMember{std::string(names[0]), Endpoint::v4(10, 0, 0, 1, 7946), {}, {}}, "fuzz",
      crypto::Keyring(key_of(1)), 1, Engine::Seams{ids_, sink_}, now());
  require(created.has_value(), "the default settings are valid");
  engine_ = std::move(*created);
  ear_.set_inbox(peer_inbox, now().steady, std::chrono::minutes(10));
  join({});
  const std::array<wire::Message, 1> ping{wire::Ping{.sender = names[1],
                                                     .sender_boot = 3,
                                                     .sender_inbox = peer_inbox,
                                                     .target = names[0],
                                                     .target_boot = own_boot}};
  hear(ping);
  require(engine_->stats().dropped[static_cast<std::size_t>(DropReason::auth)] == 0,
          "an honest peer is understood: it seals for the right inbox");
}

Moment Driver::now() const {
  return {TimePoint(std::chrono::hours(1)) + age_, WallTime{wall_.count()}};
}

// ---- datagrams ---------------------------------------------------------------------------------

void Driver::hear(Bytes plaintext, bool stranger) {
  ByteVector datagram(plaintext.size() + crypto::datagram_overhead);
  std::copy(plaintext.begin(), plaintext.end(),
            datagram.begin() + crypto::DatagramSealer::plaintext_offset);
  require(
      (stranger ? stranger_ : peer_).seal(datagram, plaintext.size(), engine_inbox_).has_value(),
      "a peer can seal");
  if (heard_.size() < heard_max) {
    heard_.push_back(datagram);
  }
  deliver(std::move(datagram));
}

void Driver::hear(std::span<const wire::Message> messages) {
  const ByteVector text = encoded(messages, true);
  if (!text.empty()) {
    hear(text, false);
  }
}

void Driver::hear_raw(Bytes datagram) {
  deliver(to_vector(datagram));
}

void Driver::replay(std::size_t which, std::size_t place, std::uint8_t change) {
  if (!heard_.empty()) {
    ByteVector copy = heard_[which % heard_.size()];
    copy[place % copy.size()] ^= change;
    const std::uint64_t delivered = engine_->stats().messages_delivered;
    deliver(std::move(copy));
    require(engine_->stats().messages_delivered == delivered, "what is played back does nothing");
  }
}

void Driver::deliver(ByteVector datagram) {
  engine_->on_datagram(peer_address(), datagram, now());
  drain();
}

// ---- streams -----------------------------------------------------------------------------------

crypto::SecureStream Driver::peer_side(crypto::Side side, std::string_view name, std::uint64_t boot,
                                       std::string_view target) {
  crypto::Hello hello{.name = std::string(name),
                      .boot = boot,
                      .capabilities = wire::capability_full_sync,
                      .session = peer_.session(),
                      .target = std::string(target)};
  hello.random.fill(++stream_random_ == 0 ? ++stream_random_ : stream_random_);
  return {side, peers_ring(), "fuzz", std::move(hello)};
}

std::optional<Driver::Place> Driver::pick(std::size_t which, bool opened) {
  std::vector<Place> fit;
  for (auto place = streams_.begin(); place != streams_.end(); ++place) {
    if (place->second.opened == opened) {
      fit.push_back(place);
    }
  }
  return fit.empty() ? std::nullopt : std::optional(fit[which % fit.size()]);
}

void Driver::accept(std::string_view name, std::uint64_t boot, std::string_view target) {
  if (streams_.size() >= streams_max) {
    return;
  }
  const auto id = engine_->on_stream_accepted(peer_address(), now());
  if (id) {
    const auto raw = static_cast<std::uint64_t>(*id);
    const bool fresh =
        streams_
            .try_emplace(raw,
                         PeerStream{peer_side(crypto::Side::initiator, name, boot, target), true})
            .second;
    require(fresh, "a stream's id is its own");
    pump(raw);
  }
  drain();
}

void Driver::open_dial(std::size_t which) {
  if (const auto place = pick(which, false)) {
    (*place)->second.opened = true;
    engine_->on_stream_opened(StreamId{(*place)->first}, now());
    drain();
  }
}

void Driver::frame(std::size_t which, Bytes plaintext, bool last) {
  const auto place = pick(which, true);
  if (place && (*place)->second.secure.send_frame(plaintext, last)) {
    pump((*place)->first);
    drain();
  }
}

void Driver::frame(std::size_t which, std::span<const wire::Message> messages, bool last) {
  frame(which, encoded(messages, false), last);
}

void Driver::raw_stream_bytes(std::size_t which, Bytes bytes) {
  if (const auto place = pick(which, true)) {
    (*place)->second.honest = false;
    engine_->on_stream_data(StreamId{(*place)->first}, bytes, now());
    drain();
  }
}

void Driver::end_stream(std::size_t which, StreamEnd end) {
  const auto opened = pick(which, which % 2 == 0);
  if (opened) {
    const StreamId id{(*opened)->first};
    streams_.erase(*opened);
    engine_->on_stream_closed(id, end, now());
    drain();
  }
}

void Driver::pump(std::uint64_t id) {
  const ByteVector output = streams_.at(id).secure.take_output();
  if (!output.empty()) {
    engine_->on_stream_data(StreamId{id}, output, now());
  }
}

// ---- time --------------------------------------------------------------------------------------

void Driver::run_for(Duration duration) {
  const Duration end = age_ + duration;
  for (std::size_t i = 0; i < deadlines_max; ++i) {
    const auto next = engine_->next_deadline();
    if (!next || *next - TimePoint(std::chrono::hours(1)) > end) {
      age_ = end;
      return;
    }
    age_ = std::max(age_, *next - TimePoint(std::chrono::hours(1)));
    deadline();
  }
}

void Driver::stall(Duration duration) {
  age_ += duration;
  deadline();
}

void Driver::deadline() {
  engine_->on_deadline(now());
  const auto next = engine_->next_deadline();
  require(!next || *next > now().steady, "after a deadline none is due");
  drain();
}

// ---- commands ----------------------------------------------------------------------------------

void Driver::join(std::span<const Endpoint> seeds) {
  checkers_.on_rejoin(run_);
  static_cast<void>(engine_->join(seeds, now()));
  drain();
}

void Driver::leave() {
  checkers_.on_leave(run_);
  static_cast<void>(engine_->leave(now()));
  drain();
}

// ---- outputs -----------------------------------------------------------------------------------

void Driver::drain() {
  for (std::size_t round = 0; drain_once(); ++round) {
    require(round < rounds_max, "the engine comes to an end by itself");
  }
}

bool Driver::drain_once() {
  bool any = false;
  while (const auto transmit = engine_->poll_transmit(scratch_)) {
    on_transmit(*transmit);
    any = true;
  }
  while (auto action = engine_->poll_stream_action()) {
    on_action(std::move(*action));
    any = true;
  }
  while (const auto event = engine_->poll_event()) {
    on_event(*event);
    any = true;
  }
  return any;
}

void Driver::on_transmit(const Transmit& transmit) {
  require(transmit.size > crypto::datagram_overhead && transmit.size <= scratch_.size(),
          "a datagram has a size");
  ByteVector copy(scratch_.begin(), scratch_.begin() + static_cast<std::ptrdiff_t>(transmit.size));
  const auto opened = ear_.open(copy, now().steady);
  require(opened || opened.error().code != Errc::replayed, "a nonce is used once");
  if (opened) {
    auto packet = wire::open_packet(opened->plaintext);
    require(packet.has_value(), "what the engine says decodes");
    check_messages(packet->reader);
  }
}

void Driver::check_messages(wire::MessageReader reader) {
  for (;;) {
    const auto message = reader.next();
    require(message.has_value(), "what the engine says decodes");
    if (!*message) {
      break;
    }
    if (const auto* alive = std::get_if<wire::Alive>(&**message)) {
      // Its inbox is drawn anew now and then; peers learn it so.
      if (alive->descriptor.node.name == names[0] &&
          alive->descriptor.incarnation.boot == own_boot) {
        engine_inbox_ = alive->descriptor.inbox;
      }
    }
  }
  require(reader.skipped() == 0, "the engine says nothing that is unknown");
}

void Driver::on_action(StreamAction action) {
  if (const auto* open = std::get_if<OpenStream>(&action)) {
    require(open->deadline > now().steady, "a dial has time");
    const auto id = static_cast<std::uint64_t>(open->id);
    const std::string_view name = names[1 + id % (names.size() - 1)];
    const bool fresh =
        streams_.try_emplace(id, PeerStream{peer_side(crypto::Side::responder, name, 3, {})})
            .second;
    require(fresh, "a stream's id is its own");
    if (auto_open_) {
      streams_.at(id).opened = true;
      engine_->on_stream_opened(open->id, now());
    }
  } else if (const auto* write = std::get_if<WriteStream>(&action)) {
    const auto id = static_cast<std::uint64_t>(write->id);
    const auto place = streams_.find(id);
    require(place != streams_.end() && place->second.opened, "only open streams are written to");
    crypto::SecureStream& secure = place->second.secure;
    const bool received = secure.receive(write->bytes).has_value();
    require(received || !place->second.honest, "the engine's side of a stream verifies");
    while (const auto frame = secure.next_frame()) {
      check_messages(wire::read_frame(frame->plaintext));
    }
    if (received) {
      pump(id);
    }
  } else {
    const auto id = static_cast<std::uint64_t>(std::get<CloseStream>(action).id);
    require(streams_.erase(id) == 1, "a stream is closed once");
  }
}

void Driver::on_event(const Event& event) {
  if (const auto* member = std::get_if<MemberEvent>(&event)) {
    checkers_.on_event(run_, *member);
  } else if (const auto* lost = std::get_if<MessagesLost>(&event)) {
    checkers_.on_lost(run_, *lost);
  } else if (const auto* message = std::get_if<MessageReceived>(&event)) {
    // Members give each Send an id of its own; the fuzzer need not.
    if (message->broadcast) {
      checkers_.on_message(run_, *message);
    }
  }
}

void Driver::judge() {
  checkers_.check_run(run_, engine_->snapshot(), engine_->stats(), engine_->config());
  for (const sim::Violation& violation : checkers_.violations()) {
    // What the fuzzer says of other runs, those runs never said: this one can't hold here.
    if (violation.rule != "one descriptor" && violation.rule != "true to its origin") {
      require(false, (violation.rule + ": " + violation.text).c_str());
    }
  }
}

}  // namespace swim::fuzz
