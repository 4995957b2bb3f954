#include "core/runtime/runtime.hpp"

#include <pthread.h>

#include <mutex>
#include <thread>
#include <utility>

#include "core/runtime/loop.hpp"
#include "core/runtime/shared.hpp"
#include "core/runtime/signals_blocked.hpp"

namespace swim::runtime {

class Runtime::Core {
 public:
  Core(Options options, crypto::Keyring keys)
      : shared(options.node_name, options.cluster_label, [this] { loop.wake(); }),
        loop(std::move(options), std::move(keys), shared) {}
  ~Core() { stop(); }

  tl::expected<void, std::string> start();
  void stop();

  // Refused at once, or run on the engine thread, where it answers.
  // `bytes`: of the payload that it holds.
  Expected<void> post(Command command, std::size_t bytes = 0);
  // The same for a command with an answer. While the node stops, the answer is not_running.
  template <class T, class Action>
  Expected<void> submit(Completion<T> done, Action action, std::size_t bytes = 0) {
    return post(
        [done = std::move(done), action = std::move(action)](Loop& running) mutable {
          if (running.stopping()) {
            running.operations().answer([done] { done(fail(Errc::not_running)); });
          } else {
            action(running, std::move(done));
          }
        },
        bytes);
  }

  Shared shared;
  Loop loop;

