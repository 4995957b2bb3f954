// Watchers of one daemon, each with a connection of its own, and what they measured. Times are of
// the steady clock, in nanoseconds; an event carries the one of its making in the label `t`.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bench/watch/daemon.hpp"

namespace swim::bench {

inline std::int64_t nanoseconds_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Changes of the daemon's own labels, each an event.
class Source {
 public:
  explicit Source(const Daemon& daemon)
      : stub_(::swim::v1::MembershipService::NewStub(daemon.channel())) {}
  // What is in the event.
  std::string change() {
    grpc::ClientContext context;
    ::swim::v1::UpdateLocalMemberRequest request;
    const std::string stamp = std::to_string(nanoseconds_now());
    (*request.mutable_labels())["t"] = stamp;
    ::swim::v1::UpdateLocalMemberResponse response;
    if (!stub_->UpdateLocalMember(&context, request, &response).ok()) {
      throw std::runtime_error("UpdateLocalMember failed");
    }
    return stamp;
  }

 private:
  std::unique_ptr<::swim::v1::MembershipService::Stub> stub_;
};

class Watcher final : public grpc::ClientReadReactor<::swim::v1::WatchMembersResponse> {
 public:
  // `selector`: "never=there" lets nothing through. Asleep: reads the snapshot, then nothing until
  // wake().
  Watcher(const Daemon& daemon, const std::string& selector, bool asleep)
      : stub_(::swim::v1::MembershipService::NewStub(daemon.channel())), asleep_(asleep) {
    ::swim::v1::WatchMembersRequest request;
    request.mutable_filter()->set_label_selector(selector);
    request.mutable_bookmark_interval()->set_seconds(300);  // it is no cost of an event
    request_ = request;
    stub_->async()->WatchMembers(&context_, &request_, this);
    AddHold();
    StartRead(&response_);
    StartCall();
  }
  ~Watcher() override {
    context_.TryCancel();
    RemoveHold();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  void wait_in_sync() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return in_sync_ || done_; });
  }
  void wake() {
    {
      const std::lock_guard lock(mutex_);
      asleep_ = false;
    }
    StartRead(&response_);
  }
  // From before the call that makes an event to its arrival here.
  std::vector<std::int64_t> take_latencies() {
    const std::lock_guard lock(mutex_);
    return std::exchange(latencies_, {});
  }
  std::string last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  int overflows() const {
    const std::lock_guard lock(mutex_);
    return overflows_;
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      return;
    }
    const std::lock_guard lock(mutex_);
    const std::int64_t now = nanoseconds_now();
    for (const auto& event : response_.events().events()) {
      note(event.member());
      if (!last_.empty()) {
        latencies_.push_back(now - std::stoll(last_));
      }
    }
    for (const auto& member : response_.snapshot().members()) {
      note(member);
    }
    if (response_.snapshot().end()) {
      in_sync_ = true;
      overflows_ += response_.snapshot().reason() == ::swim::v1::MemberSnapshot::REASON_OVERFLOW;
      changed_.notify_all();
    }
    if (!asleep_ || !in_sync_) {
      StartRead(&response_);
    }
  }
  void OnDone(const grpc::Status& /*status*/) override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }

 private:
  void note(const ::swim::v1::Member& member) {
    if (const auto found = member.labels().find("t"); found != member.labels().end()) {
      last_ = found->second;
    }
  }

  std::unique_ptr<::swim::v1::MembershipService::Stub> stub_;
  grpc::ClientContext context_;
  ::swim::v1::WatchMembersRequest request_;
  ::swim::v1::WatchMembersResponse response_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::int64_t> latencies_;
  std::string last_;
  int overflows_{};
  bool asleep_;
  bool in_sync_{};
  bool done_{};
};

using Watchers = std::vector<std::unique_ptr<Watcher>>;

}  // namespace swim::bench
