#include "core/sim/trace_log.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace swim::sim {

namespace {

const char* name_of(TraceKind kind) {
  switch (kind) {
    case TraceKind::datagram_sent:
      return "datagram sent";
    case TraceKind::datagram_received:
      return "datagram received";
    case TraceKind::datagram_dropped:
      return "datagram dropped";
    case TraceKind::probe_started:
      return "probe started";
    case TraceKind::probe_acked:
      return "probe acked";
    case TraceKind::probe_failed:
      return "probe failed";
    case TraceKind::claim_accepted:
      return "claim accepted";
    case TraceKind::descriptor_accepted:
      return "descriptor accepted";
    case TraceKind::member_event:
      return "member event";
    case TraceKind::stream_opened:
      return "stream opened";
    case TraceKind::stream_closed:
      return "stream closed";
    case TraceKind::new_life:
      return "new life";
    case TraceKind::refuted:
      return "refuted";
    case TraceKind::message_delivered:
      return "message delivered";
    case TraceKind::messages_lost:
      return "messages lost";
  }
  return "?";
}

std::string text_of(const TraceLine& line, TimePoint start, const TraceLog::Names& names) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(line.at - start).count();
  std::string subject = names.member(line.record.subject);
  if (!subject.empty()) {
    subject = " of " + subject;
  }
  std::array<char, 64> time{};
  std::snprintf(time.data(), time.size(), "%6" PRId64 ".%06" PRId64 " s  ", us / 1'000'000,
                us % 1'000'000);
  std::array<char, 64> details{};
  std::snprintf(details.data(), details.size(), "  %" PRIu64 " %" PRIu64, line.record.a,
                line.record.b);
  return time.data() + names.node(line.node) + ": " +
         (line.note != nullptr ? line.note : name_of(line.record.kind)) + subject + details.data() +
         "\n";
}

}  // namespace

void TraceLog::mix(TimePoint at, std::uint64_t a, std::uint64_t b) {
  hash_.add(static_cast<std::uint64_t>(at.time_since_epoch().count()));
  hash_.add(a);
  hash_.add(b);
}

void TraceLog::append(const TraceLine& line) {
  mix(line.at,
      (std::uint64_t{index_of(line.node)} << 32U) | static_cast<std::uint64_t>(line.record.kind),
      line.record.subject);
  hash_.add(line.record.a);
  hash_.add(line.record.b);
  if (ring_.size() < lines_kept) {
    ring_.push_back(line);
  } else {
    ring_[lines_ % lines_kept] = line;
  }
  ++lines_;
}

std::string TraceLog::last_lines(TimePoint start, const Names& names) const {
  std::string text;
  for (std::size_t i = 0; i < ring_.size(); ++i) {
    const std::size_t oldest = lines_ > lines_kept ? lines_ % lines_kept : 0;
    text += text_of(ring_[(oldest + i) % ring_.size()], start, names);
  }
  return text;
}

}  // namespace swim::sim
