#include "core/runtime/remembered_peers.hpp"

#include <algorithm>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "core/base/limits.hpp"
#include "core/runtime/peer_file.hpp"
#include "core/runtime/runtime.hpp"

namespace swim::runtime {

namespace {
constexpr Duration look_interval = std::chrono::seconds(1);
constexpr Duration write_interval = std::chrono::seconds(5);
constexpr Duration contact_pause_min = std::chrono::seconds(1);
constexpr Duration contact_pause_max = std::chrono::seconds(30);
constexpr std::size_t contacts_at_once = 8;

bool is_there(const MemberInfo& member) {
  return member.status != MemberStatus::failed && member.status != MemberStatus::left;
}

}  // namespace

std::vector<Endpoint> peers_of(const Snapshot& snapshot) {
  std::vector<Endpoint> peers;
  for (const bool there : {true, false}) {
    for (const MemberPtr& member : snapshot.members) {
      if (!member->local && member->status != MemberStatus::left && is_there(*member) == there &&
          peers.size() < limits::remembered_peers_max) {
        peers.push_back(member->address);
      }
    }
  }
  std::ranges::sort(peers);
  peers.erase(std::unique(peers.begin(), peers.end()), peers.end());
  return peers;
}

bool is_alone(const Snapshot& snapshot) {
  return std::ranges::none_of(snapshot.members, [](const MemberPtr& member) {
    return !member->local && is_there(*member);
  });
}

// Shared with the thread that writes, which may outlive the owner.
struct RememberedPeers::Writer {
  std::mutex mutex;
  std::function<void(std::function<void()>)> post;  // empty once the owner is gone
};

RememberedPeers::RememberedPeers(Hooks hooks, std::string path, std::string cluster_label)
    : hooks_(std::move(hooks)),
      path_(std::move(path)),
      cluster_label_(std::move(cluster_label)),
      writer_(std::make_shared<Writer>()) {
  writer_->post = hooks_.post;
}

RememberedPeers::~RememberedPeers() {
  const std::lock_guard lock(writer_->mutex);
  writer_->post = nullptr;
}

void RememberedPeers::load() {
  if (path_.empty()) {
    return;
  }
  auto peers = read_peers(path_, cluster_label_);
  if (!peers) {
    hooks_.log(log_warn, peers.error() +
                             "; it is not used, this node starts without remembered peers, and it "
                             "will be written anew");
    return;
  }
  peers_ = std::move(*peers);
  std::erase_if(peers_, hooks_.is_self);
}

std::optional<TimePoint> RememberedPeers::next_due() const {
  return look_due_;
}

void RememberedPeers::on_time(const Snapshot& snapshot) {
  const TimePoint now = hooks_.now();
  if (now < look_due_) {
    return;
  }
  look_due_ = now + look_interval;
  const bool alone = is_alone(snapshot);
  if (snapshot.revision != revision_) {
    revision_ = snapshot.revision;
    std::vector<Endpoint> peers = peers_of(snapshot);
    // Who knows of nobody any more keeps what it knew last.
    if (!peers.empty() && peers != peers_) {
      peers_ = std::move(peers);
      changed_ = true;
    }
  }
  if (!alone) {
    contact_pause_ = {};
  } else if (!joining_ && now >= contact_due_) {
    contact(snapshot);
  }
  if (changed_ && !writing_ && !path_.empty() && now >= write_due_) {
    save();
  }
}

void RememberedPeers::contact(const Snapshot& snapshot) {
  if (peers_.empty() || snapshot.state == NodeState::left || snapshot.conflict) {
    return;
  }
  std::vector<Endpoint> next;
  for (std::size_t i = 0; i < std::min(peers_.size(), contacts_at_once); ++i) {
    next.push_back(peers_[turn_++ % peers_.size()]);
  }
  joining_ = true;
  contact_pause_ = std::clamp(2 * contact_pause_, contact_pause_min, contact_pause_max);
  hooks_.join(std::move(next), [this](const std::vector<SeedResult>&) {
    joining_ = false;
    contact_due_ = hooks_.now() + contact_pause_;
  });
}

void RememberedPeers::save() {
  changed_ = false;
  writing_ = true;
  auto work = [this, writer = writer_, path = path_, text = encode_peers(cluster_label_, peers_)] {
    const auto written = write_peers(path, text);
    const std::lock_guard lock(writer->mutex);
    if (writer->post) {
      writer->post([this, problem = written ? std::string() : written.error()] { saved(problem); });
    }
  };
  try {
    std::thread(std::move(work)).detach();
  } catch (const std::system_error& error) {
    saved("snapshot.path " + path_ + " can't be written: no thread for it (" + error.what() + ")");
  }
}

void RememberedPeers::saved(const std::string& problem) {
  writing_ = false;
  write_due_ = hooks_.now() + write_interval;
  if (problem.empty()) {
    ++counts_.written;
    if (std::exchange(told_, false)) {
      hooks_.log(log_info, "snapshot.path " + path_ + " is written again");
    }
    return;
  }
  ++counts_.failed;
  changed_ = true;
  if (!std::exchange(told_, true)) {
    hooks_.log(log_warn, problem + "; tried again every few seconds, nothing else depends on it");
  }
}

}  // namespace swim::runtime
