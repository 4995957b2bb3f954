// What is believed of the members: applies the pure transitions, runs suspicions, tells watchers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/event.hpp"
#include "core/engine/member_events.hpp"
#include "core/engine/record.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;

// Whose word a claim is; for events and for the set of accusers.
struct Source {
  std::string_view accuser;
  std::uint64_t boot{};
  Evidence evidence{Evidence::unknown};
};

class Membership {
 public:
  explicit Membership(Core& core) : core_(core) {}

  // Statements of peers, from datagrams and streams alike.
  void on_alive(const wire::Alive& message);
  void on_suspect(const wire::Suspect& message);
  void on_dead(const wire::Dead& message);
  // A death that is not, or no longer, in question.
  void believe(const wire::Dead& message);

  // This node's own declaration; `accuser` goes into the event.
  void declare(Slot slot, Terminal terminal, LeftReason reason, const Source& source);
  // Takes over what a transition decided, and all that follows from it.
  void absorb(Slot slot, const Transition& transition, const ClaimNote& note, const Source& source);

  // Tells watchers what changed since they were last told; nothing where nothing public did.
  void show(Slot slot, const Source& source = {});
  // Raised by the owner of a rule rather than derived from a record (CONFLICT).
  void announce(Slot slot, EventType type, EventReason reason);
  // For a name that is not held yet.
  bool has_room() const;
  // Expires what was listed long enough, forgets old tombstones (DESIGN §4.4).
  void reap();
  // Drops all but this node. Returns addresses, some dozens at most, at which somebody may still
  // be.
  std::vector<Endpoint> forget_all();

 private:
  Slot find_or_add(std::string_view name, const Incarnation& incarnation);
  Slot find_or_bury(const wire::Dead& message);
  Slot expendable() const;
  bool make_room();
  void remove(Slot slot);
  void correct(Slot slot, const wire::Alive& message);
  void push_event(Slot slot, const NextEvent& next, const Source& source);
  void begin_doubt(Slot slot, const ClaimNote& note, const Source& source);
  void count_transition(const Record& record, const Claim& before);

  Core& core_;
};

}  // namespace swim::engine
