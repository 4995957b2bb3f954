#include "cli/commands/live_members.hpp"

#include <swim/v1/membership.grpc.pb.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <thread>

#include "cli/commands/member_stream.hpp"
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

// The table and a last line, cut to the height of the terminal; each line clears what was there.
std::string screen(const Context& context, const Shared& shared, Format format) {
  const MemberMap& members = shared.members;
  const Width width = format == Format::wide ? Width::wide : Width::narrow;
  const auto now = wall_now();
  std::istringstream table(member_table(members, width, now).render(context.console.style(), true));
  const std::size_t rows = context.console.rows();
  const std::size_t room = rows > 6 ? rows - 4 : 20;
  std::string text = "\x1b[H";
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
  return text + "\x1b[J";
}

void read_members(Context& context, const v1::MemberFilter& filter, Shared& shared) {
  MemberView view;
  auto follower = member_stream(context, filter, {}, [&](const v1::WatchMembersResponse& response) {
    view.apply(response);
    const std::scoped_lock lock(shared.mutex);
    if (view.whole() && !response.has_bookmark()) {
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

// Draws at each change, ten times a second at most, and each second for the ages' sake.
Result<> draw(Context& context, Format format, Shared& shared) {
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
