// A subscriber gets each message that it wants once and in order, or is told of a loss: however
// slowly it reads, from whichever token it goes on, and through restarts of the node.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "server/subscribe_feed.hpp"
#include "tests/unit/server/feeds.hpp"

namespace swim::server {
namespace {

namespace pb = ::swim::v1;

enum class Act : std::uint8_t { arrive, read, bookmark, reconnect, go_back, restart };

struct Step {
  Act act{};
  unsigned a{}, b{};

  friend std::ostream& operator<<(std::ostream& out, const Step& step) {
    static constexpr const char* names[] = {"arrive",    "read",    "bookmark",
                                            "reconnect", "go_back", "restart"};
    return out << names[static_cast<int>(step.act)] << " " << step.a << " " << step.b;
  }
};

rc::Gen<Step> gen_step() {
  return rc::gen::construct<Step>(rc::gen::weightedElement<Act>({{16, Act::arrive},
                                                                 {6, Act::read},
                                                                 {1, Act::bookmark},
                                                                 {2, Act::reconnect},
                                                                 {2, Act::go_back},
                                                                 {1, Act::restart}}),
                                  rc::gen::inRange(0U, 16U), rc::gen::inRange(0U, 16U));
}

const std::vector<std::string> topics{"orders.new", "orders.old", "other"};

// A subscription, and what it must be told: `wanted` is all that matters of a run of the node, in
// order; a message is known by its sequence, its place in that list.
class Run {
 public:
  Run(std::size_t log_entries, bool all) : log_entries_(log_entries), all_(all) { restart(); }

  void act(const Step& step) {
    switch (step.act) {
      case Act::arrive:
        return arrive(topics[step.a % topics.size()], step.b % 4 == 0);
      case Act::read:
        for (unsigned i = 0; i <= step.a && read(); ++i) {
        }
        return;
      case Act::bookmark: {
        // Only where there is nothing else to say, as the reactor does it.
        if (!read()) {
          take(testing::bookmark<pb::SubscribeResponse>(*feed_));
        }
        return;
      }
      case Act::go_back:
        if (!history_.empty()) {
          kept_ = history_[step.a % history_.size()];
        }
        return reconnect();
      case Act::restart:
        restart();
        return reconnect();
      case Act::reconnect:
        return reconnect();
    }
  }
  void settle() {
    while (read()) {
    }
    RC_ASSERT(kept_.boot == boot_);
    // What it wants and has not got can only be what a gap spoke of, and that was checked.
    RC_ASSERT(next_wanted() == arrived_.size());
  }

 private:
  struct Arrived {
    std::string topic;
    bool own{};
  };
  // Where the client is: everything before `at` it has, doesn't want, or was told to be lost.
  struct Kept {
    std::string token;
    std::uint64_t boot{};
    std::size_t at{};
  };

  bool wanted(const Arrived& message) const {
    return all_ || (!message.own && message.topic.starts_with("orders."));
  }
  std::size_t next_wanted() const {
    std::size_t at = kept_.at;
    while (at < arrived_.size() && !wanted(arrived_[at])) {
      ++at;
    }
    return at;
  }
  TopicPatterns patterns() const {
    return *TopicPatterns::make(all_ ? std::vector<std::string>{}
                                     : std::vector<std::string>{"orders.*"});
  }
  void restart() {
    ++boot_;
    arrived_.clear();
    const bool first = !feed_;
    feed_.reset();
    origin_ = std::make_unique<StreamOrigin>(boot_);
    log_.emplace(log_entries_);
    if (first) {
      reconnect();
      kept_.boot = boot_;
    }
  }
  void reconnect() {
    if (kept_.token.empty()) {
      kept_ = {"", boot_, arrived_.size()};
    }
    feed_.emplace(std::make_shared<MessageSelection>(*log_, patterns(), all_, *origin_),
                  kept_.token);
  }
  void arrive(const std::string& topic, bool own) {
    arrived_.push_back({topic, own});
    MessageReceived message;
    message.origin = "n";
    message.topic = topic;
    message.sequence = arrived_.size();
    message.broadcast = true;
    message.own = own;
    message.payload = std::make_shared<const ByteVector>(ByteVector{1});
    log_->append(std::move(message));
  }
  bool read() {
    pb::SubscribeResponse response;
    if (!testing::next(*feed_, response)) {
      return false;
    }
    take(response);
    return true;
  }
  void take(const pb::SubscribeResponse& response) {
    if (response.has_reset()) {
      RC_ASSERT(kept_.boot != boot_);
      RC_ASSERT(response.reset().reason() == pb::MessageReset::REASON_RESTARTED);
      kept_.boot = boot_;
      kept_.at = 0;
    }
    RC_ASSERT(kept_.boot == boot_);
    for (const pb::ReceivedMessage& message : response.messages().messages()) {
      RC_ASSERT(next_wanted() + 1 == message.sequence());
      kept_.at = message.sequence();
    }
    if (response.has_gap()) {
      RC_ASSERT(response.gap().missed() > 0);
      // Not more than what is no longer there.
      RC_ASSERT(kept_.at + response.gap().missed() <= arrived_.size() - kept_entries());
      kept_.at += response.gap().missed();
      // A filter may have passed over some before it: the client is where the log begins.
      kept_.at = std::max(kept_.at, arrived_.size() - kept_entries());
    }
    kept_.token = response.resume_token();
    history_.push_back(kept_);
  }
  std::size_t kept_entries() const { return std::min(arrived_.size(), log_entries_); }

  const std::size_t log_entries_;
  const bool all_;
  std::uint64_t boot_{0xB007};
  std::vector<Arrived> arrived_;  // in this run
  std::unique_ptr<StreamOrigin> origin_;
  std::optional<runtime::EventLog<MessageEvent>> log_;
  std::optional<SubscribeFeed> feed_;
  Kept kept_;
  std::vector<Kept> history_;
};

RC_GTEST_PROP(SubscribeProperty, each_message_comes_once_and_in_order_or_its_loss_is_told, ()) {
  Run run(*rc::gen::inRange<std::size_t>(1, 12), *rc::gen::arbitrary<bool>());
  for (const Step& step : *rc::gen::container<std::vector<Step>>(gen_step())) {
    run.act(step);
  }
  run.settle();
}

}  // namespace
}  // namespace swim::server
