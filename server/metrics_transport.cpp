// Packets, bytes and streams, what was dropped and why, and keys.
#include <array>
#include <cstddef>
#include <utility>

#include "core/wire/message.hpp"
#include "server/http_drops.hpp"
#include "server/metrics_collector.hpp"

namespace swim::server {
namespace {

using wire::Tag;

constexpr std::array<std::pair<Tag, const char*>, 25> message_types{{
    {Tag::ping, "ping"},
    {Tag::ping_req, "ping_req"},
    {Tag::ack, "ack"},
    {Tag::alive, "alive"},
    {Tag::suspect, "suspect"},
    {Tag::dead, "dead"},
    {Tag::user_msg, "user_msg"},
    {Tag::nack, "nack"},
    {Tag::broadcast, "broadcast"},
    {Tag::fetch, "fetch"},
    {Tag::spread, "spread"},
    {Tag::announcement, "announcement"},
    {Tag::verdict, "verdict"},
    {Tag::confirm, "confirm"},
    {Tag::join_request, "join_request"},
    {Tag::join_verdict, "join_verdict"},
    {Tag::sync_begin, "sync_begin"},
    {Tag::sync_end, "sync_end"},
    {Tag::send_request, "send_request"},
    {Tag::send_reply, "send_reply"},
    {Tag::sync_item, "sync_item"},
    {Tag::sync_want, "sync_want"},
    {Tag::sync_mark, "sync_mark"},
    {Tag::pull_request, "pull_request"},
    {Tag::pull_reply, "pull_reply"},
}};

void add_traffic(const Stats& stats, MetricFamilies& out) {
  out.counter("swim_packets_sent_total", "Datagrams sent.")
      .value(stats.datagrams_sent, {{"transport", "udp"}});
  out.counter("swim_packets_received_total", "Datagrams received.")
      .value(stats.datagrams_received, {{"transport", "udp"}});
  out.counter("swim_sent_bytes_total", "Bytes sent, without headers of IP, UDP and TCP.")
      .value(stats.bytes_sent, {{"transport", "udp"}})
      .value(stats.stream_bytes_sent, {{"transport", "tcp"}});
  out.counter("swim_received_bytes_total", "Bytes received, counted alike.")
      .value(stats.bytes_received, {{"transport", "udp"}})
      .value(stats.stream_bytes_received, {{"transport", "tcp"}});
  out.counter("swim_messages_received_total", "Messages in packets and streams, by type.");
  for (const auto& [tag, name] : message_types) {
    out.value(stats.messages_received.at(static_cast<std::size_t>(tag)), {{"type", name}});
  }
  out.counter("swim_messages_skipped_total", "Messages of a type that this version doesn't know.")
      .value(stats.unknown_messages_skipped);
}

void add_drops(const Look& look, MetricFamilies& out) {
  const runtime::NodeView& view = *look.view;
  out.counter("swim_packets_dropped_total",
              "Received datagrams and streams not used. reason=auth: another key, another cluster "
              "label, or not for this run of the node.");
  for (const auto& [reason, count] : receive_drops(view)) {
    out.value(count, {{"reason", reason}});
  }
  out.counter("swim_unknown_key_drops_total",
              "Of those with reason=auth: sealed with a key that this node doesn't have.")
      .value(view.stats.dropped.at(static_cast<std::size_t>(DropReason::unknown_key)));
  out.counter("swim_sends_dropped_total", "Datagrams dropped because too many waited to be sent.")
      .value(view.stats.sends_dropped);
  out.counter("swim_socket_send_failures_total", "Datagrams that the kernel refused to send.")
      .value(view.datagrams_unsent);
  out.counter("swim_socket_receive_drops_total",
              "Datagrams that the kernel dropped because the receive buffer was full.")
      .value(view.receive_overflows);
}

void add_streams_and_keys(const Look& look, MetricFamilies& out) {
  const Stats& stats = look.view->stats;
  out.counter("swim_streams_total", "TCP streams between members, by who opened them.")
      .value(stats.streams_opened, {{"direction", "outgoing"}})
      .value(stats.streams_accepted, {{"direction", "incoming"}});
  out.counter("swim_streams_failed_total", "TCP streams that broke or never came to be.")
      .value(stats.streams_failed);
  out.gauge("swim_streams_open", "TCP streams between members now.").value(stats.streams_open);
  out.gauge("swim_sessions", "Sealing sessions of peers that are remembered.")
      .value(stats.sessions);
  out.gauge("swim_keyring_keys", "Keys in use.").value(std::uint64_t{look.facts.keys.size()});
  out.gauge("swim_keyring_info", "The fingerprint and role of each key in use; always 1.");
  for (const ServerFacts::Key& key : look.facts.keys) {
    out.value(1.0, {{"fingerprint", key.fingerprint}, {"role", key.role}});
  }
  out.counter("swim_decryptions_total", "Datagrams opened, by the key that opened them.")
      .value(stats.opened_primary, {{"key", "primary"}})
      .value(stats.opened_secondary, {{"key", "secondary"}});
}

}  // namespace

void add_transport_metrics(const Look& look, MetricFamilies& out) {
  add_traffic(look.view->stats, out);
  add_drops(look, out);
  add_streams_and_keys(look, out);
}

}  // namespace swim::server
