// Many threads change the local member of one running node, each on condition that nobody else did
// meanwhile: the seed's transactions.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <latch>
#include <map>
#include <set>
#include <thread>

#include "core/wire/labels.hpp"
#include "tests/runtime/support.hpp"

namespace swim::runtime::testing {
namespace {

constexpr int writers = 8;

// Labels that belong together, as several places that one transaction writes.
ByteVector labels_of(const std::string& value) {
  const auto encoded = wire::encode_labels({{"left", value}, {"right", value}});
  EXPECT_TRUE(encoded);
  return encoded.value_or(ByteVector{});
}

// The value that both labels have; empty where they were written apart.
std::string value_of(const MemberInfo& member) {
  const auto labels = wire::decode_labels(member.metadata);
  if (!labels || labels->size() != 2 || labels->begin()->second != labels->rbegin()->second) {
    return {};
  }
  return labels->begin()->second;
}

Expected<MemberPtr> update(const Node& node, const std::string& value, std::uint64_t expected) {
  return ask<MemberPtr>([&](auto done) {
    return node->update_metadata(labels_of(value), expected, std::move(done));
  });
}

void on_all(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back(work, i);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

// What a reader saw: the value at each revision of the member.
using Story = std::map<std::uint64_t, std::string>;

void read(const Node& node, const std::atomic<bool>& over, Story& story) {
  std::uint64_t last = 0;
  while (!over) {
    const auto snapshot = node->snapshot();
    const MemberInfo& local = *snapshot->local;
    ASSERT_GE(local.revision, last) << "a reader never goes back";
    last = local.revision;
    const std::string value = value_of(local);
    ASSERT_FALSE(value.empty()) << "half of an update at revision " << last;
    ASSERT_EQ(story.try_emplace(last, value).first->second, value)
        << "two values at revision " << last;
    std::this_thread::yield();
  }
}

TEST(Updates, test_atomic_member_update) {
  constexpr int rounds = 50;
  Options options = options_for("a");
  options.metadata = labels_of("first");
  const Node node = start(std::move(options));
  std::uint64_t expected = node->snapshot()->local->revision;
  Story won{{expected, "first"}};
  std::atomic<int> winners{0};
  std::atomic<int> conflicts{0};
  std::mutex mutex;
  std::barrier begin(writers, [&]() noexcept { expected = node->snapshot()->local->revision; });
  std::barrier end(writers);
  std::atomic<bool> over{false};
  std::vector<Story> stories(2);
  std::vector<std::thread> readers;
  for (Story& story : stories) {
    readers.emplace_back([&] { read(node, over, story); });
  }
  on_all(writers, [&](int writer) {
    for (int round = 0; round < rounds; ++round) {
      begin.arrive_and_wait();  // all have read the same revision
      const std::string value = std::to_string(round) + "." + std::to_string(writer);
      const auto updated = update(node, value, expected);
      if (updated) {
        ++winners;
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(won.try_emplace((*updated)->revision, value).second);
      } else {
        EXPECT_EQ(updated.error().code, Errc::revision_mismatch);
        ++conflicts;
      }
      end.arrive_and_wait();
      EXPECT_EQ(winners, round + 1) << "exactly one of those who wait for one revision";
    }
  });
  over = true;
  for (std::thread& reader : readers) {
    reader.join();
  }
  EXPECT_EQ(conflicts, rounds * (writers - 1));
  EXPECT_EQ(won.size(), static_cast<std::size_t>(rounds) + 1);
  EXPECT_EQ(value_of(*node->snapshot()->local), won.rbegin()->second);
  for (const Story& story : stories) {
    for (const auto& [revision, value] : story) {
      ASSERT_TRUE(won.contains(revision));
      EXPECT_EQ(won.at(revision), value) << "readers see what the winner wrote";
    }
  }
}

TEST(Updates, test_transaction_retry) {
  constexpr int each = 20;
  Options options = options_for("a");
  options.metadata = labels_of("0");
  const Node node = start(std::move(options));
  const Node other = start("b", {node.seed_text()});
  ASSERT_TRUE(wait_until([&] { return node.alive() == 2 && other.alive() == 2; }));
  std::atomic<int> conflicts{0};
  std::mutex mutex;
  std::set<std::uint64_t> revisions;
  std::latch together(writers);
  on_all(writers, [&](int) {
    bool first = true;
    for (int done = 0; done < each;) {
      const auto snapshot = node->snapshot();
      if (first) {
        together.arrive_and_wait();  // all have read the same, so the first attempts collide
        first = false;
      }
      const int count = std::stoi(value_of(*snapshot->local));
      const auto updated = update(node, std::to_string(count + 1), snapshot->local->revision);
      if (updated) {
        ++done;
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(revisions.insert((*updated)->revision).second);
        continue;
      }
      ASSERT_EQ(updated.error().code, Errc::revision_mismatch);
      ++conflicts;
    }
  });
  EXPECT_GE(conflicts, writers - 1);
  EXPECT_EQ(revisions.size(), static_cast<std::size_t>(writers) * each);
  const std::string total = std::to_string(writers * each);
  EXPECT_EQ(value_of(*node->snapshot()->local), total) << "no increment is lost";
  EXPECT_TRUE(wait_until([&] {
    const MemberPtr seen = other.member("a");
    return seen && value_of(*seen) == total;
  }));
}

}  // namespace
}  // namespace swim::runtime::testing
