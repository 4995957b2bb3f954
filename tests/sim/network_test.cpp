// The virtual network does what it says: what a world claims to have tried must have happened.
#include "core/sim/network.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "core/sim/streams.hpp"

namespace swim::sim {
namespace {

using namespace std::chrono_literals;

class NetworkTest : public testing::Test, private Streams::Processes {
 protected:
  NetworkTest() {
    for (const NodeId node : {a, b}) {
      topology.add_node();
      network.take_address(address(node), node);
    }
  }

  static Endpoint address(NodeId node) {
    return Endpoint::v4(10, 0, 0, static_cast<std::uint8_t>(index_of(node) + 1), 7946);
  }

  // Everything that is scheduled happens; returns what arrived at b, in order.
  void run() {
    while (!queue.empty()) {
      const Scheduled event = queue.pop();
      if (event.what == Happening::segment) {
        streams.on_segment(event.index, event.detail);
      } else if (event.what == Happening::connect_timeout) {
        streams.on_connect_timeout(event.index, event.detail);
      } else {
        if (const auto arrival = network.arrive(event.index)) {
          arrived.push_back(to_vector(arrival->bytes));
        }
        network.done(event.index);
      }
    }
  }

  void send(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(i >> 8U),
                                            static_cast<std::uint8_t>(i)};
      network.send(a, address(a), address(b), bytes);
    }
  }

  EndRef open() {
    return streams.open({a, 1}, address(a), address(b), StreamId{1}, queue.now() + 3s);
  }

  std::optional<RunId> listener(NodeId node) const override {
    return process_runs ? std::optional(RunId{node, 1}) : std::nullopt;
  }
  void deliver(RunId run, StreamInput input) override {
    heard[run.node].push_back(std::move(input));
  }

  std::vector<StreamInput::What> whats(NodeId node) {
    std::vector<StreamInput::What> result;
    for (const StreamInput& input : heard[node]) {
      result.push_back(input.what);
    }
    return result;
  }

  static constexpr NodeId a{0};
  static constexpr NodeId b{1};
  using What = StreamInput::What;

  EventQueue queue;
  Prng prng{1};
  Topology topology;
  Network network{queue, prng, topology};
  Streams streams{queue, prng, topology, network, *this};
  bool process_runs{true};
  std::vector<ByteVector> arrived;
  std::map<NodeId, std::vector<StreamInput>> heard;
};

TEST_F(NetworkTest, events_of_one_instant_happen_in_the_order_in_which_they_were_scheduled) {
  for (std::uint32_t i = 0; i < 100; ++i) {
    queue.push(queue.now() + 1ms, Happening::script, i);
  }
  for (std::uint32_t i = 0; i < 100; ++i) {
    EXPECT_EQ(queue.pop().index, i);
  }
}

TEST_F(NetworkTest, a_perfect_network_delivers_all_within_its_latency) {
  network.conditions().latency_min = 1ms;
  network.conditions().latency_max = 2ms;
  const TimePoint start = queue.now();
  send(1000);
  EXPECT_GE(queue.next_time(), start + 1ms);
  run();
  EXPECT_LE(queue.now(), start + 2ms);
  EXPECT_EQ(arrived.size(), 1000U);
}

