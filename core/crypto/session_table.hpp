// What we know of the sessions whose datagrams we accepted: the derived key and the replay window
// of each (DESIGN §5, Sessions and Inbox). Owns them. One thread. Allocates only when a session
// enters.
//
// The window outlives the key: while an inbox under which it accepted packets is good, a recording
// of them could still be opened, by a key ring that lost the key and got it back as well. So
// forgetting a key keeps the window.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "core/crypto/aead.hpp"
#include "core/crypto/own_inboxes.hpp"
#include "core/crypto/replay_window.hpp"

namespace swim::crypto {

// 64 bits of the key's public hash, and the sender's session id.
struct SessionName {
  std::uint64_t key{};
  std::uint64_t session{};
  friend bool operator==(const SessionName&, const SessionName&) = default;
};

struct Session {
  std::optional<Aead> aead;  // empty: its key is not in the ring
  ReplayWindow window;
  InboxNumber newest_inbox{};  // the newest of ours under which it accepted a packet
};

class SessionTable {
 public:
  explicit SessionTable(std::size_t capacity) : capacity_(capacity) {}

  // nullptr where it is unknown. Valid until the session is dropped.
  Session* find(SessionName name);
  // Only after authentication, only a session that is not there, and only when not full().
  Session& insert(SessionName name);

  std::size_t size() const { return sessions_.size(); }
  bool full() const { return size() >= capacity_; }

  // Drops the windows that no good inbox needs any more.
  void drop_before(InboxNumber oldest_good);
  // Drops the derived keys of a cluster key; the windows stay.
  template <class IsGone>
  void forget_keys(IsGone&& is_gone) {
    for (auto& [name, session] : sessions_) {
      if (is_gone(name.key)) {
        session.aead.reset();
      }
    }
  }

 private:
  struct Hash {
    std::size_t operator()(const SessionName& name) const {
      // Both are uniformly random already.
      return static_cast<std::size_t>(name.session ^ name.key);
    }
  };

  std::unordered_map<SessionName, Session, Hash> sessions_;
  std::size_t capacity_;
};

}  // namespace swim::crypto
