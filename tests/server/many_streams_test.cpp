// 256 watchers and 256 subscribers at once, of which one each never reads: nobody else notices, and
// it is told when it reads again.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "core/base/limits.hpp"
#include "tests/server/messages.hpp"

namespace swim::server {
namespace {

using testing::Folder;
using testing::Node;
using testing::send;
using testing::wait_until;

// Reads by gRPC's own threads. Asleep: reads until the first response, then not before wake().
template <class Response>
class Reader : public grpc::ClientReadReactor<Response> {
 public:
  void start() {
    this->AddHold();
    this->StartRead(&response_);
    this->StartCall();
  }
  void end() {
    context.TryCancel();
    this->RemoveHold();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }
  void sleep() { asleep_ = true; }
  void wake() {
    asleep_ = false;
    this->StartRead(&response_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) {
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      take(response_);
    }
    started = true;
    if (!asleep_) {
      this->StartRead(&response_);
    }
  }
  void OnDone(const grpc::Status& /*status*/) override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }

  grpc::ClientContext context;
  std::atomic<bool> started{};

 protected:
  virtual void take(const Response& response) = 0;
  mutable std::mutex mutex_;

 private:
  std::condition_variable changed_;
  Response response_;
  std::atomic<bool> asleep_{};
  bool done_{};
};

struct Watching final : Reader<pb::WatchMembersResponse> {
  void take(const pb::WatchMembersResponse& response) override {
    if (response.snapshot().begin()) {
      reasons.push_back(response.snapshot().reason());
    }
    for (const pb::Member& member : response.snapshot().members()) {
      step = member.labels().contains("step") ? member.labels().at("step") : "";
    }
    for (const pb::MemberEvent& event : response.events().events()) {
      step = event.member().labels().at("step");
    }
  }
  bool knows(const std::string& wanted) const {
    const std::lock_guard lock(mutex_);
    return step == wanted;
  }
  pb::WatchMembersRequest request;
  std::string step;
  std::vector<pb::MemberSnapshot::Reason> reasons;
};

struct Subscribing final : Reader<pb::SubscribeResponse> {
  void take(const pb::SubscribeResponse& response) override {
    got += static_cast<unsigned>(response.messages().messages_size());
    missed += response.gap().missed();
    gaps += response.has_gap() ? 1 : 0;
  }
  std::uint64_t accounted() const {
    const std::lock_guard lock(mutex_);
    return got + missed;
  }
  pb::SubscribeRequest request;
  std::uint64_t got{};
  std::uint64_t missed{};
  int gaps{};
};

template <class One>
std::vector<std::unique_ptr<One>> some(std::size_t count) {
  std::vector<std::unique_ptr<One>> made;
  for (std::size_t i = 0; i < count; ++i) {
    made.push_back(std::make_unique<One>());
  }
  made.front()->sleep();
  return made;
}

template <class One>
void end_from(std::vector<std::unique_ptr<One>>& streams, std::size_t first) {
  for (std::size_t i = first; i < streams.size(); ++i) {
    streams[i]->end();
  }
  streams.resize(first);
}

class ManyStreams : public ::testing::Test {
 protected:
  void SetUp() override {
    for (auto& one : watching) {
      node.members->async()->WatchMembers(&one->context, &one->request, one.get());
      one->start();
    }
    for (auto& one : subscribing) {
      one->request.add_topics("t");
      node.messages->async()->Subscribe(&one->context, &one->request, one.get());
      one->start();
    }
    ASSERT_TRUE(wait_until([&] {
      return std::ranges::all_of(watching, [](const auto& one) { return one->started.load(); }) &&
             std::ranges::all_of(subscribing, [](const auto& one) { return one->started.load(); });
    }));
    EXPECT_EQ(node.streams(), 2 * count);
  }
  void TearDown() override {
    end_from(watching, 0);
    end_from(subscribing, 0);
    EXPECT_TRUE(wait_until([&] { return node.streams() == 0; }));
  }
  // All but the sleepers have them, in one piece.
  void change_and_send(std::size_t changes, std::uint64_t messages, const std::string& payload) {
    for (std::size_t i = 0; i < changes; ++i) {
      ASSERT_TRUE(node.set_label("step", std::to_string(++step)).ok());
    }
    for (std::uint64_t i = 0; i < messages; ++i) {
      ASSERT_TRUE(send(node, "self", payload).ok());
      ++sent;
      ASSERT_TRUE(wait_until([&] {
        return std::all_of(subscribing.begin() + 1, subscribing.end(),
                           [&](const auto& one) { return one->accounted() == sent; });
      }));
    }
    EXPECT_TRUE(wait_until([&] {
      return std::all_of(watching.begin() + 1, watching.end(),
                         [&](const auto& one) { return one->knows(std::to_string(step)); });
    }));
    EXPECT_TRUE(std::all_of(subscribing.begin() + 1, subscribing.end(),
                            [](const auto& one) { return one->gaps == 0; }));
    EXPECT_TRUE(std::all_of(watching.begin() + 1, watching.end(),
                            [](const auto& one) { return one->reasons.size() == 1; }));
  }

  static constexpr std::size_t count = 256;
  const Folder folder;
  Node node{folder, "one"};
  std::vector<std::unique_ptr<Watching>> watching = some<Watching>(count);
  std::vector<std::unique_ptr<Subscribing>> subscribing = some<Subscribing>(count);
  std::size_t step{};
  std::uint64_t sent{};
};

TEST_F(ManyStreams, those_that_never_read_harm_nobody_and_are_told_when_they_do) {
  change_and_send(100, 20, "small");
  // Until both rings have passed the sleepers by; a few to read along are enough for that.
  end_from(watching, 4);
  end_from(subscribing, 4);
  change_and_send(limits::event_log_events + 4096, 48, std::string(1 << 20, 'x'));
  watching.front()->wake();
  EXPECT_TRUE(wait_until([&] { return watching.front()->knows(std::to_string(step)); }));
  EXPECT_EQ(watching.front()->reasons.back(), pb::MemberSnapshot::REASON_OVERFLOW);
  subscribing.front()->wake();
  EXPECT_TRUE(wait_until([&] { return subscribing.front()->accounted() == sent; }));
  EXPECT_GT(subscribing.front()->gaps, 0);
}

}  // namespace
}  // namespace swim::server
