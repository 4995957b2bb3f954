// The gRPC side of a stream whose client hands over batches: one request at work, one answer being
// written, the next request read as soon as the last one is dealt with. So what the node has no
// room for stays with the client, by the flow control of HTTP/2.
//
// Work: `using Request = …; using Response = …;`
// `std::optional<grpc::Status> start(const Request&, Response&, std::function<void()> done)` — an
// error that ends the stream, or nullopt, and `done` once later on the fan-out thread; request and
// response live until then. `void abandon()` — any thread, any number of times: be done soon.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "server/fan_out.hpp"
#include "server/status.hpp"
#include "server/stream_gate.hpp"

namespace swim::server {

template <class Work>
class ProducerReactor final
    : public grpc::ServerBidiReactor<typename Work::Request, typename Work::Response>,
      public Listener,
      public std::enable_shared_from_this<ProducerReactor<Work>> {
 public:
  using Ptr = std::shared_ptr<ProducerReactor>;

  // Lives until OnDone, whoever else holds it.
  static Ptr make(FanOut& fan_out, StreamGate::Ticket ticket, Work work) {
    Ptr reactor(new ProducerReactor(fan_out, std::move(ticket), std::move(work)));
    reactor->self_ = reactor;
    fan_out.add(Channel::producers, reactor);
    reactor->note([](ProducerReactor& self) { self.open_ = true; });
    return reactor;
  }

  TimePoint wake(TimePoint /*now*/) override { return TimePoint::max(); }
  void end() override {
    work_.abandon();
    note([](ProducerReactor& self) { self.ending_ = true; });
  }

  void OnReadDone(bool ok) override {
    note([ok](ProducerReactor& self) {
      self.reading_ = false;
      self.closed_ = self.closed_ || !ok;
      self.to_do_ = ok;
    });
  }
  void OnWriteDone(bool ok) override {
    note([ok](ProducerReactor& self) {
      self.writing_ = false;
      self.gone_ = self.gone_ || !ok;
    });
  }
  void OnCancel() override {
    work_.abandon();
    note([](ProducerReactor& self) { self.gone_ = true; });
  }
  void OnDone() override {
    fan_out_.remove(Channel::producers, this);
    const Ptr last = std::move(self_);
    ticket_.reset();
  }

 private:
  struct Next {
    bool read{}, start{}, write{}, finish{};
    grpc::Status status;
    bool any() const { return read || start || write || finish; }
  };

  ProducerReactor(FanOut& fan_out, StreamGate::Ticket ticket, Work work)
      : fan_out_(fan_out), ticket_(std::move(ticket)), work_(std::move(work)) {}

  // Takes the news and acts on it. One thread acts at a time and outside the lock, so nothing is
  // started after the finish, and gRPC may call back from within.
  template <class News>
  void note(News news) {
    const Ptr keep = this->shared_from_this();
    std::unique_lock lock(mutex_);
    news(*this);
    if (std::exchange(acting_, true)) {
      return;  // whoever acts looks again
    }
    for (Next next = decide(); next.any(); next = decide()) {
      lock.unlock();
      act(next);
      lock.lock();
    }
    acting_ = false;
  }

  Next decide() {
    Next next;
    if (finished_ || !open_) {
      return next;
    }
    answered_ = answered_ && !gone_;
    const bool last = closed_ || failure_ || ending_ || gone_;
    if (to_do_ && !working_ && !answered_ && !gone_ && !ending_) {
      to_do_ = false;
      working_ = next.start = true;
    } else if (answered_ && !writing_) {
      answered_ = false;
      writing_ = next.write = true;
      std::swap(answer_, response_);
    } else if (!last && !reading_ && !to_do_ && !working_ && !answered_) {
      reading_ = next.read = true;
    } else if (last && !working_ && !answered_ && !writing_) {
      finished_ = next.finish = true;
      next.status = gone_      ? grpc::Status::CANCELLED
                    : failure_ ? *failure_
                    : ending_  ? shutting_down()
                               : grpc::Status::OK;
    }
    return next;
  }

  void act(const Next& next) {
    if (next.read) {
      this->StartRead(&request_);
    }
    if (next.write) {
      this->StartWrite(&response_);
    }
    if (next.finish) {
      this->Finish(next.status);
    }
    if (next.start) {
      start();
    }
  }

  void start() {
    answer_.Clear();
    auto refused = work_.start(request_, answer_, [self = this->shared_from_this()] {
      self->note([](ProducerReactor& me) {
        me.working_ = false;
        me.answered_ = true;
      });
    });
    if (refused) {
      note([&refused](ProducerReactor& self) {
        self.working_ = false;
        self.failure_ = std::move(refused);
      });
    }
  }

  FanOut& fan_out_;
  std::optional<StreamGate::Ticket> ticket_;
  Work work_;
  Ptr self_;
  typename Work::Request request_;    // belongs to gRPC while reading_, to the work while working_
  typename Work::Response answer_;    // belongs to the work while working_
  typename Work::Response response_;  // belongs to gRPC while writing_
  std::mutex mutex_;
  std::optional<grpc::Status> failure_;
  bool open_{};
  bool acting_{};
  bool reading_{};
  bool to_do_{};
  bool working_{};
  bool answered_{};
  bool writing_{};
  bool closed_{};  // by the client: it has no more to hand over
  bool gone_{};
  bool ending_{};
  bool finished_{};
};

// A stream that ends before it starts.
template <class Request, class Response>
class RefusedProducer final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  explicit RefusedProducer(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace swim::server
