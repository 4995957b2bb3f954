#include "core/engine/crash_hints.hpp"

#include <algorithm>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
constexpr std::size_t nonce_offset = 2;  // behind type and key-id (DESIGN §5)
constexpr Duration quoted_within = std::chrono::seconds(1);
}  // namespace

void CrashHints::on_sent(Bytes sealed, Slot receiver) {
  if (receiver == no_slot || !core_.config.detection.crash_hint) {
    return;
  }
  Sent& sent = sent_[next_++ % sent_.size()];
  std::copy_n(sealed.begin() + nonce_offset, sent.nonce.size(), sent.nonce.begin());
  sent.receiver = receiver;
  sent.boot = core_.table.at(receiver).claim().incarnation.boot;
  sent.at = core_.now.steady;
}

void CrashHints::on_unreachable(const Endpoint& to, Bytes quoted) {
  if (quoted.size() < nonce_offset + std::tuple_size_v<Nonce>) {
    return;
  }
  const auto quotes = [&](const Sent& sent) {
    return sent.receiver != no_slot && core_.now.steady - sent.at <= quoted_within &&
           std::equal(sent.nonce.begin(), sent.nonce.end(), quoted.begin() + nonce_offset);
  };
  const auto sent = std::ranges::find_if(sent_, quotes);
  if (sent == sent_.end() || !core_.table.used(sent->receiver)) {
    return;
  }
  const Record& record = core_.table.at(sent->receiver);
  if (record.description->address != to || record.claim().incarnation.boot != sent->boot ||
      !paces_[sent->receiver % paces_.size()].take(core_.now.steady, 1,
                                                   core_.config.probe_interval)) {
    return;
  }
  ++core_.stats.crash_hints;
  core_.prober.hurry(sent->receiver);
}

}  // namespace swim::engine
