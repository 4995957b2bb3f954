#include <spawn.h>
#include <swim/v1/membership.grpc.pb.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <random>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "cli/backoff.hpp"
#include "cli/commands/commands.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

// How long a stream that ended goes unnoticed while a signal is waited for, and one that began.
constexpr timespec look_interval{0, 50'000'000};
constexpr timespec begin_interval{0, 5'000'000};
// The longest that a signal goes unheard while a host is connected to.
constexpr Nanoseconds connect_interval = std::chrono::milliseconds(50);
// How long a daemon may take to hear a goodbye, and to attach who says it.
constexpr std::chrono::seconds goodbye_patience{2};

sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) {
    sigaddset(&signals, signal);
  }
  return signals;
}

// The command that runs while it is attached.
class Child {
 public:
  // Nothing where there is no command. Error: it can't be started.
  Result<> start(const std::vector<std::string>& command) {
    if (command.empty()) {
      return {};
    }
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& word : command) {
      arguments.push_back(const_cast<char*>(word.c_str()));  // posix_spawn only reads them
    }
    arguments.push_back(nullptr);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    const int error =
        posix_spawnp(&pid_, arguments.front(), nullptr, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) {
      pid_ = 0;
      return failed(ExitCode::failed, "'" + printable(command.front()) + "' can't be started: " +
                                          std::generic_category().message(error));
    }
    return {};
  }
  bool runs() const { return pid_ != 0; }
  void pass_on(int signal) const {
    if (pid_ != 0) {
      kill(pid_, signal);
    }
  }
  // How it ended; nullopt: it runs, or there is none.
  std::optional<int> ended() {
    int status = 0;
    if (pid_ == 0 || waitpid(pid_, &status, WNOHANG) != pid_) {
      return std::nullopt;
    }
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_{};
};

// One stream, by a thread of its own, as a daemon that stands still may answer never: first it is
// attached, then nothing comes but its end.
class AttachStream {
 public:
  AttachStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& name)
      : stub_(v1::MembershipService::NewStub(channel)) {
    call_.set_initial_metadata_corked(true);  // else to begin waits for the connection, here
    stream_ = stub_->Attach(&call_);
    request_.set_name(name);
    thread_ = std::thread([this] {
      attached_ = stream_->Write(request_) && stream_->Read(&response_);
      v1::AttachResponse nothing;
      while (attached_ && stream_->Read(&nothing)) {
      }
      over_ = true;
    });
  }
  ~AttachStream() { static_cast<void>(end(false)); }
  AttachStream(const AttachStream&) = delete;
  AttachStream& operator=(const AttachStream&) = delete;

  bool attached() const { return attached_; }
  bool over() const { return over_; }
  // Once attached.
  const v1::Member& member() const { return response_.member(); }

  // Once; by goodbye, or as a loss. OK: the daemon heard the goodbye.
  grpc::Status end(bool goodbye) {
    if (!stream_) {
      return grpc::Status::OK;
    }
    if (goodbye) {
      const auto until = std::chrono::steady_clock::now() + goodbye_patience;
      const auto wait_for = [this, until](const std::atomic<bool>& condition) {
        while (!condition && !over_ && std::chrono::steady_clock::now() < until) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      };
      wait_for(attached_);
      if (attached_) {
        stream_->WritesDone();
        wait_for(over_);
      }
    }
    if (!over_) {
      call_.TryCancel();
    }
    thread_.join();
    grpc::Status status = stream_->Finish();
    stream_.reset();
    return status;
  }

 private:
  grpc::ClientContext call_;
  std::unique_ptr<v1::MembershipService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::AttachRequest, v1::AttachResponse>> stream_;
  v1::AttachRequest request_;
  v1::AttachResponse response_;
  std::atomic<bool> attached_{};
  std::atomic<bool> over_{};
  std::thread thread_;
};

class AttachCommand {
 public:
  AttachCommand(Context& context, std::string name, std::vector<std::string> command)
      : context_(context), name_(std::move(name)), command_(std::move(command)) {}

  Result<> run() {
    const sigset_t signals = watched_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // for gRPC's threads too
    auto connection = Connection::find(Door::app, context_.surroundings);
    if (!connection) {
      return tl::unexpected<Failure>(connection.error());
    }
    std::optional<End> end;
    const auto there = established(*connection, timeout_of(context_), end);
    if (end || !there) {
      return end ? outcome(*end) : there;
    }
    while (true) {
      AttachStream stream(connection->channel(), name_);
      if (auto ended = hold(stream)) {
        return *ended;
      }
      const grpc::Status status = stream.end(false);
      if (!begun_ || !is_passing(status)) {
        child_.pass_on(SIGTERM);
        return tl::unexpected<Failure>(explain_status(status, connection->place().shown()));
      }
      lost(status);
      if (const auto ended = connect_again(*connection)) {
        if (*ended == 0) {
          context_.console.note("the daemon is lost and hears no goodbye");
        }
        return outcome(*ended);
      }
    }
  }

