#include "core/crypto/datagram_sealer.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/crypto/big_endian.hpp"
#include "core/crypto/key_tag.hpp"
#include "core/crypto/own_inboxes.hpp"
#include "core/crypto/sealing_session.hpp"
#include "core/crypto/session_table.hpp"

namespace swim::crypto {
namespace {

// What the hot path needs to know of a key of the ring, hashed once.
struct KeyName {
  std::uint8_t id{};
  std::uint64_t name{};
};

std::vector<KeyName> names_of(const Keyring& keys) {
  std::vector<KeyName> names;
  names.reserve(keys.keys().size());
  for (const Key& key : keys.keys()) {
    names.push_back({key.id(), load_be<std::uint64_t>(Bytes(key_hash(key)).first(8))});
  }
  return names;
}

// One for each key where they are plain: what those compute covers the session by itself.
std::vector<Aead> plain_openers(const Keyring& keys) {
  std::vector<Aead> plain;
  if (keys.primary().plain()) {
    plain.reserve(keys.keys().size());
    for (const Key& key : keys.keys()) {
      plain.emplace_back(datagram_key(key, 0));
    }
  }
  return plain;
}

// A received datagram, cut into its parts.
struct Parts {
  explicit Parts(MutableBytes datagram)
      : key_id(datagram[1]),
        session(load_be<std::uint64_t>(datagram.subspan(2, 8))),
        counter(load_be<std::uint32_t>(datagram.subspan(10, 4))),
        box(datagram.subspan(DatagramSealer::plaintext_offset)) {}

  std::uint8_t key_id;
  std::uint64_t session;
  std::uint32_t counter;
  MutableBytes box;
};

// AAD = type ‖ key-id ‖ label ‖ inbox. Only the label's length varies and it stands between fields
// of fixed size, so two different sets of values never give the same bytes.
class DatagramAad {
 public:
  explicit DatagramAad(std::string_view label) : bytes_(2 + label.size() + 8) {
    bytes_[0] = datagram_type;
    std::copy(label.begin(), label.end(), bytes_.begin() + 2);
  }
  Bytes of(std::uint8_t key_id, std::uint64_t inbox) {
    bytes_[1] = key_id;
    store_be(inbox, MutableBytes(bytes_).last(8));
    return bytes_;
  }

 private:
  ByteVector bytes_;
};

Expected<void> check_header(Bytes datagram) {
  if (datagram.size() < datagram_overhead) {
    return fail(Errc::too_short);
  }
  if (datagram[0] != datagram_type) {
    return fail(Errc::bad_tag);
  }
  return {};
}

}  // namespace

struct DatagramSealer::State {
  State(Keyring keys_in, std::string label_in, DrawSession draw, SealerBounds bounds_in)
      : keys(std::move(keys_in)),
        names(names_of(keys)),
        plain(plain_openers(keys)),
        label(std::move(label_in)),
        draw_session(std::move(draw)),
        bounds(bounds_in),
        aad(label),
        table(bounds.sessions),
        sending(keys.primary(), draw_session(), bounds.session_counters) {}

  Keyring keys;
  std::vector<KeyName> names;  // of keys, in their order
  std::vector<Aead> plain;     // … of plain ones, each for all sessions
  std::string label;
  DrawSession draw_session;
  SealerBounds bounds;
  DatagramAad aad;
  OwnInboxes inboxes;
  SessionTable table;
  SealingSession sending;
  ByteVector scratch;
  SealerCounts counts;

  void start_session() {
    const std::uint64_t drawn = draw_session();
    SWIM_ASSERT(drawn != sending.id());
    sending = SealingSession(keys.primary(), drawn, bounds.session_counters);
  }

  Session* find(std::size_t key_index, const Parts& parts) {
    return table.find({names[key_index].name, parts.session});
  }
  void expire_inboxes(TimePoint now) {
    if (inboxes.expire(now)) {
      table.drop_before(inboxes.oldest());
    }
  }

