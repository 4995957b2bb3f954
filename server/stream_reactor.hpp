// The gRPC side of a stream: one write in flight, the next one only when it is done, finished
// exactly once. What is written comes from a feed, which is a cursor; a client that does not read
// costs no more than that.
//
// Feed: `using Response = …;` `bool next(Response&)` — the next thing to send, false if there is
// none; `bool behind() const` — whether there was more than the last response had room for;
// `void bookmark(Response&)`. Called by one thread at a time. `audience()` — whose news it reads.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "core/runtime/clock.hpp"
#include "server/fan_out.hpp"
#include "server/status.hpp"
#include "server/stream_gate.hpp"

namespace swim::server {

template <class Feed>
class StreamReactor final : public grpc::ServerWriteReactor<typename Feed::Response>,
                            public Listener,
                            public std::enable_shared_from_this<StreamReactor<Feed>> {
 public:
  using Response = typename Feed::Response;
  using Ptr = std::shared_ptr<StreamReactor>;

  // Lives until OnDone, whoever else holds it.
  static Ptr make(FanOut& fan_out, Channel channel, StreamGate::Ticket ticket, Duration interval,
                  Feed feed) {
    Ptr reactor(new StreamReactor(fan_out, channel, std::move(ticket), interval, std::move(feed)));
    reactor->self_ = reactor;
    return reactor;
  }

  // From here on it is written to. Once.
  void open() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    fan_out_.add(channel_, this->shared_from_this(), feed_.audience());
    bool done = false;
    {
      const std::lock_guard lock(mutex_);
      done = done_;
    }
    if (done) {
      fan_out_.remove(channel_, this);  // it was over before it was there to be removed
    }
  }
  // In place of open().
  void refuse(grpc::Status status) {
    {
      const std::lock_guard lock(mutex_);
      refusal_ = std::move(status);
      open_ = true;
    }
    advance(runtime::steady_now(), true);
  }

  // While a write is in flight there is nothing to be done, however often: who doesn't read costs
  // no wake-ups.
  TimePoint wake(TimePoint now) override {
    {
      const std::lock_guard lock(mutex_);
      if (writing_) {
        if (!std::exchange(paused_, true)) {
          fan_out_.pause(channel_, this);
        }
        return TimePoint::max();
      }
    }
    return advance(now, true);
  }

  void end() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    advance(runtime::steady_now(), true);
  }

  void OnWriteDone(bool ok) override {
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      gone_ = gone_ || !ok;
      if (std::exchange(paused_, false)) {
        fan_out_.resume(channel_, this, runtime::steady_now() + interval_);
        woken_ = true;
      }
    }
    // What came meanwhile and nobody was woken for is left to the next wake-up: the pace is the
    // fan-out's.
    advance(runtime::steady_now(), false);
  }
  void OnCancel() override {
    {
      const std::lock_guard lock(mutex_);
      gone_ = true;
    }
    advance(runtime::steady_now(), true);
  }
  void OnDone() override {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    fan_out_.remove(channel_, this);
    const Ptr last = std::move(self_);
    ticket_.reset();
  }

 private:
  enum class Step { rest, write, finish };

  StreamReactor(FanOut& fan_out, Channel channel, StreamGate::Ticket ticket, Duration interval,
                Feed feed)
      : fan_out_(fan_out),
        channel_(channel),
        ticket_(std::move(ticket)),
        interval_(interval),
        feed_(std::move(feed)) {}

  // Decides under the lock and acts outside it: gRPC may call back from within.
  TimePoint advance(TimePoint now, bool woken) {
    grpc::Status status;
    Step step = Step::rest;
    TimePoint due;
    {
      const std::lock_guard lock(mutex_);
      woken_ = woken_ || woken;
      step = decide(now, status);
      due = next_wake(now);
    }
    if (step == Step::write) {
      this->StartWrite(&response_);
    } else if (step == Step::finish) {
      this->Finish(status);
    }
    return due;
  }

  // A client that is behind with reading is asked again after an interval, not at once.
  TimePoint next_wake(TimePoint now) const {
    if (finished_ || !open_) {
      return TimePoint::max();
    }
    return bookmark_at_ > now ? bookmark_at_ : now + interval_;
  }

  Step decide(TimePoint now, grpc::Status& status) {
    if (!open_ || writing_ || finished_) {
      return Step::rest;
    }
    if (gone_ || refusal_) {
      status = refusal_ ? *refusal_ : grpc::Status::CANCELLED;
      finished_ = true;
      return Step::finish;
    }
    if (!std::exchange(woken_, false) && !feed_.behind() && !ending_) {
      return Step::rest;
    }
    response_.Clear();
    bool something = feed_.next(response_);
    if (!something && ending_) {
      status = shutting_down();
      finished_ = true;
      return Step::finish;
    }
    if (!something && now >= bookmark_at_) {
      feed_.bookmark(response_);
      something = true;
    }
    if (!something) {
      return Step::rest;
    }
    bookmark_at_ = now + interval_;
    writing_ = true;
    return Step::write;
  }

  FanOut& fan_out_;
  const Channel channel_;
  std::optional<StreamGate::Ticket> ticket_;
  const Duration interval_;
  Ptr self_;
  Response response_;  // belongs to gRPC while writing_
  std::mutex mutex_;
  Feed feed_;
  TimePoint bookmark_at_{runtime::steady_now() + interval_};
  std::optional<grpc::Status> refusal_;
  bool open_{};
  bool woken_{};  // there may be something new
  bool writing_{};
  bool paused_{};  // the fan-out leaves us alone until the write is done
  bool finished_{};
  bool gone_{};
  bool ending_{};
  bool done_{};
};

// A stream that ends before it starts.
class RefusedStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit RefusedStream(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace swim::server
