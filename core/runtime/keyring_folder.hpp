// The keyring as it stands in a folder: `primary` and `secondary-*`, base64 (DESIGN §5, Keyring).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "core/crypto/keyring.hpp"

namespace swim::runtime {

// The error names the folder or the file and what is wrong with it, never any key material.
tl::expected<crypto::Keyring, std::string> read_keyring_folder(const std::filesystem::path& folder);

// Notices that the keys in a folder changed, by their content: times and inodes also move when an
// orchestrator rewrites the same secret. One owner.
class KeyringFolder {
 public:
  // `current` is what the node uses already.
  KeyringFolder(std::filesystem::path folder, crypto::Keyring current);

  // nullopt: as before. A ring: new keys, which are the current ones from here on. An error:
  // unreadable or refused as a whole, the old ring stays; the same error is told once until
  // something else happens.
  std::optional<tl::expected<crypto::Keyring, std::string>> poll();

  // Whether the last poll could read a ring.
  bool readable() const { return last_error_.empty(); }

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  crypto::Keyring current_;
  std::string last_error_;
};

}  // namespace swim::runtime