  // Under which of our inboxes the box opens. The plaintext is then in `scratch`: opening in place
  // would spoil the box for the next inbox or key.
  std::optional<InboxNumber> open_box(Aead& aead, const Parts& parts);
  Opened accept(Session& session, InboxNumber inbox, std::size_t key_index, const Parts& parts);
  Expected<Opened> open_known(Session& session, std::size_t key_index, const Parts& parts);
  Expected<Opened> open_unknown(Session* session, std::size_t key_index, const Parts& parts,
                                DerivationBudget* budget);
  Expected<Opened> open_plain(const Parts& parts);
};

std::optional<InboxNumber> DatagramSealer::State::open_box(Aead& aead, const Parts& parts) {
  const std::size_t size = parts.box.size() - tag_size;
  if (scratch.size() < size) {
    scratch.resize(size);
  }
  const Nonce nonce = datagram_nonce(parts.session, parts.counter);
  for (const OwnInbox& inbox : inboxes.good()) {
    if (aead.open(nonce, aad.of(parts.key_id, inbox.id), parts.box, scratch)) {
      return inbox.number;
    }
  }
  return std::nullopt;
}

// Only here does anything change because of a datagram: it is authentic and was never accepted.
Opened DatagramSealer::State::accept(Session& session, InboxNumber inbox, std::size_t key_index,
                                     const Parts& parts) {
  session.window.accept(parts.counter);
  session.newest_inbox = std::max(session.newest_inbox, inbox);
  const MutableBytes plaintext = parts.box.first(parts.box.size() - tag_size);
  std::copy_n(scratch.begin(), plaintext.size(), plaintext.begin());
  return {plaintext, parts.session, key_index};
}

// In a simulated world there is nothing to derive and nobody who records: no sessions are kept,
// which would be half a kilobyte for each pair of thousands of nodes.
Expected<Opened> DatagramSealer::State::open_plain(const Parts& parts) {
  Error error{Errc::unknown_key};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].id == parts.key_id) {
      const Nonce nonce = datagram_nonce(parts.session, parts.counter);
      for (const OwnInbox& inbox : inboxes.good()) {
        // In place: a plain box that does not open stays as it was.
        if (plain[i].open(nonce, aad.of(parts.key_id, inbox.id), parts.box, parts.box)) {
          return Opened{parts.box.first(parts.box.size() - tag_size), parts.session, i};
        }
      }
      error = Error{Errc::decryption_failed};
    }
  }
  return tl::unexpected(error);
}

Expected<Opened> DatagramSealer::State::open_known(Session& session, std::size_t key_index,
                                                   const Parts& parts) {
  if (session.window.refuses(parts.counter)) {
    ++counts.replayed;
    return fail(Errc::replayed);
  }
  const auto inbox = open_box(*session.aead, parts);
  if (!inbox) {
    return fail(Errc::decryption_failed);
  }
  return accept(session, *inbox, key_index, parts);
}

// `session` is nullptr, or one whose key left the ring and came back: its window still counts.
Expected<Opened> DatagramSealer::State::open_unknown(Session* session, std::size_t key_index,
                                                     const Parts& parts, DerivationBudget* budget) {
  if (session != nullptr && session->window.refuses(parts.counter)) {
    ++counts.replayed;
    return fail(Errc::replayed);
  }
  if (session == nullptr && table.full()) {
    ++counts.refused_sessions;
    return fail(Errc::session_table_full);
  }
  if (budget != nullptr && !budget->take(parts.session)) {
    return fail(Errc::rejected, "no budget to derive a key for an unknown session");
  }
  ++counts.derivations;
  Aead aead(datagram_key(keys.keys()[key_index], parts.session));
  const auto inbox = open_box(aead, parts);
  if (!inbox) {
    return fail(Errc::decryption_failed);
  }
  if (session == nullptr) {
    session = &table.insert({names[key_index].name, parts.session});
  }
  session->aead.emplace(std::move(aead));
  return accept(*session, *inbox, key_index, parts);
}

