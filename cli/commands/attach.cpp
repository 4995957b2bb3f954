#include <swim/v1/membership.grpc.pb.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/backoff.hpp"
#include "cli/child.hpp"
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

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD}) {
    sigaddset(&signals, signal);
  }
  if (!is_ignored(SIGHUP)) {  // by nohup: neither we nor the command are to hear of it
    sigaddset(&signals, SIGHUP);
  }
  return signals;
}

bool is_for_the_command_only(int signal) {
  return signal == SIGUSR1 || signal == SIGUSR2;
}

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
    // Whoever started us may ignore it; then a child's end would never be told.
    std::signal(SIGCHLD, SIG_DFL);
    // Nor must we end with whoever reads our notes: the app would be told lost while its command
    // runs on.
    std::signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);  // for gRPC's threads too
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
      Failure why = explain_status(status, connection->place().shown());
      if (!begun_) {
        return tl::unexpected<Failure>(std::move(why));
      }
      if (!attaches_again(status)) {
        return go_on_alone(std::move(why));
      }
      lost(status, why);
      if (const auto ended = connect_again(*connection)) {
        if (*ended == 0) {
          context_.console.note("not attached at the end: nobody hears a goodbye");
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

  // Refused for good, or another has the name: no reason to end a command that does its work.
  Result<> go_on_alone(Failure why) {
    if (!child_.runs()) {
      return tl::unexpected<Failure>(std::move(why));
    }
    context_.console.note("no longer attached: " + why.what + "; the command goes on");
    while (true) {
      if (const auto end = wait_for_end(look_interval)) {
        return outcome(*end);
      }
    }
  }

  Result<> begin(const AttachStream& stream) {
    context_.console.note("attached to " + printable(stream.member().name()) + " as " + name_);
    backoff_.reset();
    said_lost_.reset();
    if (std::exchange(begun_, true)) {
      return {};
    }
    return child_.start(command_, changed_signals_);
  }

  // Once for each cause: a daemon that is back may refuse.
  void lost(const grpc::Status& status, const Failure& why) {
    std::string reason = reason_of(status).reason;
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
      reason.clear();  // one that ends says so, and is then not there
    }
    if (said_lost_ == reason) {
      return;
    }
    const bool refused = !reason.empty();
    context_.console.note(refused ? "not attached: " + why.what + "; trying again"
                                  : "lost the daemon (" + printable(status.error_message()) +
                                        "); attaching again when it is back");
    said_lost_ = std::move(reason);
  }

  std::optional<End> wait_for_end(const timespec& at_most) {
    siginfo_t about{};
    const int signal = sigtimedwait(&signals_, &about, &at_most);
    if (signal > 0 && signal != SIGCHLD) {
      if (!child_.runs() && !is_for_the_command_only(signal)) {
        return 0;
      }
      const bool has_it = is_from_terminal(about, getsid(0) == getpid());
      if (!has_it || !child_.is_of_our_group()) {
        child_.pass_on(signal);
      }
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
    return outcome(end, "the cluster was told that the app is lost");
  }

  // `told` is what others heard of it, where it did not end well.
  Result<> outcome(End end, std::string told = {}) const {
    if (!begun_) {
      return failed(ExitCode::failed, "ended by a signal before the app was attached",
                    command_.empty() ? "" : "the command was not run");
    }
    if (end == 0) {
      return {};
    }
    return failed(exit_code_of(end),
                  WIFSIGNALED(end)
                      ? "the command was ended by signal " + std::to_string(WTERMSIG(end))
                      : "the command ended with " + std::to_string(WEXITSTATUS(end)),
                  std::move(told));
  }

  Context& context_;
  const std::string name_;
  const std::vector<std::string> command_;
  const sigset_t signals_{watched_signals()};
  // What we ignore and the command does not.
  const std::vector<int> changed_signals_ =
      is_ignored(SIGPIPE) ? std::vector<int>{} : std::vector<int>{SIGPIPE};
  Child child_;
  Backoff backoff_{std::random_device{}()};
  bool begun_{};
  std::optional<std::string> said_lost_;  // the reason, where there was one
};

}  // namespace

void add_attach(Shell shell) {
  auto* command = shell.app.add_subcommand(
      "attach", "Stand for an app: all members are told when it ends badly");
  auto name = std::make_shared<std::string>();
  auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("name", *name, "The app's name")->required()->type_name("NAME");
  add_words(*command, "command", *words, "Attached while this runs; put -- before it")
      ->type_name("-- COMMAND");
  command->positionals_at_end();
  add_examples(
      *command,
      "  swimctl attach web -- ./server --port 80    attached while it runs\n"
      "  swimctl attach maintenance                  until Ctrl-C, which is a goodbye\n"
      "\nA command that ends with 0 says goodbye. If it ends otherwise, or swimctl is killed, all\n"
      "members' watchers get APP_LOST within milliseconds, and APP_BACK when it is attached "
      "again.\n"
      "When the daemon restarts or refuses for a while, swimctl attaches again; it never ends the\n"
      "command. SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1 and SIGUSR2 are passed on to it.\n"
      "\nExit: the command's code, or 128+N if signal N ended it; 126 or 127 if it can't be "
      "started.\n"
      "If it was never attached the command is not run, and the code is one of swimctl's own.\n");
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
