#include "cli/format/explain_text.hpp"

#include "cli/format/event_text.hpp"
#include "cli/format/member_text.hpp"
#include "cli/format/names.hpp"
#include "cli/format/times.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

using Evidence = v1::Accusation;

std::string found(Evidence::Evidence evidence) {
  switch (evidence) {
    case Evidence::EVIDENCE_SILENT:
      return "nothing answered, neither directly nor through others (SILENT)";
    case Evidence::EVIDENCE_REFUSED:
      return "its host answers but the process does not (REFUSED)";
    case Evidence::EVIDENCE_STALLED:
      return "its kernel took the connection but the process said nothing (STALLED)";
    default:
      return "what the probe found was not told";
  }
}

std::string what_it_means(Evidence::Evidence evidence) {
  switch (evidence) {
    case Evidence::EVIDENCE_SILENT:
      return "Silence means a lost host, a cut or filtered network (is UDP and TCP to its gossip "
             "port open both ways?), or an address that is no longer its own.";
    case Evidence::EVIDENCE_REFUSED:
      return "A refusal means that the process ended: a crash, a kill, out of memory. See its log "
             "and its container's last state.";
    case Evidence::EVIDENCE_STALLED:
      return "A stall means a process that is stopped or starved: a CPU limit, a debugger, a "
             "frozen container, a host that swaps.";
    default:
      return "";
  }
}

std::string headline(const v1::ExplainMemberResponse& answer, Nanoseconds now, const Style& style) {
  const v1::Member& member = answer.member();
  std::string text = style.paint(printable(member.name()), Color::bold) + " is " +
                     style.paint(short_name(member.status()), color_of(member.status()));
  text += " since " + local_time(member.status_time(), now) + " (" +
          age_of(member.status_time(), now) + " ago), at " + printable(address_text(member));
  text += member.local() ? ": this node itself.\n" : ".\n";
  return text + (member.apps_size() == 0 ? "" : "Apps beside it: " + apps_text(member) + ".\n");
}

std::string verdict(const v1::ExplainMemberResponse& answer) {
  const v1::Member& member = answer.member();
  switch (member.status()) {
    case v1::MEMBER_STATUS_ALIVE:
      return answer.accusations().empty() ? "Nobody accuses it.\n" : "";
    case v1::MEMBER_STATUS_SUSPECT:
      return "It is declared FAILED in " + measured(nanoseconds(answer.suspicion_left())) +
             " unless it refutes the suspicion; more accusers shorten that.\n";
    case v1::MEMBER_STATUS_LEAVING:
      return "It announced that it will leave and still serves: choose others for new work.\n";
    case v1::MEMBER_STATUS_LEFT:
      switch (member.left_reason()) {
        case v1::LEFT_REASON_GOODBYE:
          return "It said goodbye: an orderly end.\n";
        case v1::LEFT_REASON_SILENT:
          return "It had announced to leave and then went silent, which counts as having left.\n";
        case v1::LEFT_REASON_FORCED:
          return "An operator said so (force-leave).\n";
        default:
          return "";
      }
    case v1::MEMBER_STATUS_FAILED:
      return "It did not refute the suspicion in time. If it is alive after all, it comes back by "
             "itself as soon as it hears of this.\n";
    default:
      return "";
  }
}

std::string accusations(const v1::ExplainMemberResponse& answer, Nanoseconds now) {
  // Of a member that is LEFT they say no more than how it left, which the verdict does.
  if (answer.member().status() == v1::MEMBER_STATUS_LEFT) {
    return "";
  }
  const bool failed = answer.member().status() == v1::MEMBER_STATUS_FAILED;
  const char* first = failed ? " declared it failed first: " : " accused it first: ";
  const char* others = failed ? " found so too: " : " confirmed: ";
  std::string text;
  for (const auto& accusation : answer.accusations()) {
    const std::string who = accusation.accuser().empty() ? "Somebody" : accusation.accuser();
    text += "  " + local_time(accusation.time(), now) + "  " + printable(who) +
            (text.empty() ? first : others) + found(accusation.evidence()) + "\n";
  }
  return text;
}

