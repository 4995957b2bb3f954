// A client that applies the three rules of WatchMembers always holds the true view, or with a
// filter the part that this selects: whatever changes, however slowly it reads, from whichever
// token it goes on, and through restarts of the node. Its map is compared with what the node's view
// was at the revision that it was told.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "server/convert.hpp"
#include "server/watch_feed.hpp"
#include "tests/unit/server/feeds.hpp"
#include "tests/unit/server/members.hpp"

namespace swim::server {
namespace {

// A member as it is compared: its status and the label that filters look at.
using Face = std::pair<pb::MemberStatus, std::string>;
using View = std::map<std::string, Face>;

enum class Act : std::uint8_t { change, app, expire, publish, read, reconnect, go_back, restart };

struct Step {
  Act act{};
  unsigned a{}, b{};

  friend std::ostream& operator<<(std::ostream& out, const Step& step) {
    static constexpr const char* names[] = {"change", "app",       "expire",  "publish",
                                            "read",   "reconnect", "go_back", "restart"};
    return out << names[static_cast<int>(step.act)] << " " << step.a << " " << step.b;
  }
};

rc::Gen<Step> gen_step() {
  return rc::gen::construct<Step>(rc::gen::weightedElement<Act>({{12, Act::change},
                                                                 {2, Act::app},
                                                                 {2, Act::expire},
                                                                 {4, Act::publish},
                                                                 {8, Act::read},
                                                                 {2, Act::reconnect},
                                                                 {2, Act::go_back},
                                                                 {1, Act::restart}}),
                                  rc::gen::inRange(0U, 16U), rc::gen::inRange(0U, 16U));
}

// A node made by hand, and what its view was at each revision of this run.
class Node {
 public:
  explicit Node(std::size_t log_entries) : log_entries_(log_entries) { restart(); }

  void restart() {
    origin_ = std::make_shared<StreamOrigin>(++boot_);
    watched_.emplace();
    log_ = std::make_shared<runtime::EventLog<MemberEvent>>(log_entries_);
    runs_.push_back({origin_, log_});  // watches of an earlier run may still be there
    members_.clear();
    views_ = {View{}};
    publish();
  }
  void change(unsigned who, unsigned how) {
    const std::string name = "m" + std::to_string(who % 6);
    const MemberPtr before = members_[name];
    members_[name] = testing::member(name, static_cast<MemberStatus>(how % 5),
                                     {{"role", how % 2 == 0 ? "web" : "db"}});
    append(EventType::updated, members_[name], before);
  }
  // Neither its status nor its labels change.
  void change_app(unsigned who, unsigned how) {
    const auto found = members_.find("m" + std::to_string(who % 6));
    if (found != members_.end()) {
      append(how % 2 == 0 ? EventType::app_lost : EventType::app_back, found->second,
             found->second);
    }
  }
  void expire(unsigned who) {
    const auto found = members_.find("m" + std::to_string(who % 6));
    if (found != members_.end()) {
      const MemberPtr gone = found->second;
      members_.erase(found);
      append(EventType::expired, gone, gone);
    }
  }
  // As the runtime does it: the snapshot lags behind the log.
  void publish() {
    auto made = std::make_shared<Snapshot>();
    made->revision = views_.size() - 1;
    for (const auto& [name, one] : members_) {
      made->members.push_back(one);
    }
    snapshot_ = std::move(made);
  }
  WatchFeed watch(const MemberFilter& filter, const std::string& token) {
    return {[this] { return snapshot_; }, gate_,
            watched_->get(filter.key(), *log_, filter, *origin_), token};
  }
  const View& at(std::uint64_t revision) const { return views_.at(revision); }
  std::uint64_t revision() const { return views_.size() - 1; }

 private:
  void append(EventType type, const MemberPtr& about, const MemberPtr& before) {
    View view;
    for (const auto& [name, one] : members_) {
      view[name] = {to_proto(one->status), wire::decode_labels(one->metadata)->at("role")};
    }
    views_.push_back(std::move(view));
    log_->append(testing::event(views_.size() - 1, type, about, before));
  }

