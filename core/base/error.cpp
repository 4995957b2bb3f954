#include "core/base/error.hpp"

#include <cstddef>
#include <iterator>

namespace swim {
namespace {

struct Text {
  Errc code;
  std::string_view text;
};

constexpr Text texts[] = {
    {Errc::truncated, "truncated"},
    {Errc::bad_magic, "bad magic"},
    {Errc::bad_version, "bad version"},
    {Errc::bad_tag, "bad tag"},
    {Errc::too_large, "too large"},
    {Errc::trailing_bytes, "trailing bytes"},
    {Errc::malformed, "malformed"},
    {Errc::buffer_too_small, "buffer too small"},
    {Errc::too_short, "too short"},
    {Errc::decryption_failed, "decryption failed"},
    {Errc::invalid_key_length, "invalid key length"},
    {Errc::invalid_key, "invalid key"},
    {Errc::unknown_key, "unknown key"},
    {Errc::replayed, "replayed"},
    {Errc::session_table_full, "session table full"},
    {Errc::counter_exhausted, "counter exhausted"},
    {Errc::invalid_address, "invalid address"},
    {Errc::invalid_argument, "invalid argument"},
    {Errc::queue_full, "queue full"},
    {Errc::unknown_member, "unknown member"},
    {Errc::not_alive, "not alive"},
    {Errc::no_subscriber, "no subscriber"},
    {Errc::not_running, "not running"},
    {Errc::draining, "draining"},
    {Errc::left, "left"},
    {Errc::name_conflict, "name conflict"},
    {Errc::revision_mismatch, "revision mismatch"},
    {Errc::no_seeds, "no seeds"},
    {Errc::no_seeds_reachable, "no seeds reachable"},
    {Errc::refused, "refused"},
    {Errc::unreachable, "unreachable"},
    {Errc::stalled, "stalled"},
    {Errc::timeout, "timeout"},
    {Errc::rejected, "rejected"},
    {Errc::not_authenticated, "not authenticated"},
    {Errc::cancelled, "cancelled"},
    {Errc::closed, "closed"},
};

consteval bool each_code_stands_at_its_own_place() {
  for (std::size_t i = 0; i < std::size(texts); ++i) {
    if (static_cast<std::size_t>(texts[i].code) != i) {
      return false;
    }
  }
  return true;
}
static_assert(each_code_stands_at_its_own_place());
static_assert(std::size(texts) == static_cast<std::size_t>(Errc::closed) + 1,
              "a code was added: give it its text");

}  // namespace

std::string_view to_string(Errc code) {
  const auto place = static_cast<std::size_t>(code);
  return place < std::size(texts) ? texts[place].text : "unknown error";
}

}  // namespace swim
