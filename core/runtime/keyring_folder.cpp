#include "core/runtime/keyring_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>
#include <vector>

#include "core/runtime/file.hpp"

namespace swim::runtime {

namespace {

namespace fs = std::filesystem;
using Files = std::vector<std::pair<std::string, std::string>>;

// A key is 44 characters; whatever is longer than this is another file under a key's name.
constexpr std::size_t file_bytes_max = 4096;
constexpr std::size_t files_max = 64;

bool is_key_file(const std::string& name) {
  return name == "primary" || name.starts_with("secondary-");
}

// An orchestrator swaps a whole set of secrets by one symbolic link, `..data`. Through it, all
// files are of one moment.
fs::path settled(const fs::path& folder) {
  std::error_code ec;
  const fs::path target = fs::canonical(folder / "..data", ec);
  return ec ? folder : target;
}

std::string cause(int error) {
  return std::system_category().message(error);
}

tl::expected<std::string, std::string> read_key_file(const fs::path& path,
                                                     const std::string& shown) {
  // Non-blocking: a pipe would wait for somebody who writes.
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    const int error = errno;
    return tl::unexpected(shown + ": can't be read (" + cause(error) +
                          "); check the owner and the permissions");
  }
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return tl::unexpected(shown + ": not a regular file");
  }
  auto content = read_all(file, file_bytes_max + 1);
  if (!content) {
    return tl::unexpected(shown + ": can't be read (" + cause(content.error()) + ")");
  }
  if (content->size() > file_bytes_max) {
    return tl::unexpected(shown + ": too large for a key (32 bytes in base64)");
  }
  return std::move(*content);
}

tl::expected<Files, std::string> read_files(const fs::path& folder) {
  const std::string setting = "encryption.keyring-dir " + folder.string() + ": ";
  std::error_code ec;
  const fs::file_status status = fs::status(folder, ec);
  if (ec && status.type() != fs::file_type::not_found) {
    return tl::unexpected(setting + "can't be read: " + ec.message());
  }
  if (!fs::exists(status)) {
    return tl::unexpected(setting + "there is no such folder");
  }
  if (!fs::is_directory(status)) {
    return tl::unexpected(setting + "is not a folder");
  }
  Files files;
  fs::directory_iterator entries(settled(folder), ec);
  for (; !ec && entries != fs::directory_iterator(); entries.increment(ec)) {
    const std::string name = entries->path().filename().string();
    if (!is_key_file(name)) {
      continue;
    }
    if (files.size() >= files_max) {
      return tl::unexpected(setting + "more than 64 keys");
    }
    auto content = read_key_file(entries->path(), (folder / name).string());
    if (!content) {
      return tl::unexpected(content.error());
    }
    files.emplace_back(name, std::move(*content));
  }
  if (ec) {
    return tl::unexpected(setting + "can't be read: " + ec.message());
  }
  if (files.empty()) {
    return tl::unexpected(setting +
                          "holds no key; expected a file named `primary` with 32 bytes in base64");
  }
  // The order of a folder is arbitrary, the order of the secondaries shall not be.
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

tl::expected<crypto::Keyring, std::string> read_keyring_folder(const fs::path& folder) {
  auto files = read_files(folder);
  if (!files) {
    return tl::unexpected(files.error());
  }
  auto ring = crypto::Keyring::parse(*files);
  if (!ring) {
    return tl::unexpected("encryption.keyring-dir " + folder.string() + ": " + ring.error());
  }
  return ring;
}

KeyringFolder::KeyringFolder(fs::path folder, crypto::Keyring current)
    : folder_(std::move(folder)), current_(std::move(current)) {}

std::optional<tl::expected<crypto::Keyring, std::string>> KeyringFolder::poll() {
  auto ring = read_keyring_folder(folder_);
  if (!ring) {
    if (ring.error() == last_error_) {
      return std::nullopt;
    }
    last_error_ = ring.error();
    return ring;
  }
  const bool recovered = !last_error_.empty();
  last_error_.clear();
  if (*ring == current_ && !recovered) {
    return std::nullopt;
  }
  current_ = *ring;
  return ring;
}

}  // namespace swim::runtime
