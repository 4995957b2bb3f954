#include "cli/commands/live_members.hpp"

#include <poll.h>
#include <pthread.h>
#include <swim/v1/membership.grpc.pb.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <sstream>
#include <string_view>
#include <thread>

#include "cli/commands/member_stream.hpp"
#include "cli/first_process.hpp"
#include "cli/format/member_text.hpp"
#include "cli/format/member_view.hpp"

namespace swim::cli {
namespace {

using namespace std::chrono_literals;

// What the thread that reads the stream hands to the one that draws.
struct Shared {
  std::mutex mutex;
  std::condition_variable changed;
  MemberMap members;
  std::string notice;  // that the table is old, and why
  bool dirty{};
  bool known{};
  bool ended{};
  Result<> outcome;
};

// A line wider than the terminal is cut by it: wrapped, it would shift all that stands below.
constexpr std::string_view wrap_off = "\x1b[?7l";
constexpr std::string_view wrap_on = "\x1b[?7h";

// The lines of a frame beside the table's: how many more, the summary, a notice, the cursor's.
constexpr std::size_t other_lines = 4;
constexpr std::size_t room_unknown = 20;  // of a terminal that does not tell its size

// The table and a last line, cut to the height of the terminal; each line clears what was there.
std::string screen(const Context& context, const Shared& shared, Format format) {
  const MemberMap& members = shared.members;
  const Width width = format == Format::wide ? Width::wide : Width::narrow;
  const auto now = wall_now();
  std::istringstream table(member_table(members, width, now).render(context.console.style(), true));
  const std::size_t rows = context.console.rows();
  const std::size_t room = rows == 0 ? room_unknown : std::max(rows, other_lines + 1) - other_lines;
  std::string text(wrap_off);
  text += "\x1b[H";
  std::string line;
  std::size_t shown = 0;
  std::size_t hidden = 0;
  while (std::getline(table, line)) {
    if (shown < room) {
      text += line + "\x1b[K\n";
      ++shown;
    } else {
      ++hidden;
    }
  }
  if (hidden > 0) {
    text += "… and " + std::to_string(hidden) + " more\x1b[K\n";
  }
  const Style& style = context.console.style();
  text += style.paint(summary(members), Color::bold) + "   (Ctrl-C ends)\x1b[K\n";
  if (!shared.notice.empty()) {
    text += style.paint("OLD: " + shared.notice, Color::red) + "\x1b[K\n";
  }
  text += "\x1b[J";
  text += wrap_on;
  return text;
}

void read_members(Context& context, const v1::MemberFilter& filter, Shared& shared) {
  MemberView view;
  auto follower = member_stream(context, filter, {}, [&](const v1::WatchMembersResponse& response) {
    view.apply(response);
    const std::scoped_lock lock(shared.mutex);
    // A bookmark changes nothing but that the table is of now again.
    if (view.whole() && (!response.has_bookmark() || !shared.notice.empty())) {
      shared.members = view.members();
      shared.notice.clear();
      shared.known = true;
      shared.dirty = true;
      shared.changed.notify_one();
    }
    return Next::more;
  });
  follower.say_to([&shared](const std::string& text) {
    const std::scoped_lock lock(shared.mutex);
    shared.notice = text;
    shared.dirty = true;
    shared.changed.notify_one();
  });
  auto outcome = follower.run();
  const std::scoped_lock lock(shared.mutex);
  shared.outcome = std::move(outcome);
  shared.ended = true;
  shared.changed.notify_one();
}

pthread_t drawing_thread;

// A signal may cut a frame short, and the shell would find a terminal that does not wrap. Done by
// the thread that draws, so that it begins no other frame after it.
void restore_and_end(int number) {
  if (pthread_equal(pthread_self(), drawing_thread) == 0) {
    pthread_kill(drawing_thread, number);
    return;
  }
  pollfd terminal{STDOUT_FILENO, POLLOUT, 0};
  if (poll(&terminal, 1, 0) == 1) {  // else a terminal that nobody reads would keep us
    static_cast<void>(!write(STDOUT_FILENO, wrap_on.data(), wrap_on.size()));
  }
  end_by_signal(number);
}

void restore_at_signals() {
  drawing_thread = pthread_self();
  struct sigaction action {};
  action.sa_handler = restore_and_end;
  for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
    struct sigaction before {};
    if (sigaction(number, nullptr, &before) == 0 && is_default(before.sa_handler)) {
      sigaction(number, &action, nullptr);
    }
  }
}

// Draws at each change, ten times a second at most, and each second for the ages' sake.
Result<> draw(Context& context, Format format, Shared& shared) {
  restore_at_signals();
  context.console.out("\x1b[2J");
  std::unique_lock lock(shared.mutex);
  for (;;) {
    shared.changed.wait_for(lock, 1s, [&shared] { return shared.dirty || shared.ended; });
    if (shared.ended) {
      return std::move(shared.outcome);
    }
    shared.dirty = false;
    if (shared.known) {
      const std::string text = screen(context, shared, format);
      lock.unlock();
      context.console.out(text);
      std::this_thread::sleep_for(100ms);
      lock.lock();
    }
  }
}

}  // namespace

Result<> live_members(Context& context, const v1::MemberFilter& filter, Format format) {
  const bool table = format == Format::table || format == Format::wide;
  if (!table || !context.console.out_is_terminal()) {
    WatchOptions options;
    options.filter = filter;
    options.format = format;
    options.table_first = table;
    return watch(context, options);
  }
  // The door is tried before the screen is cleared, so that a failure stays readable.
  if (const auto connection = connect(context, Door::app); !connection) {
    return tl::unexpected<Failure>(connection.error());
  }
  Shared shared;
  std::thread reader([&] { read_members(context, filter, shared); });
  auto outcome = draw(context, format, shared);
  reader.join();
  return outcome;
}

}  // namespace swim::cli