TEST_F(NetworkTest, loss_duplication_and_corruption_come_at_their_rates) {
  network.conditions().loss_ppm = percent(10);
  network.conditions().duplicate_ppm = percent(20);
  network.conditions().corrupt_ppm = percent(5);
  send(20'000);
  run();
  EXPECT_NEAR(static_cast<double>(network.counts().lost), 2'000, 200);
  EXPECT_NEAR(static_cast<double>(network.counts().duplicated), 3'600, 300);
  EXPECT_NEAR(static_cast<double>(network.counts().corrupted), 1'080, 150);
  EXPECT_EQ(arrived.size(), 20'000 - network.counts().lost + network.counts().duplicated);
}

TEST_F(NetworkTest, a_long_tail_is_late_by_its_own_range) {
  network.conditions().tail_ppm = percent(10);
  network.conditions().tail_min = 100ms;
  network.conditions().tail_max = 200ms;
  const TimePoint start = queue.now();
  send(10'000);
  run();
  EXPECT_EQ(arrived.size(), 10'000U);
  EXPECT_NEAR(static_cast<double>(network.counts().in_tail), 1'000, 150);
  EXPECT_GE(queue.now(), start + 190ms);
  EXPECT_LE(queue.now(), start + 201ms);
}

TEST_F(NetworkTest, zones_are_as_far_from_each_other_as_the_network_says) {
  network.conditions().between_zones = 50ms;
  const TimePoint start = queue.now();
  send(100);
  run();
  EXPECT_LE(queue.now(), start + 1ms);  // both are in the same
  topology.set_zone(b, 1);
  send(100);
  EXPECT_GE(queue.next_time(), start + 50ms);
  run();
  EXPECT_LE(queue.now(), start + 52ms);
  EXPECT_EQ(network.counts().far, 100U);
  const TimePoint opened = queue.now();
  open();
  while (heard[a].empty()) {
    const Scheduled event = queue.pop();
    streams.on_segment(event.index, event.detail);
  }
  EXPECT_GE(queue.now(), opened + 100ms);  // there and back
}

TEST_F(NetworkTest, reordering_lets_later_datagrams_overtake) {
  network.conditions().latency_max = network.conditions().latency_min;
  send(1000);
  run();
  EXPECT_TRUE(std::is_sorted(arrived.begin(), arrived.end()));
  arrived.clear();
  network.conditions().reorder_ppm = percent(10);
  send(1000);
  run();
  EXPECT_FALSE(std::is_sorted(arrived.begin(), arrived.end()));
  EXPECT_EQ(arrived.size(), 1000U);
}

TEST_F(NetworkTest, a_one_way_cut_has_one_way) {
  topology.cut_one_way(a, b);
  send(10);
  network.send(b, address(b), address(a), ByteVector{1});
  run();
  EXPECT_EQ(arrived.size(), 1U);
  EXPECT_EQ(network.counts().cut, 10U);
}

TEST_F(NetworkTest, loss_of_one_direction_spares_the_other) {
  topology.lose_one_way(a, b, ppm_max);
  send(10);
  network.send(b, address(b), address(a), ByteVector{1});
  run();
  EXPECT_EQ(arrived.size(), 1U);
}

TEST_F(NetworkTest, a_cut_stops_what_is_under_way) {
  send(10);
  topology.set_side(b, 1);
  run();
  EXPECT_TRUE(arrived.empty());
}

TEST_F(NetworkTest, healing_mends_partitions_cuts_and_losses) {
  topology.set_side(b, 1);
  topology.cut_one_way(a, b);
  topology.lose_one_way(a, b, ppm_max);
  topology.heal();
  send(10);
  run();
  EXPECT_EQ(arrived.size(), 10U);
}

TEST_F(NetworkTest, an_address_that_moved_is_served_by_its_last_taker) {
  send(1);
  network.give_up_address(address(b), b);
  run();
  EXPECT_TRUE(arrived.empty());
  EXPECT_EQ(network.counts().to_nobody, 1U);
  network.take_address(address(b), a);
  network.give_up_address(address(b), b);  // not b's any more
  EXPECT_EQ(network.owner(address(b)), a);
}

TEST_F(NetworkTest, a_stream_opens_and_carries_bytes_in_order) {
  network.conditions().loss_ppm = percent(20);
  const EndRef end = open();
  run();
  ASSERT_EQ(whats(b), std::vector{What::accepted});
  ASSERT_EQ(whats(a), std::vector{What::opened});
  ByteVector sent;
  for (std::uint8_t i = 0; i < 200; ++i) {
    streams.write(end, {i, i});
    sent.insert(sent.end(), {i, i});
  }
  streams.close(end);
  run();
  ByteVector received;
  for (const StreamInput& input : heard[b]) {
    received.insert(received.end(), input.bytes.begin(), input.bytes.end());
  }
  EXPECT_EQ(received, sent);
  EXPECT_EQ(heard[b].back().what, What::closed);
  EXPECT_EQ(heard[b].back().why, StreamEnd::closed);
  streams.forget(heard[b].back().end);
  EXPECT_EQ(streams.open_connections(), 0U);
}

TEST_F(NetworkTest, where_no_process_listens_a_stream_is_refused) {
  process_runs = false;
  const EndRef end = open();
  run();
  ASSERT_EQ(heard[a].size(), 1U);
  EXPECT_EQ(heard[a][0].why, StreamEnd::refused);
  EXPECT_EQ(streams.counts().refused, 1U);
  streams.forget(end);
  EXPECT_EQ(streams.open_connections(), 0U);
}

TEST_F(NetworkTest, a_host_that_is_cut_off_is_silent_until_the_opener_gives_up) {
  topology.set_up(b, false);
  const TimePoint start = queue.now();
  const EndRef end = open();
  while (heard[a].empty()) {
    const Scheduled event = queue.pop();
    event.what == Happening::segment ? streams.on_segment(event.index, event.detail)
                                     : streams.on_connect_timeout(event.index, event.detail);
  }
  EXPECT_EQ(heard[a][0].why, StreamEnd::timeout);
  EXPECT_EQ(queue.now(), start + 3s);
  streams.forget(end);
  run();
  EXPECT_EQ(streams.open_connections(), 0U);
}

TEST_F(NetworkTest, data_waits_for_a_cut_to_end) {
  const EndRef end = open();
  run();
  topology.cut_one_way(a, b);
  streams.write(end, {1, 2, 3});
  for (int i = 0; i < 5; ++i) {
    const Scheduled event = queue.pop();
    streams.on_segment(event.index, event.detail);
  }
  EXPECT_EQ(heard[b].size(), 1U);
  topology.heal();
  run();
  EXPECT_GE(heard[b].size(), 2U);
  EXPECT_GT(streams.counts().delayed, 0U);
}

TEST_F(NetworkTest, a_crash_ends_the_peers_streams) {
  open();
  run();
  streams.process_ended({a, 1}, true);
  run();
  ASSERT_EQ(heard[b].back().what, What::closed);
  streams.forget(heard[b].back().end);
  EXPECT_EQ(streams.open_connections(), 0U);
}

TEST_F(NetworkTest, a_lost_host_says_nothing_and_a_new_run_resets_what_it_does_not_know) {
  open();
  run();
  streams.process_ended({a, 1}, false);
  run();
  EXPECT_EQ(heard[b].back().what, What::accepted);
  streams.write(heard[b].front().end, {1});
  run();
  ASSERT_EQ(heard[b].back().what, What::closed);
  EXPECT_EQ(heard[b].back().why, StreamEnd::reset);
}

TEST_F(NetworkTest, a_refused_accept_is_a_reset_for_the_opener) {
  open();
  while (heard[b].empty()) {
    const Scheduled event = queue.pop();
    streams.on_segment(event.index, event.detail);
  }
  streams.refuse(heard[b][0].end);
  run();
  EXPECT_EQ(heard[a].back().why, StreamEnd::reset);
}

}  // namespace
}  // namespace swim::sim
