// Faults of processes, machines and of the whole network: what each does is there while it lasts.
#include <functional>
#include <ostream>
#include <string>

#include "core/sim/fault_player.hpp"
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

constexpr NodeId subject{1};
constexpr NodeId other{2};

// `there`: asked in the middle of it and when it is over.
struct Effect {
  FaultKind kind{};
  std::uint32_t amount{};
  std::function<bool(World&)> there;
};
void PrintTo(const Effect& effect, std::ostream* out) {
  *out << to_string(effect.kind);
}

class EffectOf : public SimTest, public testing::WithParamInterface<Effect> {
 protected:
  static WorldOptions options() {
    WorldOptions options;
    options.plain = true;  // a datagram that comes twice comes as far as to the engine
    options.network.latency_max = options.network.latency_min;  // only a fault changes an order
    return options;
  }
  EffectOf() : SimTest(options()) {}
  FaultPlayer player{world};
};

Node::State state_of(World& world, NodeId node) {
  return world.at(node).state();
}

// How many of a hundred datagrams are read so soon.
std::size_t read_of_hundred(World& world, Duration within) {
  const std::size_t before = world.history(subject).messages.size();
  for (int i = 0; i < 100; ++i) {
    static_cast<void>(world.send_datagram(other, subject, "test", std::to_string(i)));
  }
  world.run_for(within);
  return world.history(subject).messages.size() - before;
}

bool in_order(World& world) {
  int last = -1;
  for (const MessageReceived& message : world.history(subject).messages) {
    const int number = std::stoi(std::string(as_text(*message.payload)));
    if (number < last) {
      return false;
    }
    last = number == 99 ? -1 : number;
  }
  return true;
}

INSTANTIATE_TEST_SUITE_P(
    Each, EffectOf,
    testing::Values(
        Effect{FaultKind::crash, 0,
               [](World& w) { return !w.at(subject).exists() && w.topology().up(subject); }},
        Effect{FaultKind::lose_host, 0,
               [](World& w) { return !w.at(subject).exists() && !w.topology().up(subject); }},
        Effect{FaultKind::move, 0, [](World& w) { return !w.at(subject).exists(); }},
        Effect{FaultKind::twin, 0,
               [](World& w) { return w.size() == 6 && w.at(NodeId{5}).exists(); }},
        Effect{FaultKind::pause, 0,
               [](World& w) { return state_of(w, subject) == Node::State::paused; }},
        Effect{FaultKind::stall_storm, 2,
               [](World& w) {
                 return state_of(w, subject) == Node::State::paused &&
                        state_of(w, other) == Node::State::paused;
               }},
        Effect{FaultKind::sleep, 0,
               [](World& w) { return state_of(w, subject) == Node::State::paused; }},
        Effect{FaultKind::starve, 800, [](World& w) { return read_of_hundred(w, 150ms) == 0; }},
        Effect{FaultKind::block, 0, [](World& w) { return w.at(subject).blocked(); }},
        Effect{FaultKind::leave, 0,
               [](World& w) { return w.status(other, subject) == MemberStatus::left; }},
        Effect{FaultKind::drain, 0,
               [](World& w) { return w.status(other, subject) == MemberStatus::leaving; }},
        Effect{FaultKind::duplicates, percent(50),
               [](World& w) {
                 const auto repeated = [&] {
                   return w.at(subject).engine().stats().requests_repeated;
                 };
                 const std::uint64_t before = repeated();
                 return read_of_hundred(w, 50ms) == 100 && repeated() > before + 20;
               }},
        Effect{FaultKind::reordering, percent(50),
               [](World& w) { return read_of_hundred(w, 50ms) == 100 && !in_order(w); }},
        Effect{FaultKind::corruption, percent(50),
               [](World& w) { return read_of_hundred(w, 50ms) < 80; }},
        Effect{FaultKind::slow_network, 200'000,
               [](World& w) { return read_of_hundred(w, 50ms) < 60; }}),
    [](const auto& effect) { return std::string(to_string(effect.param.kind)); });

TEST_P(EffectOf, is_there_while_it_lasts_and_not_later) {
  const Effect& effect = GetParam();
  cluster(5);
  player.play(
      {{.kind = effect.kind, .subject = 1, .other = 2, .lasts = 3s, .amount = effect.amount}});
  world.run_for(500ms);
  EXPECT_TRUE(effect.there(world));
  world.run_for(3s);
  EXPECT_TRUE(wait_for([&] { return world.converged(); })) << world.report();
  world.at(subject).history().messages.clear();
  EXPECT_FALSE(effect.there(world));
}

class ProcessFaultTest : public SimTest {
 protected:
  FaultPlayer player{world};
};

TEST_F(ProcessFaultTest, whoever_moves_comes_back_at_another_address) {
  cluster(5);
  const Endpoint before = world.at(subject).options().address;
  player.play({{.kind = FaultKind::move, .subject = 1, .lasts = 1s}});
  world.run_for(2s);
  EXPECT_NE(world.at(subject).options().address, before);
  EXPECT_TRUE(wait_for([&] { return world.converged(); })) << world.report();
}

TEST_F(ProcessFaultTest, in_a_mass_restart_every_process_is_a_new_run) {
  const auto nodes = cluster(5);
  player.play({{.kind = FaultKind::mass_restart, .lasts = 2s, .amount = 7}});
  world.run_for(3s);
  for (const NodeId node : nodes) {
    EXPECT_EQ(world.at(node).run().run, 2U);
  }
  EXPECT_TRUE(wait_for([&] { return world.converged(); })) << world.report();
}

TEST_F(ProcessFaultTest,
       a_machine_that_sleeps_loses_its_steady_time_and_a_stopped_process_does_not) {
  cluster(5);
  const auto lag = [&] { return world.at(other).now().steady - world.at(subject).now().steady; };
  const Duration before = lag();
  player.play({{.kind = FaultKind::pause, .subject = 1, .lasts = 1s}});
  world.run_for(2s);
  EXPECT_EQ(lag(), before);
  player.play({{.kind = FaultKind::sleep, .subject = 1, .lasts = 1s}});
  world.run_for(2s);
  EXPECT_EQ(lag(), before + 1s);
}

TEST_F(ProcessFaultTest, a_forced_leave_makes_a_member_left_for_others) {
  cluster(5);
  player.play({{.kind = FaultKind::force_leave, .subject = 1, .other = 2}});
  world.run_for(1s);
  EXPECT_EQ(world.events(NodeId{3}, EventType::left, other), 1U);
}

}  // namespace
}  // namespace swim::sim
