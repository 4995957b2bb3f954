// What a member costs, counted: 5,000 nodes of one simulated world hold 25 million records (issue
// of the simulated worlds: at most 160 bytes each).
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/alloc_counter.hpp"
#include "tests/support/sealed_peer.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t members = 1'000;
constexpr std::uint64_t life = 1'750'000'000;

// As members of a Kubernetes cluster describe themselves.
Description member(std::size_t index) {
  Description about;
  about.name = "web-" + std::to_string(100'000 + index) + ".production";
  about.incarnation = {life, 1'000 + index, 1};
  about.address = Endpoint::v4(10, 1, static_cast<std::uint8_t>(index / 250),
                               static_cast<std::uint8_t>(index % 250), 7946);
  about.metadata = ByteVector(40, 'm');
  about.zone = "eu-central-1a";
  about.inbox = 50'000 + index;
  return about;
}

// Made before anything is counted: of these all engines of a world hold the same.
class Known final : public Descriptions {
 public:
  Known() {
    for (std::size_t i = 0; i < members; ++i) {
      Description about = member(i);
      std::string name = about.name;
      known_.emplace(std::move(name), share(std::move(about)));
    }
  }
  DescriptionPtr keep(const wire::Descriptor& heard) override {
    const auto found = known_.find(std::string(heard.node.name));
    return found != known_.end() ? found->second : share(Description(heard));
  }

 private:
  std::map<std::string, DescriptionPtr> known_;
};

void hear_of_all(test::SealedPeer& peer) {
  for (std::size_t i = 0; i < members; ++i) {
    const Description about = member(i);
    peer.hear(wire::Alive{.descriptor = descriptor_of(about),
                          .claim = {.incarnation = about.incarnation}});
  }
}

// It gossips what it heard, but no probe fails yet.
double bytes_a_member(test::SealedPeer& peer) {
  const std::int64_t before = test::thread_live_bytes();
  hear_of_all(peer);
  peer.run_for(90ms);
  const std::int64_t bytes = test::thread_live_bytes() - before;
  EXPECT_EQ(peer.engine().stats().members_alive, members + 2);
  EXPECT_GT(peer.engine().stats().updates_gossiped, 0U);
  return static_cast<double>(bytes) / members;
}

TEST(RecordMemoryTest, a_member_costs_at_most_160_bytes_beside_what_it_says_of_itself) {
  Known known;
  test::SealedPeer sharing(&known);
  const double record = bytes_a_member(sharing);
  test::SealedPeer alone;
  const double whole = bytes_a_member(alone);
  const std::int64_t before = test::thread_live_bytes();
  const std::size_t listed = alone.engine().snapshot().members.size();
  const auto views = static_cast<double>(test::thread_live_bytes() - before) / members;
  EXPECT_EQ(listed, members + 2);
  std::printf("bytes a member: record and tables %.1f, its description %.1f, its view %.1f\n",
              record, whole - record, views);
  RecordProperty("bytes_a_record", static_cast<int>(record));
  EXPECT_LE(record, 160.0);
  EXPECT_LE(whole - record, 480.0);
  EXPECT_GT(whole - record, 100.0) << "the first engine shared its descriptions";
}

}  // namespace
}  // namespace swim
