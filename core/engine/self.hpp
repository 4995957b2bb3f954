// This node's own record: the only place that mints incarnations (DESIGN §4.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/engine/engine.hpp"
#include "core/engine/pacer.hpp"
#include "core/engine/record.hpp"
#include "core/engine/timers.hpp"

namespace swim::engine {

struct Core;

class Self {
 public:
  explicit Self(Core& core) : core_(core) {}

  void start(LocalMember member);

  const std::string& name() const { return name_; }
  std::uint64_t boot() const { return boot_; }
  Claim claim() const;
  std::uint64_t life() const { return claim().incarnation.life; }
  // Another, later run of our name is believed: claim nothing, send nothing as this member.
  bool displaced() const { return rival_.has_value(); }

  // What somebody says of our name: nothing, a refutation, a new life, or that we are displaced.
  // `address`: where the run that the claim is about said it is, as far as that is known.
  void on_claim(const Claim& heard, const std::optional<Endpoint>& address = std::nullopt);
  // A joiner takes a life above whatever the cluster knows of its name.
  void take_life_above(const Claim& known);

  // A new count for something new to say; starts a new life where the count would overflow.
  void raise_count();
  void set_metadata(ByteVector metadata);
  void set_leaving(bool leaving, Duration drain);
  void set_left();
  // Join after Leave: a new life of this run.
  void rejoin();
  void set_inbox(std::uint64_t inbox);
  // Whether that is what the descriptor says of the apps; says anew what is so now.
  bool says_apps(Bytes encoded) const;
  void tell_apps();
  // This process stood still for so long; told to others where it is longer than they know.
  void learn_stall(Duration length);
  void forget_stalls();  // now and then
  void on_takeover_timer();

 private:
  Record& record();
  const Record& record() const;
  void set_life(std::uint64_t life);
  void mint(Claim next, Description about);
  void describe(Description about);
  void revive(std::uint64_t above);
  void on_rival(const Claim& heard, const std::optional<Endpoint>& address);
  void observe_later();
  void announce();
  void repeat(const Claim& heard);
  void doubt_rival();
  void win(std::uint64_t above);
  void forget_rival();
  void forget_beaten_rival();
  void advertise_stall(std::uint32_t ms);

  Core& core_;
  std::string name_;
  std::uint64_t boot_{};
  std::optional<Claim> rival_;
  TimePoint rival_heard_{};
  Duration takeover_backoff_{std::chrono::seconds(1)};
  std::uint64_t gone_{};  // the boot of the run that was at our address before us
  Duration observe_pause_{};
  TimePoint stalled_at_{};
  Bucket repeats_;
  TimerId takeover_timer_{no_timer};
};

}  // namespace swim::engine
