// The API, the configuration and the log; this process and the engine's loop.
#include <array>
#include <chrono>

#include "server/metrics_collector.hpp"
#include "server/settings_types.hpp"

namespace swim::server {
namespace {

// FNV-1a, cut to what a double holds exactly.
std::uint64_t settings_hash(const ServerFacts& facts) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  const auto add = [&hash](const std::string& text) {
    for (const char c : text) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
    hash = (hash ^ 0xFFU) * 0x100000001B3ULL;
  };
  for (const auto& [name, value] : facts.settings) {
    add(name);
    add(value);
  }
  return hash >> 16U;
}

void add_streams_and_rpcs(const ServerFacts& facts, MetricFamilies& out) {
  out.gauge("swim_watchers", "Streams to applications that are open now.")
      .value(facts.watchers, {{"rpc", "WatchMembers"}})
      .value(facts.subscribers, {{"rpc", "Subscribe"}})
      .value(facts.producers, {{"rpc", "BroadcastStream, SendStream"}});
  out.counter("swim_watch_events_total", "Member events written to watchers.")
      .value(facts.watch_events);
  out.counter("swim_watch_resyncs_total", "Watchers that had to start from a snapshot again.");
  for (const auto& [reason, count] : facts.watch_resyncs) {
    out.value(count, {{"reason", reason}});
  }
  out.counter("swim_api_connections_refused_total",
              "Connections of applications closed at once, as file descriptors ran out.")
      .value(facts.connections_refused);
  const auto labels = [](const ServerFacts::Rpc& rpc) {
    return MetricLabels{
        {"grpc_type", rpc.type}, {"grpc_service", rpc.service}, {"grpc_method", rpc.method}};
  };
  out.counter("grpc_server_started_total", "RPCs started on the server.");
  for (const ServerFacts::Rpc& rpc : facts.rpcs) {
    out.value(rpc.started, labels(rpc));
  }
  out.counter("grpc_server_handled_total", "RPCs completed on the server, whatever the result.");
  for (const ServerFacts::Rpc& rpc : facts.rpcs) {
    for (const auto& [code, count] : rpc.handled) {
      MetricLabels with_code = labels(rpc);
      with_code.emplace_back("grpc_code", code);
      out.value(count, with_code);
    }
  }
}

void add_configuration(const Look& look, MetricFamilies& out) {
  out.gauge("swim_config_last_reload_successful",
            "1 if settings and keys were taken over the last time that each was read.")
      .value(look.facts.last_reload_successful ? 1.0 : 0.0);
  out.gauge("swim_config_last_reload_success_timestamp_seconds",
            "When settings were last loaded with success.");
  if (look.facts.last_reload_success) {
    out.value(static_cast<double>(look.facts.last_reload_success->unix_ms) / 1e3);
  }
  out.gauge("swim_config_hash", "A number that changes when an effective setting does.")
      .value(settings_hash(look.facts));
  out.counter("swim_log_messages_total", "Lines logged, by level.");
  for (std::size_t level = 0; level < look.log_lines.size(); ++level) {
    out.value(look.log_lines.at(level),
              {{"level", std::string(to_text(static_cast<LogLevel>(level)))}});
  }
}

void add_loop(const runtime::NodeView& view, MetricFamilies& out) {
  out.counter("swim_event_loop_turns_total", "Turns of the engine's loop.").value(view.loop_turns);
  out.gauge("swim_event_loop_lag_max_seconds",
            "The latest that a deadline was served, within about the last second.")
      .value(std::chrono::duration<double>(view.loop_lag_max).count());
  out.counter("swim_mailbox_rejected_total", "Commands refused because too many waited.")
      .value(view.mailbox_rejected);
  out.gauge("swim_batches_waiting", "Batches of broadcasts that wait for room in the queue.")
      .value(view.batches_waiting);
  out.counter("swim_batches_held_total", "Batches of broadcasts that had to wait for room.")
      .value(view.batches_held);
  out.gauge("swim_operations_pending", "Commands that wait for their answer.")
      .value(view.stats.operations_pending);
  out.gauge("swim_buffer_pool_buffers", "Receive buffers in the pool.").value(view.buffers_total);
  out.counter("swim_buffer_pool_gets_total", "Buffers asked for.")
      .value(view.buffer_hits + view.buffer_misses);
  out.counter("swim_buffer_pool_misses_total", "Buffers asked for when the pool was empty.")
      .value(view.buffer_misses);
}

template <class T>
void add_if_known(MetricFamilies& out, const std::optional<T>& value) {
  if (value) {
    out.value(*value);
  }
}

}  // namespace

void add_server_metrics(const Look& look, MetricFamilies& out) {
  add_streams_and_rpcs(look.facts, out);
  add_configuration(look, out);
}

void add_process_metrics(const Look& look, MetricFamilies& out) {
  add_loop(*look.view, out);
  const ProcessStats& process = look.process;
  if (process.throttling) {
    out.counter("swim_cgroup_cpu_throttled_seconds_total",
                "Time that this container was kept from running by its CPU limit.")
        .value(process.throttling->seconds);
    out.counter("swim_cgroup_cpu_throttled_periods_total", "Periods in which it was kept so.")
        .value(process.throttling->throttled);
    out.counter("swim_cgroup_cpu_periods_total", "All periods that the CPU limit was applied to.")
        .value(process.throttling->periods);
  }
  add_if_known(out.counter("process_cpu_seconds_total", "User and system CPU time spent."),
               process.cpu_seconds);
  add_if_known(out.gauge("process_resident_memory_bytes", "Resident memory size."),
               process.resident_bytes);
  add_if_known(out.gauge("process_virtual_memory_bytes", "Virtual memory size."),
               process.virtual_bytes);
  add_if_known(out.gauge("process_open_fds", "Open file descriptors."), process.open_fds);
  add_if_known(out.gauge("process_max_fds", "Most file descriptors that may be open."),
               process.max_fds);
  add_if_known(out.gauge("process_start_time_seconds", "Start of the process, Unix time."),
               process.start_time_seconds);
}

}  // namespace swim::server
