// What one thing may take from all others: datagrams, their order, and streams.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/sealed_peer.hpp"
#include "tests/unit/engine/engine_among.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

Config narrow() {
  Config config;
  config.datagram_bytes = limits::datagram_bytes_min;
  config.sync_interval = 1h;
  return config;
}

// Labels of so many bytes.
Expected<void> set_labels(test::EngineAmong& among, std::size_t bytes) {
  return among.tell([&](Engine& engine, Moment now) {
    return engine.update_metadata(ByteVector(bytes, 'x'), std::nullopt, now);
  });
}

// Sets the most that there is room for, and says how many bytes that is.
std::size_t most_labels(test::EngineAmong& among) {
  std::size_t most = 0;
  while (set_labels(among, most + 1)) {
    ++most;
  }
  return most;
}

// They have wider datagrams, or had when they told us.
TEST(Gossip, records_that_fit_no_datagram_do_not_keep_others_from_being_told) {
  const ByteVector labels(limits::metadata_bytes_max, 'x');
  test::EngineAmong among{12, narrow()};
  among.run_for(5s);
  std::set<std::string> told;
  among.on_said([&](std::size_t, std::size_t, const wire::Message& message) {
    if (const auto* alive = std::get_if<wire::Alive>(&message)) {
      told.emplace(alive->descriptor.node.name);
    }
  });
  for (std::size_t peer = 0; peer < 10; ++peer) {
    wire::Alive wide = among.alive(peer);
    wide.descriptor.node.metadata = labels;
    wide.descriptor.incarnation.count = wide.claim.incarnation.count = 1;
    among.hear(11, wide);
  }
  wire::Alive news = among.alive(10);
  news.descriptor.incarnation.count = news.claim.incarnation.count = 1;
  among.hear(11, news);
  among.run_for(2s);
  EXPECT_TRUE(told.contains("p10"));
  EXPECT_FALSE(told.contains("p0"));
  EXPECT_EQ(among.stats().updates_queued, 0U) << "full comparisons carry them";
}

TEST(Gossip, an_own_record_that_fits_no_datagram_is_refused) {
  const ByteVector labels(limits::metadata_bytes_max, 'x');
  test::EngineAmong among{1, narrow()};
  const auto updated = set_labels(among, labels.size());
  ASSERT_FALSE(updated);
  EXPECT_EQ(updated.error().code, Errc::too_large);
  EXPECT_NE(updated.error().what.find("gossip.datagram-bytes"), std::string::npos);

  test::CountedIds ids;
  test::NoTrace sink;
  const auto created = Engine::create(
      narrow(), LocalMember{"self", Endpoint::v4(10, 0, 0, 1, 7946), labels, {}}, "test",
      test::SealedPeer::keys(), 1, Engine::Seams{ids, sink}, Moment{among.time(), WallTime{}});
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, Errc::invalid_argument);
  EXPECT_NE(created.error().what.find("gossip.datagram-bytes"), std::string::npos);
}

TEST(Gossip, an_own_record_that_fits_fits_while_it_leaves_too) {
  test::EngineAmong among{1, narrow()};
  among.run_for(5s);
  const std::size_t most = most_labels(among);
  bool told = false;
  among.on_said([&](std::size_t, std::size_t, const wire::Message& message) {
    const auto* alive = std::get_if<wire::Alive>(&message);
    told = told || (alive != nullptr && alive->descriptor.node.name == "self" &&
                    alive->claim.leaving && alive->descriptor.node.metadata.size() == most);
  });
  ASSERT_TRUE(among.tell([&](Engine& engine, Moment now) { return engine.drain(10s, now); }));
  among.run_for(2s);
  EXPECT_TRUE(told);
  EXPECT_TRUE(set_labels(among, most)) << "and while it leaves";
}

TEST(Gossip, an_app_for_which_a_datagram_has_no_room_is_refused) {
  test::EngineAmong among{1, narrow()};
  const auto attach = [&](const std::string& app) {
    return among.tell([&](Engine& engine, Moment now) { return engine.attach(app, now); });
  };
  const std::size_t most = most_labels(among);
  ASSERT_GT(most, 100U);
  const auto refused = attach("web");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
  EXPECT_NE(refused.error().what.find("gossip.datagram-bytes"), std::string::npos);
  EXPECT_EQ(among.stats().apps_attached, 0U);
  // How many there are, then the one's length, name and state.
  const std::size_t room = 1 + 1 + (1 + 3) + (1 + 4);
  ASSERT_TRUE(set_labels(among, most - room));
  for (int i = 0; i < 20; ++i) {  // more changes than are told at once
    const auto id = attach("web");
    ASSERT_TRUE(id);
    among.tell([&](Engine& engine, Moment now) {
      engine.detach_app(*id, now);
      return true;
    });
  }
  EXPECT_TRUE(attach("web"));
  EXPECT_FALSE(set_labels(among, most - room + 1))
      << "the app has its place, though it is not told yet";
}

// A seed that was not asked is still to be asked (PeerList::called).
TEST(Join, who_had_no_turn_before_the_end_was_not_asked) {
  test::EngineAmong among{1, Config{}};
  std::vector<Endpoint> seeds;
  for (std::uint8_t host = 1; host <= limits::join_parallel_dials + 2; ++host) {
    seeds.push_back(Endpoint::v4(10, 0, 7, host, 7946));
  }
  const auto operation =
      among.tell([&](Engine& engine, Moment now) { return engine.join(seeds, now); });
  ASSERT_TRUE(operation);
  among.run_for(Config{}.join_timeout);
  const auto answer = among.answer_to(*operation);
  ASSERT_TRUE(answer);
  std::map<Errc, std::size_t> ends;
  for (const SeedResult& seed : answer->second.seeds) {
    ++ends[seed.error.code];
  }
  EXPECT_EQ(ends, (std::map<Errc, std::size_t>{{Errc::timeout, limits::join_parallel_dials},
                                               {Errc::queue_full, 2}}));
}

// An application that sends more than the socket takes would make this node look dead.
TEST(Outbox, what_the_application_sends_waits_for_what_others_wait_for) {
  test::EngineAmong among{2, Config{}};
  among.run_for(1s);
  std::vector<std::string> said;
  among.on_said([&](std::size_t, std::size_t place, const wire::Message& message) {
    if (place == 0) {
      said.emplace_back(std::holds_alternative<wire::UserMsg>(message) ? "user" : "protocol");
    }
  });
  among.tell([&](Engine& engine, Moment now) {
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(engine.send_datagram("p0", "t", {}, {}, now));
    }
    EXPECT_TRUE(engine.ping("p1", now));
    return true;
  });
  EXPECT_EQ(said, (std::vector<std::string>{"protocol", "user", "user", "user"}));
}

TEST(Streams, sends_leave_places_to_all_else) {
  test::EngineAmong among{2, Config{}};
  const auto send = [&] {
    return among.tell(
        [&](Engine& engine, Moment now) { return engine.send_stream("p0", "t", {}, {}, now); });
  };
  std::size_t sends = 0;
  while (send()) {
    ++sends;
    ASSERT_LT(sends, limits::streams_max);
  }
  EXPECT_EQ(sends, limits::streams_max - 64);
  EXPECT_EQ(send().error().code, Errc::queue_full);
  const std::vector<Endpoint> seed{Endpoint::v4(10, 0, 7, 7, 7946)};
  const auto joined =
      among.tell([&](Engine& engine, Moment now) { return engine.join(seed, now); });
  EXPECT_TRUE(joined);
  EXPECT_EQ(among.stats().streams_open, sends + 1);
}

}  // namespace
}  // namespace swim