 private:
  std::thread thread_;
};

namespace {

template <class T>
void answer(Loop& loop, Completion<T> done, Expected<T> result) {
  loop.operations().answer([done = std::move(done), result = std::move(result)] { done(result); });
}

// Waits for the engine's answer to an operation that it accepted.
template <class T, class Convert>
void expect(Loop& loop, const Expected<OperationId>& id, bool changes_state, Completion<T> done,
            Convert convert) {
  if (!id) {
    answer<T>(loop, std::move(done), tl::unexpected(id.error()));
    return;
  }
  loop.operations().expect(*id, changes_state,
                           [done = std::move(done), convert](const OperationCompleted& completed) {
                             if (completed.error) {
                               done(tl::unexpected(*completed.error));
                             } else {
                               done(convert(completed));
                             }
                           });
}

Duration round_trip(const OperationCompleted& completed) {
  return completed.round_trip;
}

}  // namespace

tl::expected<void, std::string> Runtime::Core::start() {
  if (auto opened = loop.open(); !opened) {
    shared.mailbox.close();
    return opened;
  }
  try {
    const SignalsBlocked guard;
    thread_ = std::thread([this] { loop.run(); });
    pthread_setname_np(thread_.native_handle(), "swim-engine");
  } catch (const std::system_error& error) {
    return tl::unexpected("the engine thread can't be started: " + std::string(error.what()));
  }
  return {};
}

void Runtime::Core::stop() {
  if (thread_.joinable()) {
    loop.stop();
    thread_.join();
  }
}

Expected<void> Runtime::Core::post(Command command, std::size_t bytes) {
  switch (shared.mailbox.push(std::move(command), bytes)) {
    case Posted::accepted:
      return {};
    case Posted::full:
      return fail(Errc::queue_full);
    case Posted::closed:
      break;
  }
  return fail(Errc::not_running);
}

Runtime::Runtime(std::shared_ptr<Core> core) : core_(std::move(core)) {}

Runtime::~Runtime() {
  stop();
}

tl::expected<std::unique_ptr<Runtime>, std::string> Runtime::start(Options options,
                                                                   crypto::Keyring keys) {
  try {
    auto core = std::make_shared<Core>(std::move(options), std::move(keys));
    if (auto started = core->start(); !started) {
      return tl::unexpected(started.error());
    }
    return std::unique_ptr<Runtime>(new Runtime(std::move(core)));
  } catch (const std::exception& error) {
    // Asio throws where the system has no descriptors left for its reactor.
    return tl::unexpected("the runtime can't be started: " + std::string(error.what()));
  }
}

void Runtime::stop() {
  core_->stop();
}

std::shared_ptr<const Snapshot> Runtime::snapshot() const {
  return core_->shared.snapshot.load();
}
std::shared_ptr<const NodeView> Runtime::view() const {
  return core_->shared.view.load();
}
EventLog<MemberEvent>& Runtime::events() {
  return core_->shared.events;
}
EventLog<MessageEvent>& Runtime::messages() {
  return core_->shared.messages;
}
const std::string& Runtime::node_name() const {
  return core_->shared.node_name;
}
const std::string& Runtime::cluster_label() const {
  return core_->shared.cluster_label;
}

Expected<void> Runtime::join(std::vector<SeedSpec> seeds, Completion<JoinReport> done) {
  return core_->submit<JoinReport>(
      std::move(done), [seeds = std::move(seeds)](Loop& loop, Completion<JoinReport> finish) {
        // Asked for by a person: a node that left comes back by it.
        loop.seeds().suspend(false);
        loop.publish_at_once();
        loop.joiner().join_seeds(seeds, std::move(finish));
      });
}

Expected<void> Runtime::leave(Completion<LeaveReport> done) {
  return core_->submit<LeaveReport>(
      std::move(done), [](Loop& loop, Completion<LeaveReport> finish) {
        expect<LeaveReport>(loop, loop.leave(), true, std::move(finish),
                            [](const OperationCompleted& completed) {
                              return LeaveReport{completed.acknowledged};
                            });
      });
}

Expected<void> Runtime::drain(Duration timeout, Completion<void> done) {
  return core_->submit<void>(std::move(done), [timeout](Loop& loop, Completion<void> finish) {
    loop.publish_at_once();
    answer<void>(loop, std::move(finish), loop.engine().drain(timeout, loop.now()));
  });
}

Expected<void> Runtime::cancel_drain(Completion<void> done) {
  return core_->submit<void>(std::move(done), [](Loop& loop, Completion<void> finish) {
    loop.publish_at_once();
    answer<void>(loop, std::move(finish), loop.engine().cancel_drain(loop.now()));
  });
}

Expected<void> Runtime::update_metadata(ByteVector metadata,
                                        std::optional<std::uint64_t> expected_revision,
                                        Completion<MemberPtr> done) {
  return core_->submit<MemberPtr>(
      std::move(done), [metadata = std::move(metadata), expected_revision](
                           Loop& loop, Completion<MemberPtr> finish) {
        const auto updated = loop.engine().update_metadata(metadata, expected_revision, loop.now());
        if (!updated) {
          answer<MemberPtr>(loop, std::move(finish), tl::unexpected(updated.error()));
          return;
        }
        loop.publish_at_once();
        // The record after the update, also where another command of this batch follows.
        answer<MemberPtr>(loop, std::move(finish), loop.local());
      });
}

Expected<void> Runtime::broadcast(std::string topic, ByteVector payload, std::string supersede_key,
                                  std::array<std::uint8_t, 16> request_id, Completion<void> done) {
  const std::size_t bytes = payload.size() + supersede_key.size();
  return core_->submit<void>(
      std::move(done),
      [topic = std::move(topic), payload = std::move(payload), key = std::move(supersede_key),
       request_id](Loop& loop, Completion<void> finish) {
        answer<void>(loop, std::move(finish),
                     loop.engine().broadcast(topic, payload, key, loop.now(), request_id));
      },
      bytes);
}

Expected<void> Runtime::broadcast_batch(BroadcastBatch batch) {
  return core_->post([batch = std::move(batch)](Loop& loop) mutable {
    loop.batches().add(std::move(batch), loop.operations());
  });
}

Expected<void> Runtime::send(std::string member, std::string topic, ByteVector payload,
                             std::array<std::uint8_t, 16> request_id, bool acknowledged,
                             Completion<Duration> done) {
  const std::size_t bytes = payload.size();
  return core_->submit<Duration>(
      std::move(done),
      [member = std::move(member), topic = std::move(topic), payload = std::move(payload),
       request_id, acknowledged](Loop& loop, Completion<Duration> finish) {
        Engine& engine = loop.engine();
        if (acknowledged) {
          expect<Duration>(loop, engine.send_stream(member, topic, payload, request_id, loop.now()),
                           false, std::move(finish), round_trip);
          return;
        }
        const auto sent = engine.send_datagram(member, topic, payload, request_id, loop.now());
        answer<Duration>(loop, std::move(finish),
                         sent ? Expected<Duration>(Duration{}) : tl::unexpected(sent.error()));
      },
      bytes);
}

Expected<void> Runtime::ping(std::string member, Completion<Duration> done) {
  return core_->submit<Duration>(
      std::move(done), [member = std::move(member)](Loop& loop, Completion<Duration> finish) {
        expect<Duration>(loop, loop.engine().ping(member, loop.now()), false, std::move(finish),
                         round_trip);
      });
}

Expected<void> Runtime::force_leave(std::string member, Completion<bool> done) {
  return core_->submit<bool>(
      std::move(done), [member = std::move(member)](Loop& loop, Completion<bool> finish) {
        loop.publish_at_once();
        answer<bool>(loop, std::move(finish), loop.engine().force_leave(member, loop.now()));
      });
}

Expected<void> Runtime::explain(std::string member, Completion<Explanation> done) {
  return core_->submit<Explanation>(
      std::move(done), [member = std::move(member)](Loop& loop, Completion<Explanation> finish) {
        answer<Explanation>(loop, std::move(finish), loop.engine().explain(member, loop.now()));
      });
}

Expected<void> Runtime::attach(std::string app, Completion<AppId> done) {
  return core_->submit<AppId>(
      std::move(done), [app = std::move(app)](Loop& loop, Completion<AppId> finish) {
        loop.publish_at_once();
        answer<AppId>(loop, std::move(finish), loop.engine().attach(app, loop.now()));
      });
}

Expected<void> Runtime::detach_app(AppId id) {
  return core_->post([id](Loop& loop) { loop.engine().detach_app(id, loop.now()); });
}

Expected<void> Runtime::lose_app(AppId id) {
  return core_->post([id](Loop& loop) { loop.engine().lose_app(id, loop.now()); });
}

Expected<void> Runtime::set_accepts_messages(bool accepts) {
  return core_->post([accepts](Loop& loop) { loop.engine().set_accepts_messages(accepts); });
}

Expected<void> Runtime::set_keyring(crypto::Keyring keys, Completion<void> done) {
  return core_->submit<void>(std::move(done),
                             [keys = std::move(keys)](Loop& loop, Completion<void> finish) {
                               loop.set_keyring(keys);
                               answer<void>(loop, std::move(finish), {});
                             });
}

Expected<void> Runtime::set_seeds(std::vector<SeedSpec> seeds, Completion<void> done) {
  return core_->submit<void>(std::move(done),
                             [seeds = std::move(seeds)](Loop& loop, Completion<void> finish) {
                               loop.set_seeds(seeds);
                               answer<void>(loop, std::move(finish), {});
                             });
}

}  // namespace swim::runtime