// The last change of a type; null if the history, which is bounded, does not hold one.
const v1::MemberEvent* last_of(const v1::ExplainMemberResponse& answer,
                               v1::MemberEvent::Type type) {
  const v1::MemberEvent* last = nullptr;
  for (const auto& event : answer.transitions()) {
    if (event.type() == type) {
      last = &event;
    }
  }
  return last;
}

bool is_accused(const v1::ExplainMemberResponse& answer) {
  return answer.member().status() == v1::MEMBER_STATUS_SUSPECT ||
         answer.member().status() == v1::MEMBER_STATUS_FAILED;
}

// From the first word against it to the last: how long it had.
std::string respite(const v1::ExplainMemberResponse& answer, Nanoseconds now) {
  const auto* suspected = last_of(answer, v1::MemberEvent::TYPE_SUSPECTED);
  const auto* failed = last_of(answer, v1::MemberEvent::TYPE_FAILED);
  if (answer.member().status() != v1::MEMBER_STATUS_FAILED || suspected == nullptr ||
      failed == nullptr || suspected->revision() > failed->revision()) {
    return "";
  }
  return "It was suspected at " + local_time(suspected->event_time(), now) +
         " and declared failed " +
         measured(since_epoch(failed->event_time()) - since_epoch(suspected->event_time())) +
         " later.\n";
}

std::string last_contact(const v1::ExplainMemberResponse& answer, Nanoseconds now) {
  if (answer.member().local()) {
    return "";
  }
  if (!answer.has_last_ack_time()) {
    return "This node never had an answer from it to a probe of its own.\n";
  }
  std::string text = "It last answered a probe of this node at " +
                     local_time(answer.last_ack_time(), now) + " (" +
                     age_of(answer.last_ack_time(), now) + " ago, in " +
                     measured(nanoseconds(answer.last_round_trip())) + ")";
  const auto* suspected = last_of(answer, v1::MemberEvent::TYPE_SUSPECTED);
  if (is_accused(answer) && suspected != nullptr) {
    const auto gap = since_epoch(suspected->event_time()) - since_epoch(answer.last_ack_time());
    text += gap.count() >= 0 ? ", " + measured(gap) + " before it was suspected"
                             : ", after it was suspected";
  }
  return text + ".\n";
}

std::string history(const v1::ExplainMemberResponse& answer, Nanoseconds now, const Style& style) {
  if (answer.transitions().empty()) {
    return "";
  }
  std::string text("\n");
  text += style.paint("What happened, the oldest first", Color::bold) + "\n";
  for (const auto& event : answer.transitions()) {
    text += "  " + event_line(event, now, style) + "\n";
  }
  return text;
}

// The strongest thing that a probe found: a word beats none.
Evidence::Evidence evidence_of(const v1::ExplainMemberResponse& answer) {
  for (const auto& accusation : answer.accusations()) {
    if (accusation.evidence() != Evidence::EVIDENCE_UNSPECIFIED) {
      return accusation.evidence();
    }
  }
  return Evidence::EVIDENCE_UNSPECIFIED;
}

}  // namespace

std::string explain_text(const v1::ExplainMemberResponse& answer, Nanoseconds now,
                         const Style& style) {
  std::string text = headline(answer, now, style) + verdict(answer);
  const std::string accused = accusations(answer, now);
  if (!accused.empty()) {
    text += '\n';
    text += style.paint("Who said so", Color::bold) + "\n" + accused;
  }
  const std::string meaning = accused.empty() ? "" : what_it_means(evidence_of(answer));
  if (!meaning.empty()) {
    text += meaning + "\n";
  }
  const std::string contact = respite(answer, now) + last_contact(answer, now);
  if (!contact.empty()) {
    text += '\n';
    text += contact;
  }
  return text + history(answer, now, style);
}

}  // namespace swim::cli
