// A stream that outlives the daemon: when it breaks or falls silent it is opened again with the
// last token, and what happened is said on standard error. The server tells what was missed, if
// anything.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "cli/backoff.hpp"
#include "cli/context.hpp"
#include "cli/format/failure_text.hpp"
#include "cli/silence.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {

enum class Next : bool { stop, more };

template <class Request, class Response>
class Follower {
 public:
  using Reader = std::unique_ptr<grpc::ClientReader<Response>>;
  using Open = std::function<Reader(const std::shared_ptr<grpc::Channel>&, grpc::ClientContext*,
                                    const Request&)>;
  using Handle = std::function<Next(const Response&)>;

  Follower(Context& context, Request request, Open open, Handle handle)
      : context_(context),
        request_(std::move(request)),
        open_(std::move(open)),
        handle_(std::move(handle)),
        backoff_(std::random_device{}()) {
    request_.mutable_bookmark_interval()->set_seconds(bookmarks.count());
  }

  // Where to say what happens to the connection, in place of standard error. Called as `run` is.
  void say_to(std::function<void(const std::string&)> say) { say_ = std::move(say); }

  // Until `handle` says stop. Fails when the daemon can't be reached at the start, or refuses.
  // How long `handle` takes is no silence.
  Result<> run() {
    context_.console.end_with_the_reader();
    auto connection = connect(context_, Door::app);
    if (!connection) {
      return tl::unexpected<Failure>(connection.error());
    }
    for (;;) {
      const grpc::Status status = read(connection->channel());
      if (stopped_) {
        return {};
      }
      Failure failure = explain_status(status, connection->place().shown());
      if (!established_ || !is_passing(status)) {
        return tl::unexpected<Failure>(std::move(failure));
      }
      lost(*connection, status);
      connection = reconnect(*connection);
    }
  }

 private:
  // The server sends one when it has nothing else to say: its sign of life.
  static constexpr std::chrono::seconds bookmarks{5};
  static constexpr int missing_bookmarks = 3;

  grpc::Status read(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext call;
    Silence silence([&call] { call.TryCancel(); });
    Nanoseconds patience = first_patience();
    silence.expect(patience);
    const Reader reader = open_(channel, &call, request_);
    Response response;
    while (reader->Read(&response)) {
      silence.rest();
      found();
      request_.set_resume_token(response.resume_token());
      if (handle_(response) == Next::stop) {
        stopped_ = true;
        call.TryCancel();
        break;
      }
      patience = missing_bookmarks * bookmarks;
      silence.expect(patience);
    }
    grpc::Status status = reader->Finish();
    if (!silence.cancelled()) {
      return status;
    }
    ++silences_;
    return {grpc::StatusCode::DEADLINE_EXCEEDED, "nothing came for " + measured(patience)};
  }

  // With a token the first response may be a bookmark, in its time. After each silence twice as
  // long: what waits for us may be large, and the way to us slow.
  Nanoseconds first_patience() const {
    constexpr int most = 3;
    constexpr std::chrono::hours for_ever{24 * 365};  // what can be multiplied and added to now
    const Nanoseconds usual = std::min<Nanoseconds>(timeout_of(context_), for_ever);
    const Nanoseconds once = request_.resume_token().empty() ? usual : usual + bookmarks;
    return once * (1 << std::min(silences_, most));
  }

  void say(const std::string& text) {
    if (say_) {
      say_(text);
    } else {
      context_.console.note(text);
    }
  }

  void found() {
    if (lost_) {
      say("connected again after " + measured(std::chrono::steady_clock::now() - lost_since_));
    }
    lost_ = false;
    established_ = true;
    silences_ = 0;
    backoff_.reset();
  }

  void lost(const Connection& connection, const grpc::Status& status) {
    if (lost_) {
      return;
    }
    lost_ = true;
    lost_since_ = std::chrono::steady_clock::now();
    const std::string said =
        status.error_message().empty() ? "" : " (" + printable(status.error_message()) + ")";
    say("lost the daemon at " + connection.place().shown() + said +
        "; trying again, with what is known kept");
  }

  Result<Connection> reconnect(const Connection& old) {
    for (;;) {
      std::this_thread::sleep_for(backoff_.next());
      auto connection = old.again(usual_timeout);
      if (connection) {
        return connection;
      }
    }
  }

  Context& context_;
  Request request_;
  Open open_;
  Handle handle_;
  std::function<void(const std::string&)> say_;
  Backoff backoff_;
  bool established_{};
  bool stopped_{};
  bool lost_{};
  int silences_{};  // one after the other
  std::chrono::steady_clock::time_point lost_since_{};
};

}  // namespace swim::cli
