#include "core/runtime/remembered_peers.hpp"

#include <algorithm>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "core/runtime/peer_file.hpp"
#include "core/runtime/runtime.hpp"

namespace swim::runtime {

namespace {
constexpr Duration write_interval = std::chrono::seconds(5);
}  // namespace

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
  std::erase_if(*peers, hooks_.is_self);
  peers_.remember(std::move(*peers));
}

std::optional<TimePoint> RememberedPeers::next_due() const {
  return look_due_;
}

void RememberedPeers::on_time(const Snapshot& snapshot) {
  const TimePoint now = hooks_.now();
  if (now < look_due_) {
    return;
  }
  look_due_ = now + PeerCalls::look_interval;
  changed_ = peers_.update(snapshot, now) || changed_;
  call(snapshot);
  if (changed_ && !writing_ && !path_.empty() && now >= write_due_) {
    save();
  }
}

void RememberedPeers::call(const Snapshot& snapshot) {
  std::vector<Endpoint> called = calls_.next(snapshot, peers_, hooks_.now());
  if (!called.empty()) {
    hooks_.join(std::move(called), [this](const std::vector<SeedResult>& results) {
      peers_.called(results);
      calls_.answered(hooks_.now());
    });
  }
}

void RememberedPeers::save() {
  changed_ = false;
  writing_ = true;
  auto work = [this, writer = writer_, path = path_,
               text = encode_peers(cluster_label_, peers_.all())] {
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