  const std::size_t log_entries_;
  std::shared_ptr<runtime::EventLog<MemberEvent>> log_;
  std::shared_ptr<StreamOrigin> origin_;
  std::optional<Shared<MemberSelection>> watched_;
  std::vector<std::pair<std::shared_ptr<StreamOrigin>, std::shared_ptr<void>>> runs_;
  std::map<std::string, MemberPtr> members_;
  std::vector<View> views_;  // index = revision
  std::shared_ptr<const Snapshot> snapshot_;
  std::uint64_t boot_{0xB007};
  FanOut fan_out_;
  StreamGate gate_{10, fan_out_, [](bool) { return Expected<void>(); }};
};

// What a client keeps, and may have kept on a disk at some time.
struct Kept {
  View map;
  std::string token;
};

// The three rules.
void take(const pb::WatchMembersResponse& response, Kept& kept) {
  const auto put = [&kept](const pb::Member& member) {
    kept.map[member.name()] = {member.status(), member.labels().at("role")};
  };
  if (response.snapshot().begin()) {
    kept.map.clear();
  }
  for (const pb::Member& member : response.snapshot().members()) {
    put(member);
  }
  for (const pb::MemberEvent& event : response.events().events()) {
    RC_ASSERT(!event.no_longer_matches() || kept.map.contains(event.member().name()));
    if (event.type() == pb::MemberEvent::TYPE_EXPIRED || event.no_longer_matches()) {
      kept.map.erase(event.member().name());
    } else {
      put(event.member());
    }
  }
  kept.token = response.resume_token();
}

struct FilterCase {
  std::vector<MemberStatus> statuses;
  std::string selector;

  bool is_none() const { return statuses.empty() && selector.empty(); }
  bool lets_through(const Face& face) const {
    return (selector.empty() || "role=" + face.second == selector) &&
           (statuses.empty() || std::ranges::any_of(statuses, [&face](MemberStatus one) {
              return to_proto(one) == face.first;
            }));
  }
  View of(const View& view) const {
    View some;
    for (const auto& [name, face] : view) {
      if (lets_through(face)) {
        some.emplace(name, face);
      }
    }
    return some;
  }
};

class Run {
 public:
  Run(std::size_t log_entries, FilterCase which)
      : node_(log_entries),
        case_(std::move(which)),
        filter_(*MemberFilter::make(case_.statuses, case_.selector)),
        feed_(node_.watch(filter_, "")) {}

  void act(const Step& step) {
    switch (step.act) {
      case Act::change:
        return node_.change(step.a, step.b);
      case Act::app:
        return node_.change_app(step.a, step.b);
      case Act::expire:
        return node_.expire(step.a);
      case Act::publish:
        return node_.publish();
      case Act::read:
        for (unsigned i = 0; i <= step.a && read(); ++i) {
        }
        return;
      case Act::go_back:
        // Another process of the same client, with what it wrote down then.
        if (!history_.empty()) {
          kept_ = history_[step.a % history_.size()];
        }
        return reconnect();
      case Act::restart:
        node_.restart();
        return reconnect();
      case Act::reconnect:
        return reconnect();
    }
  }
  // From here on it reads until it knows everything.
  void settle() {
    node_.publish();
    while (read()) {
    }
    RC_ASSERT(kept_.map == case_.of(node_.at(node_.revision())));
  }

 private:
  void reconnect() { feed_.emplace(node_.watch(filter_, kept_.token)); }
  bool read() {
    pb::WatchMembersResponse response;
    if (!testing::next(*feed_, response)) {
      return false;
    }
    for (const pb::MemberEvent& event : response.events().events()) {
      RC_ASSERT(!case_.is_none() || !event.no_longer_matches());
    }
    take(response, kept_);
    history_.push_back(kept_);
    if (!response.has_snapshot() || response.snapshot().end()) {
      RC_ASSERT(kept_.map == case_.of(node_.at(response.revision())));
    }
    return true;
  }

  Node node_;
  FilterCase case_;
  MemberFilter filter_;
  std::optional<WatchFeed> feed_;
  Kept kept_;
  std::vector<Kept> history_;
};

RC_GTEST_PROP(WatchProperty, the_three_rules_always_give_the_true_view, ()) {
  const std::vector<FilterCase> cases{{{}, ""},
                                      {{}, "role=web"},
                                      {{MemberStatus::alive, MemberStatus::suspect}, ""},
                                      {{MemberStatus::alive}, "role=db"}};
  Run run(*rc::gen::inRange<std::size_t>(1, 12), *rc::gen::elementOf(cases));
  for (const Step& step : *rc::gen::container<std::vector<Step>>(gen_step())) {
    run.act(step);
  }
  run.settle();
}

}  // namespace
}  // namespace swim::server
