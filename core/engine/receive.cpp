// Datagrams in: opened, decoded, and handed to the part whose they are. Answers go to the member's
// known address; only who is not known yet is answered at the packet's source (DESIGN §5, Inbox).
#include <algorithm>

#include "core/engine/core.hpp"
#include "core/wire/native/codec.hpp"

namespace swim::engine {

namespace {

// Derivations for sessions that nobody named; a burst covers a cluster's start behind one address.
constexpr std::uint32_t derivation_burst = 256;
constexpr Duration derivation_interval = std::chrono::milliseconds(5);
// Answers to runs that we have no description of.
constexpr std::uint32_t stranger_answers_burst = 256;
constexpr Duration stranger_answers_interval = std::chrono::milliseconds(5);
// Probes at the word of others: enough for many deaths at once, no tool to make us flood a member.
constexpr std::uint32_t confirms_burst = 64;
constexpr Duration confirms_interval = std::chrono::milliseconds(20);
constexpr Duration verdict_interval = std::chrono::milliseconds(500);

class Budget final : public crypto::DerivationBudget {
 public:
  Budget(Core& core, const Endpoint& from) : core_(core), from_(from) {}
  bool take(std::uint64_t session) override {
    return core_.expects_session(session) || core_.derivations.take(from_, core_.now.steady);
  }

