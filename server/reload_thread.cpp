#include "server/reload_thread.hpp"

#include <condition_variable>
#include <utility>
#include <vector>

namespace swim::server {

// Who shares one reload and one look at the keys.
struct ReloadThread::Asked {
  std::vector<Done> reloads;
  bool force_keys{};
  std::vector<Polled> polls;

  bool nothing() const { return reloads.empty() && polls.empty(); }
  void tell(const Result& result) const {
    for (const Done& done : reloads) {
      done(result);
    }
    for (const Polled& done : polls) {
      done();
    }
  }
};

struct ReloadThread::State {
  std::shared_ptr<Reloader> reloader;
  std::mutex mutex;
  std::condition_variable changed;
  Asked next;
  Asked now;  // under way; stop() takes it over
  bool busy{};
  bool stopping{};

  // `list` is a member of `next`.
  template <class Call>
  Expected<void> add(std::vector<Call> Asked::*list, Call call, bool force_keys) {
    {
      const std::lock_guard lock(mutex);
      if (stopping) {
        return fail(Errc::not_running);
      }
      if ((next.*list).size() == waiting_max) {
        return fail(Errc::queue_full, "many wait for a reload that is under way");
      }
      (next.*list).push_back(std::move(call));
      next.force_keys = next.force_keys || force_keys;
    }
    changed.notify_one();
    return {};
  }
};

ReloadThread::ReloadThread(std::shared_ptr<Reloader> reloader) : state_(std::make_shared<State>()) {
  state_->reloader = std::move(reloader);
  thread_ = std::thread([state = state_] { run(*state); });
}

ReloadThread::~ReloadThread() {
  stop();
}

Expected<void> ReloadThread::reload(bool force_keys, Done done) {
  return state_->add(&Asked::reloads, std::move(done), force_keys);
}

Expected<void> ReloadThread::poll_keys(Polled done) {
  return state_->add(&Asked::polls, std::move(done), false);
}

void ReloadThread::run(State& state) {
  std::unique_lock lock(state.mutex);
  while (true) {
    state.changed.wait(lock, [&] { return state.stopping || !state.next.nothing(); });
    if (state.stopping) {
      return;
    }
    state.busy = true;
    state.now = std::exchange(state.next, {});
    const bool reloads = !state.now.reloads.empty();
    const bool polls = !state.now.polls.empty();
    const bool force_keys = state.now.force_keys;
    lock.unlock();
    const Result result = reloads ? state.reloader->reload(force_keys) : Result{};
    if (polls) {
      state.reloader->poll_keys();
    }
    lock.lock();
    state.busy = false;
    const Asked told = std::exchange(state.now, {});
    lock.unlock();
    told.tell(result);
    lock.lock();
  }
}

bool ReloadThread::stop() {
  if (!thread_.joinable()) {
    return !left_behind_;
  }
  Asked now;
  Asked next;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    now = std::exchange(state_->now, {});
    next = std::exchange(state_->next, {});
  }
  state_->changed.notify_one();
  state_->reloader->close();
  now.tell(tl::unexpected(reload_too_late()));
  next.tell(tl::unexpected(reload_too_late()));
  {
    const std::lock_guard lock(state_->mutex);
    left_behind_ = state_->busy;
  }
  if (left_behind_) {
    thread_.detach();
  } else {
    thread_.join();
  }
  return !left_behind_;
}

}  // namespace swim::server
