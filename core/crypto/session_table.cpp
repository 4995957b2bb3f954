#include "core/crypto/session_table.hpp"

#include <unordered_map>

#include "core/base/assert.hpp"

namespace swim::crypto {

Session* SessionTable::find(SessionName name) {
  const auto found = sessions_.find(name);
  return found == sessions_.end() ? nullptr : &found->second;
}

Session& SessionTable::insert(SessionName name) {
  SWIM_ASSERT(!full());
  const auto [place, fresh] = sessions_.try_emplace(name);
  SWIM_ASSERT(fresh);
  return place->second;
}

void SessionTable::drop_before(InboxNumber oldest_good) {
  std::erase_if(sessions_,
                [oldest_good](const auto& it) { return it.second.newest_inbox < oldest_good; });
}

}  // namespace swim::crypto