 private:
  Core& core_;
  const Endpoint& from_;
};

}  // namespace

DropReason drop_reason(Errc code) {
  switch (code) {
    case Errc::decryption_failed:
      return DropReason::auth;
    case Errc::unknown_key:
      return DropReason::unknown_key;
    case Errc::replayed:
      return DropReason::replay;
    case Errc::rejected:
    case Errc::session_table_full:
      return DropReason::overload;
    case Errc::bad_version:
      return DropReason::version;
    default:
      return DropReason::malformed;
  }
}

SourcePacer derivation_pacer() {
  return {derivation_burst, derivation_interval};
}

void Core::expect_session(std::uint64_t session) {
  if (!expects_session(session)) {
    expected_sessions_[expected_next_++ % expected_sessions_.size()] = session;
  }
}

bool Core::expects_session(std::uint64_t session) const {
  // Nobody draws 0, which is what unused places hold.
  return session != 0 && std::ranges::find(expected_sessions_, session) != expected_sessions_.end();
}

bool Core::may_answer_stranger() {
  const bool may =
      answer_strangers.take(now.steady, stranger_answers_burst, stranger_answers_interval);
  if (!may) {
    drop(DropReason::overload);
  }
  return may;
}

void Core::on_datagram(const Endpoint& from, MutableBytes datagram) {
  ++stats.datagrams_received;
  stats.bytes_received += datagram.size();
  Budget budget(*this, from);
  const auto opened = sealer.open(datagram, now.steady, &budget);
  if (sealer.wants_new_inbox()) {
    rotate_inbox();
  }
  if (!opened) {
    drop(drop_reason(opened.error().code));
    return;
  }
  heard();
  heard_somebody();
  ++(opened->key_index == 0 ? stats.opened_primary : stats.opened_secondary);
  auto packet = wire::open_packet(opened->plaintext);
  if (!packet) {
    drop(drop_reason(packet.error().code));
    return;
  }
  if (!packet->cluster.empty() && packet->cluster != label) {
    drop(DropReason::auth);
    return;
  }
  trace(TraceKind::datagram_received, 0, datagram.size());
  spread_ = 0;
  for (;;) {
    const auto message = packet->reader.next();
    if (!message) {
      drop(drop_reason(message.error().code));
      break;
    }
    if (!*message) {
      break;
    }
    count(**message);
    on_message(from, **message);
  }
  stats.unknown_messages_skipped += packet->reader.skipped();
}

void Core::on_message(const Endpoint& from, const wire::Message& message) {
  if (const auto* ping = std::get_if<wire::Ping>(&message)) {
    on_ping(from, *ping);
  } else if (const auto* ack = std::get_if<wire::Ack>(&message)) {
    on_ack(*ack);
  } else if (const auto* alive = std::get_if<wire::Alive>(&message)) {
    membership.on_alive(*alive);
  } else if (const auto* suspect = std::get_if<wire::Suspect>(&message)) {
    membership.on_suspect(*suspect);
  } else if (const auto* dead = std::get_if<wire::Dead>(&message)) {
    membership.on_dead(*dead);
  } else if (const auto* broadcast = std::get_if<wire::Broadcast>(&message)) {
    broadcasts.on_broadcast(*broadcast, spread_);
  } else {
    on_rarer_message(from, message);
  }
}

void Core::on_rarer_message(const Endpoint& from, const wire::Message& message) {
  if (const auto* request = std::get_if<wire::PingReq>(&message)) {
    relays.on_ping_req(from, *request);
  } else if (const auto* nack = std::get_if<wire::Nack>(&message)) {
    stats.nacks_received += prober.on_nack(*nack) ? 1 : 0;
  } else if (const auto* confirm = std::get_if<wire::Confirm>(&message)) {
    on_confirm(*confirm);
  } else if (const auto* verdict = std::get_if<wire::Verdict>(&message)) {
    leave.on_verdict(*verdict);
    on_verdict(*verdict);
  } else if (const auto* user = std::get_if<wire::UserMsg>(&message)) {
    sends.on_user_msg(*user);
  } else if (const auto* fetch = std::get_if<wire::Fetch>(&message)) {
    repair.on_fetch(*fetch);
  } else if (const auto* announcement = std::get_if<wire::Announcement>(&message)) {
    broadcasts.on_announcement(*announcement, spread_);
  } else if (const auto* spread = std::get_if<wire::Spread>(&message)) {
    spread_ = spread->others;
  }
}

void Core::on_ping(const Endpoint& from, const wire::Ping& ping) {
  const bool for_us =
      ping.target == self.name() && (ping.target_boot == 0 || ping.target_boot == self.boot());
  if (!for_us) {
    drop(DropReason::stranger);  // a stranger on a reused address answers for nobody
    return;
  }
  const Slot slot = table.find(ping.sender);
  if (slot != no_slot && owes_verdict(slot, ping.sender_boot)) {
    answer_verdict(from, ping, slot);
    return;
  }
  const bool known = slot != no_slot && slot != MemberTable::self && !table.at(slot).behind() &&
                     table.at(slot).claim().incarnation.boot == ping.sender_boot;
  if (!known && !may_answer_stranger()) {
    return;
  }
  if (known) {
    anti_entropy.on_digest(slot, ping.digest);
    broadcasts.on_marks(ping.marks, slot);
  }
  PendingSend& send = outbox.push();
  send.kind = PendingSend::Kind::ack;
  send.to = known ? table.at(slot).description->address : from;
  send.inbox = ping.sender_inbox;
  send.receiver = known ? slot : no_slot;
  send.bare = !known;
  send.seq = ping.seq;
  send.node = self.name();
  send.boot = self.boot();
}

bool Core::owes_verdict(Slot slot, std::uint64_t boot) const {
  const Record& record = table.at(slot);
  const std::uint64_t held = record.claim().incarnation.boot;
  return boot != 0 && (held == boot ? record.terminal()
                                    : record.previous_boot() == boot || slot == MemberTable::self);
}

std::optional<wire::Verdict> Core::verdict_about(std::string_view name, std::uint64_t boot) const {
  const Slot slot = table.find(name);
  if (slot == no_slot || !owes_verdict(slot, boot)) {
    return std::nullopt;
  }
  const Record& record = table.at(slot);
  return wire::Verdict{.responder = self.name(),
                       .responder_boot = self.boot(),
                       .node = record.name(),
                       .claim = record.claim(),
                       .note = note_at(record, now.steady)};
}

void Core::answer_verdict(const Endpoint& from, const wire::Ping& ping, Slot slot) {
  Record& record = table.at(slot);
  if (told_within(record, verdict_interval, now.steady)) {
    return;
  }
  record.remembered().verdict_sent = now.steady;
  ++stats.verdicts_sent;
  PendingSend& send = outbox.push();
  send.kind = PendingSend::Kind::verdict;
  send.to = slot != MemberTable::self && record.description->incarnation.boot == ping.sender_boot
                ? record.description->address
                : from;
  send.inbox = ping.sender_inbox;
  send.bare = true;
  send.seq = ping.seq;
  send.node = record.name();
  send.boot = ping.sender_boot;
}

void Core::tell_record(Slot slot, const Endpoint& to, std::uint64_t inbox) {
  Record& record = table.at(slot);
  const bool recently = told_within(record, verdict_interval, now.steady);
  if (recently || !active() || to.is_unspecified() || to.port == 0) {
    return;
  }
  record.remembered().verdict_sent = now.steady;
  ++stats.verdicts_sent;
  PendingSend& send = outbox.push();
  send.kind = PendingSend::Kind::record;
  send.to = to;
  send.inbox = inbox;
  send.bare = true;
  send.node = record.name();
}

void Core::on_confirm(const wire::Confirm& confirm) {
  const Slot slot = table.find(confirm.node);
  if (slot != no_slot && slot != MemberTable::self &&
      answer_confirms.take(now.steady, confirms_burst, confirms_interval)) {
    prober.confirm(slot, confirm.node_boot);
  }
}

void Core::on_ack(const wire::Ack& ack) {
  if (const auto responder = prober.on_ack(ack)) {
    anti_entropy.on_digest(*responder, ack.digest);
    broadcasts.on_marks(ack.marks, *responder);
  } else if (!relays.on_ack(ack) && !leave.on_ack(ack.seq)) {
    ++stats.acks_unmatched;
  }
}

void Core::on_verdict(const wire::Verdict& verdict) {
  if (verdict.node == self.name()) {
    self.on_claim(verdict.claim);
  }
}

}  // namespace swim::engine
