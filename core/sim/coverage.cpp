#include "core/sim/coverage.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "core/sim/network.hpp"
#include "core/sim/streams.hpp"

namespace swim::sim {

namespace {

template <class Enum>
std::size_t place(Enum value) {
  return static_cast<std::size_t>(value);
}

std::string title(EventType type, EventReason reason) {
  return std::string(to_string(type)) + " " + std::string(to_string(reason));
}

void add_probes(const Stats& stats, Paths& paths) {
  paths.insert(paths.end(), {{"probe answered", stats.probes_acked_direct},
                             {"probe rescued by a helper", stats.probes_acked_indirect},
                             {"probe rescued by a stream", stats.probes_acked_stream},
                             {"probe failed", stats.probes_failed},
                             {"ping repeated", stats.pings_repeated},
                             {"helper asked", stats.relays_run},
                             {"nack sent", stats.nacks_sent},
                             {"nack received", stats.nacks_received},
                             {"late ack", stats.acks_unmatched},
                             {"confirmation run for another", stats.confirmations_run},
                             {"crash hint", stats.crash_hints},
                             {"own deafness noticed", stats.deafness_noticed},
                             {"own stall noticed", stats.stalls_noticed}});
}

void add_suspicions(const Coverage& coverage, Paths& paths) {
  const Stats& stats = coverage.stats;
  paths.insert(paths.end(), {{"suspicion raised", stats.suspicions_raised},
                             {"suspicion refuted", stats.suspicions_refuted},
                             {"suspicion ended in death", stats.suspicions_confirmed},
                             {"accusation answered by its member", stats.refutations},
                             {"wrongly dead, new life", stats.new_lives},
                             {"death put to its member first", stats.deaths_questioned},
                             {"failed member tried again", stats.retries_started},
                             {"name taken twice", stats.name_conflicts},
                             {"verdict told", stats.verdicts_sent}});
}

void add_events(const Coverage& coverage, Paths& paths) {
  using enum EventType;
  using enum EventReason;
  for (const auto& [type, reason] :
       std::initializer_list<std::pair<EventType, EventReason>>{{joined, first_seen},
                                                                {joined, rejoined},
                                                                {joined, recovered},
                                                                {updated, labels},
                                                                {updated, drain_cancelled},
                                                                {suspected, probe_silent},
                                                                {suspected, probe_refused},
                                                                {suspected, probe_stalled},
                                                                {refuted, EventReason::none},
                                                                {failed, probe_silent},
                                                                {failed, probe_refused},
                                                                {leaving, goodbye},
                                                                {left, goodbye},
                                                                {left, silent},
                                                                {left, forced},
                                                                {replaced, new_boot},
                                                                {conflict, new_boot},
                                                                {app_lost, app_broken},
                                                                {app_back, app_attached},
                                                                {updated, app_attached},
                                                                {updated, app_detached},
                                                                {expired, retention}}) {
    paths.emplace_back(title(type, reason), coverage.told[place(type)][place(reason)]);
  }
  paths.emplace_back("FAILED past the drain's deadline", coverage.failed_while_leaving);
}

void add_traffic(const Coverage& coverage, Paths& paths) {
  const Stats& stats = coverage.stats;
  const auto dropped = [&](DropReason reason) { return stats.dropped[place(reason)]; };
  paths.insert(paths.end(), {{"seed's name not found", coverage.names_unresolved},
                             {"remembered peers asked", coverage.peers_asked},
                             {"join accepted", stats.joins_accepted},
                             {"join failed", stats.joins_failed},
                             {"sync completed", stats.syncs_completed},
                             {"sync failed", stats.syncs_failed},
                             {"sync for a difference", stats.syncs_for_difference},
                             {"send delivered", stats.messages_delivered},
                             {"broadcast delivered", stats.broadcasts_received},
                             {"broadcast heard again", stats.broadcasts_duplicate},
                             {"broadcast repaired", stats.broadcasts_repaired},
                             {"broadcast given up, loss told", stats.broadcast_gaps},
                             {"large payload pulled", stats.payloads_pulled},
                             {"operation failed", coverage.operations_failed},
                             {"damaged or misdirected datagram refused", dropped(DropReason::auth)},
                             {"replayed datagram refused", dropped(DropReason::replay)},
                             {"datagram for another run refused", dropped(DropReason::stranger)}});
}

}  // namespace

void Coverage::add(const Stats& of_one_run) {
  static_assert(std::is_trivially_copyable_v<Stats> && sizeof(Stats) % sizeof(std::uint64_t) == 0);
  using Numbers = std::array<std::uint64_t, sizeof(Stats) / sizeof(std::uint64_t)>;
  auto sum = std::bit_cast<Numbers>(stats);
  const auto more = std::bit_cast<Numbers>(of_one_run);
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i] += more[i];
  }
  stats = std::bit_cast<Stats>(sum);
}

void Coverage::add(const MemberEvent& event) {
  ++member_events[place(event.type)];
  ++told[place(event.type)][place(event.reason)];
  failed_while_leaving +=
      event.type == EventType::failed && event.previous == MemberStatus::leaving ? 1 : 0;
}

Paths paths_of(const Coverage& coverage, const NetworkCounts& network,
               const StreamCounts& streams) {
  Paths paths;
  add_probes(coverage.stats, paths);
  add_suspicions(coverage, paths);
  add_events(coverage, paths);
  add_traffic(coverage, paths);
  paths.insert(paths.end(), {{"datagram lost", network.lost},
                             {"datagram cut off", network.cut},
                             {"datagram duplicated", network.duplicated},
                             {"datagram reordered", network.reordered},
                             {"datagram damaged", network.corrupted},
                             {"trip in the long tail", network.in_tail},
                             {"trip between far zones", network.far},
                             {"datagram to nobody", network.to_nobody},
                             {"stream refused", streams.refused},
                             {"stream without an answer", streams.timed_out},
                             {"stream reset", streams.reset},
                             {"stream late", streams.delayed}});
  return paths;
}

}  // namespace swim::sim