DatagramSealer::DatagramSealer(Keyring keys, std::string label, DrawSession draw_session,
                               SealerBounds bounds)
    : state_(std::make_unique<State>(std::move(keys), std::move(label), std::move(draw_session),
                                     bounds)) {}

DatagramSealer::~DatagramSealer() = default;
DatagramSealer::DatagramSealer(DatagramSealer&&) noexcept = default;
DatagramSealer& DatagramSealer::operator=(DatagramSealer&&) noexcept = default;

Expected<Bytes> DatagramSealer::seal(MutableBytes datagram, std::size_t size, std::uint64_t inbox) {
  if (inbox == 0) {
    return fail(Errc::invalid_argument, "the receiver's inbox is not known");
  }
  if (datagram.size() < datagram_overhead || size > datagram.size() - datagram_overhead) {
    return fail(Errc::buffer_too_small);
  }
  State& state = *state_;
  if (state.sending.exhausted()) {
    state.start_session();
  }
  const std::uint8_t key_id = state.names.front().id;
  const Nonce nonce = state.sending.seal(state.aad.of(key_id, inbox),
                                         datagram.subspan(plaintext_offset, size + tag_size));
  datagram[0] = datagram_type;
  datagram[1] = key_id;
  std::copy(nonce.begin(), nonce.end(), datagram.begin() + 2);
  return Bytes(datagram.first(size + datagram_overhead));
}

Expected<Opened> DatagramSealer::open(MutableBytes datagram, TimePoint now,
                                      DerivationBudget* budget) {
  if (auto good = check_header(datagram); !good) {
    return tl::unexpected(good.error());
  }
  State& state = *state_;
  state.expire_inboxes(now);
  const Parts parts(datagram);
  if (state.keys.primary().plain()) {
    return state.open_plain(parts);
  }
  Error error{Errc::unknown_key};
  // Keys with one id are tried in turn, those that need no derivation first.
  for (const bool derive : {false, true}) {
    for (std::size_t i = 0; i < state.names.size(); ++i) {
      if (state.names[i].id != parts.key_id) {
        continue;
      }
      Session* const session = state.find(i, parts);
      const bool derived = session != nullptr && session->aead;
      if (derive == derived) {
        continue;
      }
      auto opened = derive ? state.open_unknown(session, i, parts, budget)
                           : state.open_known(*session, i, parts);
      if (opened) {
        return opened;
      }
      // The first refusal says most: a known session's before one of a key that was only tried.
      error = error.code == Errc::unknown_key ? opened.error() : error;
    }
  }
  return tl::unexpected(error);
}

void DatagramSealer::set_inbox(std::uint64_t inbox, TimePoint now, Duration grace) {
  if (state_->inboxes.draw(inbox, now, grace)) {
    state_->table.drop_before(state_->inboxes.oldest());
  }
}

std::uint64_t DatagramSealer::inbox() const {
  return state_->inboxes.current();
}

bool DatagramSealer::wants_new_inbox() const {
  return state_->table.full() && state_->inboxes.good().size() == 1;
}

void DatagramSealer::set_keyring(Keyring keys) {
  State& state = *state_;
  const bool primary_changed = keys.primary() != state.keys.primary();
  state.keys = std::move(keys);
  state.names = names_of(state.keys);
  state.plain = plain_openers(state.keys);
  state.table.forget_keys([&names = state.names](std::uint64_t name) {
    return std::none_of(names.begin(), names.end(),
                        [name](const KeyName& key) { return key.name == name; });
  });
  if (primary_changed) {
    state.start_session();
  }
}

const Keyring& DatagramSealer::keyring() const {
  return state_->keys;
}

const std::string& DatagramSealer::label() const {
  return state_->label;
}

std::uint64_t DatagramSealer::session() const {
  return state_->sending.id();
}

std::size_t DatagramSealer::sessions() const {
  return state_->table.size();
}

const SealerCounts& DatagramSealer::counts() const {
  return state_->counts;
}

}  // namespace swim::crypto
