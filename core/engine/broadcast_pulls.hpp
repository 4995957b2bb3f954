// Payloads that were announced, on their way in: pulled over streams, several at a time from one
// member that has them, and compared with what was announced before anybody sees them (DESIGN §7).
//
// Until a payload is here its sequence is a hole like any other (broadcast_order.hpp). Who
// announced it is asked, then its origin; where none of them gave it, repair asks around, and
// whoever has it announces it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/time.hpp"
#include "core/crypto/checksum.hpp"
#include "core/engine/broadcast_message.hpp"
#include "core/engine/broadcast_runs.hpp"
#include "core/engine/record.hpp"
#include "core/engine/timers.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;

class BroadcastPulls {
 public:
  explicit BroadcastPulls(Core& core) : core_(core) {}

  // ---- from broadcasts ----
  // One without its payload, of a hole of the run; `teller`: the run that has it. `others`: so many
  // are to be told when it is here.
  void want(const BroadcastRun& run, BroadcastPtr announced, std::uint8_t others,
            std::uint64_t teller);
  // They are here by another way, or given up.
  void forget(std::uint64_t boot, const wire::Span& span);

  // ---- from repair ----
  // It is on its way, or there is somebody to pull it from.
  bool coming(std::uint64_t boot, std::uint64_t sequence) const;
  // The first from `from` on that is coming.
  std::optional<std::uint64_t> next_coming(std::uint64_t boot, std::uint64_t from) const;
  // What of the span others should be asked for, in order: it is not coming, or only from members
  // that turned us away again and again.
  std::vector<wire::Span> not_coming(std::uint64_t boot, const wire::Span& span) const;
  void on_tick();

  // ---- from streams ----
  enum class Next : std::uint8_t { more, done, refused };
  Next on_reply(std::uint64_t stream, const wire::PullReply& reply);
  void on_over(std::uint64_t stream);

  // ---- gauges ----
  std::size_t wanted() const { return wanted_.size(); }
  std::size_t streams() const { return pulls_.size(); }
  std::size_t bytes_under_way() const { return bytes_; }

 private:
  using Key = std::pair<std::uint64_t, std::uint64_t>;  // boot and sequence
  // A run that has it.
  struct Source {
    Slot slot{no_slot};
    std::uint64_t boot{};
    friend bool operator==(const Source&, const Source&) = default;
  };
  struct Wanted {
    BroadcastPtr message;
    std::uint8_t others{};
    std::vector<Source> sources{};       // the next to be asked first
    std::vector<std::uint64_t> liars{};  // runs whose payload was another
    std::uint64_t stream{};              // 0: not on its way
    TimePoint ask_at{};
    bool held_back{};  // by a bound
    std::uint32_t turned_away{};
  };
  using Place = std::map<Key, Wanted>::iterator;
  struct Pull {
    Source from;
    std::vector<Key> asked{};  // and not answered
    std::optional<Key> receiving{};
    ByteVector payload{};
    crypto::Checksummer checksum{};
  };

  Slot slot_of(const BroadcastMessage& message, std::uint64_t boot) const;
  void add_source(Wanted& wanted, std::uint64_t boot) const;
  bool usable(const Source& source) const;
  void choose_source(Wanted& wanted) const;
  static bool comes(const Wanted& wanted);
  static bool comes_soon(const Wanted& wanted);
  std::optional<std::uint64_t> next(std::uint64_t boot, std::uint64_t from,
                                    bool (*such)(const Wanted&)) const;
  bool may_start(const Key& key, Wanted& wanted);
  bool fits(const Key& key, const Wanted& wanted) const;
  bool start(Place first);
  Wanted* expected(const Key& key, std::uint64_t stream);
  void unexpect(Wanted& wanted);
  void search(const Key& key, const Wanted& wanted);
  Next take_part(Pull& pull, const Key& key, Wanted& wanted, const wire::PullReply& reply);
  void complete(Pull& pull, const Key& key);
  void arm(TimePoint when);

  Core& core_;
  std::map<Key, Wanted> wanted_;         // ordered: walks are reproducible
  std::map<std::uint64_t, Pull> pulls_;  // by stream
  std::size_t messages_{};               // whose payloads are on their way
  std::size_t bytes_{};                  // as they will weigh
  TimerId tick_{no_timer};
};

}  // namespace swim::engine
