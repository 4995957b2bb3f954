// What the loop passes on between the sockets, the engine, the seeds and the log.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>
#include <system_error>
#include <utility>
#include <variant>

#include "core/engine/node_state.hpp"
#include "core/runtime/clock.hpp"
#include "core/runtime/loop.hpp"

namespace swim::runtime {

// ---- from the sockets
// ------------------------------------------------------------------------------

void Loop::on_datagram(const Endpoint& from, MutableBytes datagram) {
  const std::uint64_t before = auth_drops();
  engine_->on_datagram(from, datagram, now());
  if (auth_drops() != before) {
    note_unauthenticated(from, "a datagram");
  }
}

void Loop::on_unreachable(const Endpoint& to, Bytes quoted) {
  engine_->on_unreachable(to, quoted, now());
}

std::optional<StreamId> Loop::stream_accepted(const Endpoint& from) {
  return engine_->on_stream_accepted(from, now());
}

void Loop::stream_opened(StreamId id) {
  engine_->on_stream_opened(id, now());
}

void Loop::stream_data(StreamId id, const Endpoint& peer, Bytes data) {
  const std::uint64_t before = auth_drops();
  engine_->on_stream_data(id, data, now());
  if (auth_drops() != before) {
    note_unauthenticated(peer, "a stream");
  }
}

void Loop::stream_ended(StreamId id, StreamEnd end) {
  engine_->on_stream_closed(id, end, now());
}

void Loop::accept_failed(const std::string& cause) {
  log_episode(log_error, "accept", [&] {
    return "gossip streams can't be accepted: " + cause + "; retried ten times a second";
  });
}

void Loop::dial_failed(const std::string& kind, const std::string& cause) {
  log_episode(log_error, "dial " + kind,
              [&] { return "gossip streams can't be opened: " + cause; });
}

// ---- from the engine
// -------------------------------------------------------------------------------

void Loop::handle(Event event) {
  if (auto* member = std::get_if<MemberEvent>(&event)) {
    if (member->type == EventType::conflict) {
      log_episode(log_warn, "conflict " + member->member->name, [&] {
        return "name conflict: another process runs as " + member->member->name + " at " +
               to_string(member->member->address) + "; give each node its own node.name";
      });
    }
    if (peers_) {
      peers_->on_event(*member);
    }
    if (is_outside(engine_->state()) && is_arrival(*member)) {
      seeds_->heard_of(member->member->address);
    }
    publisher_->member_event(std::move(*member));
  } else if (auto* message = std::get_if<MessageReceived>(&event)) {
    publisher_->message(std::move(*message));
  } else if (auto* lost = std::get_if<MessagesLost>(&event)) {
    log_episode(log_warn, "lost " + lost->origin, [&] {
      return "messages of " + lost->origin + " are lost: " + std::to_string(lost->first) + " to " +
             std::to_string(lost->last) + "; nobody who was asked still had them";
    });
    publisher_->message(std::move(*lost));
  } else if (operations_.completed(std::get<OperationCompleted>(std::move(event)))) {
    publish_at_once();
  }
}

// ---- parts
// -----------------------------------------------------------------------------------------

Moment Loop::now() const {
  return swim::runtime::now();
}

void Loop::make_joiner_and_seeds() {
  joiner_.emplace(*engine_, operations_, *names_,
                  Joiner::Hooks{
                      .now = [this] { return now(); },
                      .is_self = [this](const Endpoint& endpoint) { return is_self(endpoint); },
                      .joined =
                          [this](const std::vector<SeedResult>& results) {
                            joined_ = now().wall;
                            std::string through;
                            for (const SeedResult& result : results) {
                              if (result.accepted) {
                                through += (through.empty() ? "" : ", ") +
                                           to_string(result.address) + " (" + result.member + ")";
                              }
                            }
                            log(log_info, "join accepted by " + through);
                          },
                  });
  seeds_.emplace(SeedResolver::Hooks{
                     .now = [this] { return now(); },
                     .resolve =
                         [this](std::string host, std::uint16_t port, NameLookup::Done done) {
                           names_->resolve(std::move(host), port, std::move(done));
                         },
                     .join =
                         [this](std::vector<Endpoint> addresses, Joiner::Results done) {
                           joiner_->join(std::move(addresses), std::move(done));
                         },
                     .live_members = [this] { return live_members(); },
                     .is_self = [this](const Endpoint& endpoint) { return is_self(endpoint); },
                     .start_alone =
                         [this] {
                           log(log_info, "no other seed answers: this node starts its cluster");
                           joiner_->join({}, [](const std::vector<SeedResult>&) {});
                         },
                     .log = [this](int level, const std::string& text) { log(level, text); },
                     .credentials = [this] { return credentials(); },
                 },
                 SeedResolver::Pauses{options_.seed_refresh, options_.seed_retry}, ids_.draw());
}

void Loop::make_remembered_peers() {
  peers_.emplace(RememberedPeers::Hooks{
                     .now = [] { return steady_now(); },
                     .post =
                         [this](std::function<void()> work) {
                           boost::asio::post(io_, [this, work = std::move(work)] {
                             if (peers_) {
                               work();
                             }
                           });
                         },
                     .join =
                         [this](std::vector<Endpoint> addresses, Joiner::Results done) {
                           joiner_->join(std::move(addresses), std::move(done));
                         },
                     .is_self = [this](const Endpoint& endpoint) { return is_self(endpoint); },
                     .log = [this](int level, const std::string& text) { log(level, text); },
                 },
                 options_.snapshot_path, options_.cluster_label);
  peers_->load();
}

std::vector<Endpoint> Loop::live_members() const {
  std::vector<Endpoint> addresses;
  if (is_outside(engine_->state())) {
    return addresses;
  }
  const auto snapshot = shared_.snapshot.load();
  addresses.reserve(snapshot->members.size());
  for (const MemberPtr& member : snapshot->members) {
    if (!member->local && !is_over(member->status)) {
      addresses.push_back(member->address);
    }
  }
  std::ranges::sort(addresses);
  return addresses;
}

bool Loop::is_self(const Endpoint& endpoint) const {
  return endpoint == advertised_ || is_own_endpoint(endpoint, bound_, own_);
}

std::string Loop::credentials() const {
  return "key (fingerprint " + keys_.primary().fingerprint() + ") or label (" +
         options_.cluster_label + ")";
}

void Loop::publish_at_once() {
  publish_at_once_ = true;
  publisher_->state_may_have_changed();
}

void Loop::set_keyring(crypto::Keyring keys) {
  engine_->set_keyring(keys);
  keys_ = std::move(keys);
}

void Loop::set_seeds(const std::vector<SeedSpec>& seeds) {
  seeds_->replace(seeds);
  const NodeState state = engine_->state();
  if (!seeds.empty() || state == NodeState::running || state == NodeState::left) {
    return;
  }
  joiner_->join({}, [](const std::vector<SeedResult>&) {});
  if (state != NodeState::draining && engine_->state() == NodeState::running) {
    log(log_info, "there are no seeds: this node starts its cluster");
  }
  publish_at_once();
}

Expected<OperationId> Loop::leave() {
  publish_at_once();
  seeds_->suspend(true);
  joiner_->leave();
  return engine_->leave(now());
}

void Loop::fill(NodeView& view) {
  view.seeds = seeds_->status();
  view.bound = bound_;
  view.advertised = advertised_;
  const auto snapshot = shared_.snapshot.load();
  view.boot = snapshot->local ? snapshot->local->incarnation.boot : 0;
  view.started = started_;
  view.joined = joined_;
  view.max_broadcast_payload = engine_->max_broadcast_payload();
  view.max_datagram_payload = engine_->max_datagram_payload();
  view.max_send_payload = limits::send_payload_bytes_max;
  view.requests_remembered_for = options_.engine.requests_remembered_for;
  view.requests_remembered_max = options_.engine.requests_remembered;
  view.mailbox_rejected = shared_.mailbox.rejected();
  view.batches_waiting = batches_.waiting();
  view.batches_held = batches_.held();
  view.datagrams_unsent = udp_.counters().unsent;
  view.receive_overflows = udp_.counters().overflows;
  view.datagrams_truncated = udp_.counters().truncated;
  view.peers_remembered = peers_->size();
  view.peer_files_written = peers_->counts().written;
  view.peer_files_failed = peers_->counts().failed;
  view.loop_lag_max = std::exchange(lag_max_, Duration{});
  view.loop_turns = turns_;
  view.trace_records = trace_.records;
  view.buffers_total = buffers_.total();
  view.buffer_hits = buffers_.hits();
  view.buffer_misses = buffers_.misses();
}

// ---- the log
// ---------------------------------------------------------------------------------------

void Loop::log(int level, const std::string& text) const {
  if (options_.log) {
    options_.log(level, text);
  }
}

void Loop::log_episode(int level, const std::string& key, const std::function<std::string()>& text,
                       LogEpisodes::Source source) {
  const auto kept_back = episodes_.tell(key, now().steady, source);
  if (kept_back) {
    log(level,
        text() + (*kept_back == 0 ? "" : " (and " + std::to_string(*kept_back) + " times since)"));
  }
}

std::uint64_t Loop::auth_drops() const {
  const auto& dropped = engine_->counters().dropped;
  // To an operator, a key that we don't have is another key, whatever its first byte tells us.
  return dropped[static_cast<std::size_t>(DropReason::auth)] +
         dropped[static_cast<std::size_t>(DropReason::unknown_key)];
}

void Loop::note_unauthenticated(const Endpoint& from, const char* what) {
  const std::string source = address_to_string(from);
  log_episode(
      log_warn, "auth " + source,
      [&] {
        return "dropped " + std::string(what) + " from " + source +
               " reason=auth: another key or label than our " + credentials() +
               ", or sent to an earlier run at this address";
      },
      LogEpisodes::Source::strangers);
}

void Loop::note_socket_problems() {
  const UdpSocket::Counters& counters = udp_.counters();
  if (counters.send_error != 0 && counters.unsent != told_.unsent) {
    const int error = counters.send_error;
    log_episode(log_warn, "send " + std::to_string(error), [&] {
      return "datagrams could not be sent: " + std::system_category().message(error);
    });
  }
  if (counters.receive_failures != told_.receive_failures) {
    const int error = counters.receive_error;
    log_episode(log_error, "receive " + std::to_string(error), [&] {
      return "datagrams could not be received: " + std::system_category().message(error);
    });
  }
  if (counters.overflows != told_.overflows) {
    log_episode(log_warn, "overflow", [&] {
      return "the kernel dropped " + std::to_string(counters.overflows - told_.overflows) +
             " datagrams because its receive buffer was full; raise net.core.rmem_max or give this "
             "process more CPU";
    });
  }
  if (counters.truncated != told_.truncated) {
    log_episode(log_warn, "truncated", [&] {
      return "dropped a datagram of more than " + std::to_string(buffers_.buffer_size()) +
             " bytes, which is longer than gossip.datagram-bytes may be here";
    });
  }
  told_ = counters;
}

}  // namespace swim::runtime
