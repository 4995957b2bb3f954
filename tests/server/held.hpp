// A node whose engine stands still where a test wants it to, and its services without a network.
#pragma once

#include <grpcpp/test/default_reactor_test_peer.h>

#include <future>
#include <thread>

#include "server/service_context.hpp"
#include "tests/server/harness.hpp"

namespace swim::server::testing {

// A runtime whose engine is held in a completion, where nobody ought to linger, until release().
class Held {
 public:
  Held() {
    const auto options = load_options(
        load_flags({"--node.name=held", "--cluster.label=test/server", "--gossip.preset=local"}),
        {});
    settings = *options;
    runtime::Options held;
    held.engine = options->engine;
    held.node_name = "held";
    held.cluster_label = "test/server";
    held.bind = Endpoint::v4(127, 0, 0, 1, 0);
    node = std::move(*runtime::Runtime::start(held, keys));
    hold();
  }
  // Until release().
  void hold() {
    release_ = {};
    std::promise<void> holds;
    const auto gate = release_.get_future().share();
    EXPECT_TRUE(node->explain("held", [&holds, gate](const Expected<Explanation>&) {
      holds.set_value();
      gate.wait();
    }));
    holds.get_future().wait();
  }
  void fill_mailbox() const {
    while (node->explain("held", [](const Expected<Explanation>&) {})) {
    }
  }
  void release() { release_.set_value(); }
  // Released or not.
  void stop() {
    release_ = {};
    node->stop();
  }

  const crypto::Keyring keys{crypto::Key::generate()};
  Options settings;
  Lines lines;
  Logger logger{LogLevel::info, LogFormat::logfmt, &Lines::add, &lines};
  std::unique_ptr<runtime::Runtime> node;

 private:
  std::promise<void> release_;
};

// What the services of a held node share.
class Services {
 public:
  ~Services() { held.stop(); }  // nothing is handed to the fan-out afterwards

  Held held;
  FanOut fan_out;
  std::atomic<bool> stop_requested{};
  StreamGate streams{16, fan_out, [](bool) { return Expected<void>(); }};
  Attachments apps{fan_out, {}};
  std::shared_ptr<Reloader> reloader = std::make_shared<Reloader>(
      held.settings, held.keys, Reloader::LoadOptions{}, *held.node, held.logger);
  ReloadThread reloads{reloader};
  ServiceContext context{*held.node,
                         fan_out,
                         streams,
                         apps,
                         held.logger,
                         *reloader,
                         reloads,
                         [this] { stop_requested = true; },
                         held.node->snapshot()->local->incarnation.boot,
                         std::chrono::seconds(1),
                         "test"};
};

// A call of a service's method in this process: what the method does before it returns is done
// then.
template <class Request, class Response>
class Call {
 public:
  template <class Service, class Method>
  void begin(Service& service, Method method) {
    (service.*method)(&context_, &request, &response);
  }
  grpc::Status end() {
    grpc::Status status = status_.get_future().get();
    // The last thing that the thread which finishes the call touches of it.
    while (!peer_.test_status_set()) {
      std::this_thread::yield();
    }
    return status;
  }

  Request request;
  Response response;

 private:
  std::promise<grpc::Status> status_;
  grpc::CallbackServerContext context_;
  grpc::testing::DefaultReactorTestPeer peer_{
      &context_, [this](grpc::Status status) { status_.set_value(std::move(status)); }};
};

}  // namespace swim::server::testing
