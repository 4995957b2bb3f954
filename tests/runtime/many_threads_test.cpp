// What the seed's containers promise under concurrent use, kept here by one engine thread behind a
// mailbox: many threads change and ask one running node at once, and nothing is lost or doubled.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <latch>
#include <map>
#include <set>
#include <thread>

#include "tests/runtime/support.hpp"

namespace swim::runtime::testing {
namespace {

void on_all(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::vector<std::thread> threads;
  std::latch together(static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&work, &together, i] {
      together.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

// Payloads by their topic, in the order in which they arrived.
std::map<std::string, std::vector<std::string>> arrived(const Node& node) {
  std::map<std::string, std::vector<std::string>> by_topic;
  for (const MessageReceived& message : messages(node)) {
    by_topic[message.topic].emplace_back(as_text(*message.payload));
  }
  return by_topic;
}

TEST(ManyThreads, test_broadcast_queue_concurrent) {
  constexpr std::size_t senders = 6;
  constexpr std::size_t each = 150;
  const auto nodes = cluster(3);
  std::atomic<std::size_t> refused{0};
  on_all(senders, [&](std::size_t sender) {
    for (std::size_t i = 0; i < each; ++i) {
      const auto said = ask<void>([&](auto done) {
        return nodes[0]->broadcast("t" + std::to_string(sender),
                                   to_vector(as_bytes(std::to_string(i))), "", {}, std::move(done));
      });
      refused += said ? 0 : 1;
    }
  });
  EXPECT_EQ(refused, 0U);
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < each; ++i) {
    expected.push_back(std::to_string(i));
  }
  for (const Node& node : nodes) {
    ASSERT_TRUE(wait_until([&] { return node->messages().last() >= senders * each; }))
        << node->node_name() << " has " << node->messages().last();
    const auto by_topic = arrived(node);
    ASSERT_EQ(by_topic.size(), senders) << node->node_name();
    for (const auto& [topic, payloads] : by_topic) {
      EXPECT_EQ(payloads, expected) << topic << " at " << node->node_name();
    }
  }
  EXPECT_TRUE(wait_until([&] { return nodes[0]->view()->stats.broadcasts_queued == 0; }));
}

// A reader's look at the list while members come and go: whole, and never behind an earlier look.
void look(const Node& node, std::uint64_t& revision) {
  const auto snapshot = node->snapshot();
  ASSERT_GE(snapshot->revision, revision);
  revision = snapshot->revision;
  std::set<std::string> names;
  for (const MemberPtr& member : snapshot->members) {
    ASSERT_TRUE(names.insert(member->name).second) << member->name << " is there twice";
    ASSERT_LE(member->revision, revision) << member->name;
  }
  ASSERT_TRUE(names.contains(node->node_name()));
}

TEST(ManyThreads, test_membership_concurrent_add_remove) {
  constexpr std::size_t comers = 4;
  constexpr std::size_t rounds = 3;
  const Node seed_node = start("seed");
  std::vector<Node> staying(comers);
  std::atomic<bool> over{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      std::uint64_t revision = 0;
      while (!over) {
        look(seed_node, revision);
        std::this_thread::yield();
      }
    });
  }
  on_all(comers, [&](std::size_t comer) {
    for (std::size_t round = 0; round <= rounds; ++round) {
      const std::string name = "m" + std::to_string(comer) + "." + std::to_string(round);
      Node node = start(name, {seed_node.seed_text()});
      ASSERT_TRUE(wait_until([&] { return seed_node.sees(name, MemberStatus::alive); })) << name;
      if (round == rounds) {
        staying[comer] = std::move(node);
        return;
      }
      ASSERT_TRUE(ask<LeaveReport>([&](auto done) { return node->leave(std::move(done)); }));
      ASSERT_TRUE(wait_until([&] { return seed_node.sees(name, MemberStatus::left); })) << name;
    }
  });
  over = true;
  for (std::thread& reader : readers) {
    reader.join();
  }
  EXPECT_TRUE(wait_until([&] { return seed_node.alive() == comers + 1; }));
  EXPECT_EQ(seed_node->snapshot()->members.size(), 1 + comers * (rounds + 1))
      << "everybody who ever came";
  for (std::size_t comer = 0; comer < comers; ++comer) {
    for (std::size_t round = 0; round <= rounds; ++round) {
      const std::string name = "m" + std::to_string(comer) + "." + std::to_string(round);
      EXPECT_TRUE(seed_node.sees(name, round == rounds ? MemberStatus::alive : MemberStatus::left))
          << name;
    }
  }
  EXPECT_TRUE(wait_until([&] {
    const Stats stats = seed_node->view()->stats;
    return stats.members_alive == comers + 1 && stats.members_left == comers * rounds;
  })) << "the counts are those of the list";
}

TEST(ManyThreads, test_pending_acks_concurrent) {
  constexpr std::size_t askers = 6;
  constexpr std::size_t each = 60;
  Options patient = options_for("n0");
  patient.engine.probe_deadline = patience;
  std::vector<Node> nodes;
  nodes.push_back(start(std::move(patient)));
  for (const char* name : {"n1", "n2", "n3"}) {
    nodes.push_back(start(name, {nodes[0].seed_text()}));
  }
  ASSERT_TRUE(wait_until([&] { return nodes[0].alive() == 4; }));
  std::atomic<std::size_t> answered{0};
  std::atomic<std::size_t> unknown{0};
  on_all(askers, [&](std::size_t asker) {
    for (std::size_t i = 0; i < each; ++i) {
      const std::size_t whom = (asker + i) % 4;
      const std::string name = whom == 0 ? "nobody" : "n" + std::to_string(whom);
      const auto pong =
          ask<Duration>([&](auto done) { return nodes[0]->ping(name, std::move(done)); });
      if (whom != 0) {
        ASSERT_TRUE(pong) << name << ": " << pong.error().what;
        EXPECT_GT(*pong, Duration{});
        ++answered;
      } else {
        ASSERT_FALSE(pong);
        EXPECT_EQ(pong.error().code, Errc::unknown_member);
        ++unknown;
      }
    }
  });
  EXPECT_EQ(answered, askers * each * 3 / 4);
  EXPECT_EQ(unknown, askers * each / 4);
  EXPECT_TRUE(wait_until([&] { return nodes[0]->view()->stats.pending_acks == 0; }))
      << "no waiter is left over";
}

}  // namespace
}  // namespace swim::runtime::testing