 private:
  // 0: well, by a signal to us or the command's own end; else the command's wait status.
  using End = int;

  // As long as the stream lasts: nullopt where it was over first.
  std::optional<Result<>> hold(AttachStream& stream) {
    bool attached = false;
    for (bool over = false; !over;) {
      over = stream.over();
      if (stream.attached() && !std::exchange(attached, true)) {
        if (auto begun = begin(stream); !begun) {
          static_cast<void>(stream.end(true));
          return begun;
        }
      }
      if (const auto end = wait_for_end(attached ? look_interval : begin_interval)) {
        return finish(stream, *end);
      }
    }
    return std::nullopt;
  }

  // Whether a server answers; not looked for any longer once there is an `end`.
  Result<> established(const Connection& connection, Nanoseconds patience,
                       std::optional<End>& end) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (true) {
      auto there = connection.established(std::min(patience, connect_interval));
      if (there || std::chrono::steady_clock::now() >= until || (end = wait_for_end({}))) {
        return there;
      }
    }
  }

  // Until the same place answers again; the end where that comes first.
  std::optional<End> connect_again(Connection& connection) {
    while (true) {
      const auto until = std::chrono::steady_clock::now() + backoff_.next();
      do {
        if (const auto end = wait_for_end(look_interval)) {
          return end;
        }
      } while (std::chrono::steady_clock::now() < until);
      auto again = connection.anew();
      if (!again) {
        continue;
      }
      std::optional<End> end;
      const auto there = established(*again, usual_timeout, end);
      if (end || there) {
        connection = std::move(*again);
        return end;
      }
    }
  }

  Result<> begin(const AttachStream& stream) {
    context_.console.note("attached to " + printable(stream.member().name()) + " as " + name_);
    backoff_.reset();
    said_lost_ = false;
    if (std::exchange(begun_, true)) {
      return {};
    }
    return child_.start(command_);
  }

  void lost(const grpc::Status& status) {
    if (!std::exchange(said_lost_, true)) {
      context_.console.note("lost the daemon (" + status.error_message() +
                            "); attaching again when it is back");
    }
  }

  std::optional<End> wait_for_end(const timespec& at_most) {
    const sigset_t signals = watched_signals();
    const int signal = sigtimedwait(&signals, nullptr, &at_most);
    if (signal == SIGINT || signal == SIGTERM) {
      if (!child_.runs()) {
        return 0;
      }
      child_.pass_on(signal);
    }
    return child_.ended();
  }

  Result<> finish(AttachStream& stream, End end) {
    const grpc::Status status = stream.end(end == 0);
    if (end == 0 && begun_ && !status.ok()) {
      context_.console.note("the daemon did not take the goodbye (" +
                            printable(status.error_message()) +
                            "); it may tell the cluster that the app is lost");
    }
    return outcome(end);
  }

  Result<> outcome(End end) const {
    if (!begun_) {
      return failed(ExitCode::failed, "ended by a signal before the app was attached",
                    command_.empty() ? "" : "the command was not run");
    }
    if (end == 0) {
      return {};
    }
    return failed(ExitCode::failed,
                  WIFSIGNALED(end)
                      ? "the command was ended by signal " + std::to_string(WTERMSIG(end))
                      : "the command ended with " + std::to_string(WEXITSTATUS(end)),
                  "the cluster was told that the app is lost");
  }

  Context& context_;
  const std::string name_;
  const std::vector<std::string> command_;
  Child child_;
  Backoff backoff_{std::random_device{}()};
  bool begun_{};
  bool said_lost_{};
};

}  // namespace

void add_attach(Shell shell) {
  auto* command = shell.app.add_subcommand(
      "attach", "Stand for an app: all members are told when it ends badly");
  auto name = std::make_shared<std::string>();
  auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("name", *name, "The app's name")->required()->type_name("NAME");
  command->add_option("command", *words, "Attached while this runs; put -- before it")
      ->type_name("-- COMMAND ...");
  command->positionals_at_end();
  add_examples(
      *command,
      "  swimctl attach web -- ./server --port 80    attached while it runs\n"
      "  swimctl attach maintenance                  until Ctrl-C, which is a goodbye\n"
      "\nA command that ends with 0 says goodbye. If it ends otherwise, or swimctl is killed, all\n"
      "members' watchers get APP_LOST within milliseconds, and APP_BACK when it is attached "
      "again.\n"
      "When the daemon restarts, swimctl attaches again.\n");
  command->callback([shell, name, words] {
    if (!words->empty() && words->front() == "--") {
      words->erase(words->begin());  // the parser keeps it where it closes the positionals
    }
    shell.action = [shell, name, words] {
      return AttachCommand(shell.context, *name, *words).run();
    };
  });
}

}  // namespace swim::cli
