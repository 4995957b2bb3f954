#include "core/runtime/loop.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>
#include <variant>

#include "core/base/limits.hpp"
#include "core/crypto/random.hpp"
#include "core/runtime/binding.hpp"
#include "core/runtime/clock.hpp"

namespace swim::runtime {

namespace asio = boost::asio;

namespace {

// Peers may have been given longer datagrams than we were; a jumbo frame's worth is taken from
// anybody.
constexpr std::size_t receive_bytes_min = 9216;
// Handlers that one turn runs before it reads and judges.
constexpr int handlers_per_turn = 64;
// Datagrams that one turn sends before it reads again.
constexpr int sends_per_turn = 512;
// How long a flood of datagrams may keep a due deadline waiting.
constexpr Duration judge_grace = std::chrono::milliseconds(5);
// Rounds of answers that lead to new work; then the sockets have their turn.
constexpr int answer_rounds = 16;

}  // namespace

Loop::Loop(Options options, crypto::Keyring keys, Shared& shared)
    : options_(std::move(options)),
      keys_(std::move(keys)),
      shared_(shared),
      work_(asio::make_work_guard(io_)),
      timer_(io_),
      buffers_(2 * limits::receive_batch,
               std::max(receive_bytes_min, options_.engine.datagram_bytes)),
      udp_(
          io_, buffers_,
          [this](const Endpoint& from, MutableBytes datagram) { on_datagram(from, datagram); },
          [this](const Endpoint& to, Bytes quoted) { on_unreachable(to, quoted); }),
      tcp_(io_, *this),
      scratch_(options_.engine.datagram_bytes) {}

Loop::~Loop() = default;

tl::expected<void, std::string> Loop::open() {
  auto bound = open_sockets(udp_, tcp_, options_.bind);
  if (!bound) {
    return tl::unexpected(bound.error());
  }
  bound_ = *bound;
  own_ = own_addresses();
  auto advertised = choose_advertise(bound_, options_.advertise, own_);
  if (!advertised) {
    return tl::unexpected(advertised.error());
  }
  advertised_ = *advertised;
  const Moment start = now();
  started_ = start.wall;
  auto engine = Engine::create(
      options_.engine,
      LocalMember{options_.node_name, advertised_, options_.metadata, options_.zone},
      options_.cluster_label, keys_, crypto::random_u64(), Engine::Seams{ids_, trace_}, start);
  if (!engine) {
    const Error& error = engine.error();
    return tl::unexpected("settings: " +
                          std::string(error.what.empty() ? to_string(error.code) : error.what));
  }
  engine_ = std::move(*engine);
  publisher_.emplace(shared_, *engine_);
  names_.emplace(io_, udp_.family());
  make_joiner_and_seeds();
  make_remembered_peers();
  set_seeds(options_.seeds);
  while (auto event = engine_->poll_event()) {
    handle(std::move(*event));
  }
  publish_at_once_ = true;
  publish();
  return {};
}

void Loop::run() {
  tcp_.start_accepting();
  busy_ = true;
  while (!stop_requested_.load(std::memory_order_acquire)) {
    wait();
    turn();
  }
  shut_down();
}

void Loop::stop() {
  stop_requested_.store(true, std::memory_order_release);
  wake();
}

void Loop::wake() {
  asio::post(io_, [] {});
}

// Until a handler ran, if there is nothing to do; then whatever else is ready, up to a bound.
void Loop::wait() {
  while (!busy_) {
    cancelled_waits_ = 0;
    if (io_.run_one() > cancelled_waits_) {
      break;
    }
  }
  for (int i = 0; i < handlers_per_turn && io_.poll_one() > 0; ++i) {
  }
}

void Loop::turn() {
  ++turns_;
  busy_ = false;
  const bool more_to_read = receive();
  run_commands();
  run_timers(more_to_read);
  // What the lane had no room for came in the way of nobody: it is the last to be asked.
  batches_.offer(*engine_, now(), operations_);
  for (int round = 0; round < answer_rounds; ++round) {
    drain();
    publish();
    if (!operations_.has_answers()) {
      break;
    }
    operations_.run_answers();
    busy_ = busy_ || round + 1 == answer_rounds;
  }
  busy_ = busy_ || batches_.can_go_on(*engine_);
  note_socket_problems();
  arm();
}

bool Loop::receive() {
  const bool more = udp_.receive();
  if (more) {
    busy_ = true;
  } else {
    udp_.wait_readable();
  }
  return more;
}

void Loop::run_commands() {
  shared_.mailbox.take(batch_);
  for (const Command& command : batch_) {
    command(*this);
  }
  batch_.clear();
}

void Loop::run_timers(bool more_to_read) {
  const Moment at = now();
  const auto deadline = engine_->next_deadline();
  if (!deadline || *deadline > at.steady) {
    judge_at_.reset();
  } else {
    // Counted from when we noticed, not from the deadline: after a stall everything that came
    // meanwhile is worth reading first.
    if (!judge_at_) {
      judge_at_ = at.steady + judge_grace;
    }
    if (!more_to_read || at.steady >= *judge_at_) {
      judge_at_.reset();
      lag_max_ = std::max(lag_max_, at.steady - *deadline);
      engine_->on_deadline(at);
    }
  }
  seeds_->on_time();
  peers_->on_time(*shared_.snapshot.load());
}

// Until the engine has nothing more to say: what it says may give it a reason to say more.
void Loop::drain() {
  for (bool again = true; again;) {
    again = false;
    send_datagrams();
    while (auto action = engine_->poll_stream_action()) {
      tcp_.apply(std::move(*action));
      again = true;
    }
    while (auto event = engine_->poll_event()) {
      handle(std::move(*event));
      again = true;
    }
  }
}

// A full socket keeps the one datagram that is encoded already; the rest stays in the engine, where
// it can still be replaced by something fresher.
void Loop::send_datagrams() {
  for (int sent = 0; !unsent_; ++sent) {
    if (sent == sends_per_turn) {
      busy_ = true;
      return;
    }
    const auto transmit = engine_->poll_transmit(scratch_);
    if (!transmit || !send_one(*transmit)) {
      return;
    }
  }
}

bool Loop::send_one(const Transmit& transmit) {
  const Bytes datagram(scratch_.data(), transmit.size);
  if (udp_.send(transmit.to, datagram) != UdpSocket::Sent::would_block) {
    unsent_.reset();
    return true;
  }
  unsent_ = transmit;
  udp_.wait_writable([this] {
    if (unsent_) {
      send_one(Transmit(*unsent_));
    }
  });
  return false;
}

void Loop::publish() {
  const TimePoint at = steady_now();
  const bool at_once = std::exchange(publish_at_once_, false);
  publisher_->publish_snapshot(at, at_once);
  if (at >= publisher_->view_due() || seeds_->changed() || at_once) {
    publisher_->publish_view(at, [this](NodeView& view) { fill(view); });
  }
}

TimePoint Loop::next_deadline() const {
  TimePoint next = std::min(publisher_->snapshot_due(), publisher_->view_due());
  if (const auto deadline = engine_->next_deadline()) {
    next = std::min(next, *deadline);
  }
  if (const auto due = seeds_->next_due()) {
    next = std::min(next, *due);
  }
  if (const auto due = peers_->next_due()) {
    next = std::min(next, *due);
  }
  return next;
}

void Loop::arm() {
  const TimePoint next = next_deadline();
  if (busy_ || next == armed_) {
    return;
  }
  armed_ = next;
  timer_.expires_at(to_steady_clock(next));
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) {
      ++cancelled_waits_;
    } else {
      armed_ = TimePoint::max();
    }
  });
}

void Loop::shut_down() {
  stopping_ = true;
  shared_.mailbox.close();
  run_commands();
  joiner_->cancel_all();
  batches_.cancel_all(operations_);
  operations_.cancel_all();
  operations_.run_answers();
  names_.reset();
  peers_.reset();
  tcp_.close_all();
  udp_.close();
}

}  // namespace swim::runtime
